"""Items follow their pages, and outlive them."""

import pytest
from wagtail.models import Page

from modules.lessons.models import LessonPage, ModulePage
from modules.records.models import Item
from tests.modules import content

pytestmark = pytest.mark.django_db


def order_of(module):
    return list(
        Item.objects.live()
        .filter(parent__key=module.translation_key)
        .order_by("order")
        .values_list("titles__en", flat=True)
    )


def test_publishing_makes_an_item_below_the_modules(module, lessons):
    item = Item.objects.get(key=lessons[1].translation_key)
    assert (item.kind, item.title, item.order, item.minutes) == ("lesson", "Lesson 2", 1, 7)
    assert item.parent == Item.objects.get(key=module.translation_key, kind="module")


def test_a_draft_has_no_item(module):
    draft = LessonPage(title="Draft", slug="draft", live=False, locale=module.locale)
    module.add_child(instance=draft)
    draft.save_revision()
    assert not Item.objects.filter(key=draft.translation_key).exists()


def test_a_lesson_below_an_unpublished_module_has_a_retired_parent(topic):
    module = ModulePage(title="Later", slug="later", live=False, locale=topic.locale)
    topic.add_child(instance=module)
    lesson = content.make_lesson(module)
    parent = Item.objects.get(key=lesson.translation_key).parent
    assert parent.title == "Later"
    assert parent.retired_at is not None
    content.publish(module)
    parent.refresh_from_db()
    assert parent.retired_at is None


def test_moving_a_lesson_changes_the_order_of_all(module, lessons):
    lessons[2].move(lessons[0], pos="left")
    assert order_of(module) == ["Lesson 3", "Lesson 1", "Lesson 2"]


def test_moving_a_lesson_to_another_module_moves_its_item(topic, module, lessons):
    other = content.make_module(topic, lessons=0)
    content.make_lesson(other, title="Its own", slug="its-own")
    lessons[0].move(other, pos="last-child")
    assert order_of(module) == ["Lesson 2", "Lesson 3"]
    assert order_of(other) == ["Its own", "Lesson 1"]
    assert Item.objects.get(key=lessons[1].translation_key).order == 0


def test_a_lesson_put_in_between_moves_the_others(module, lessons):
    between = LessonPage(title="Between", slug="between", locale=module.locale)
    lessons[0].add_sibling(pos="right", instance=between)
    content.publish(between)
    assert order_of(module) == ["Lesson 1", "Between", "Lesson 2", "Lesson 3"]


def test_a_translation_freezes_its_title_and_moves_nothing(module, lessons):
    translation = content.translate(lessons[2], "fr", "Leçon 3")
    item = Item.objects.get(key=lessons[2].translation_key)
    assert item.titles == {"en": "Lesson 3", "fr": "Leçon 3"}
    assert item.order == 2
    assert translation.translation_key == item.key


def test_an_alias_in_another_language_freezes_no_title(module, lessons):
    content.translate(module, "fr", "Module")
    lessons[0].copy_for_translation(content.locale("fr"), alias=True)
    content.publish(lessons[0])
    assert Item.objects.get(key=lessons[0].translation_key).titles == {"en": "Lesson 1"}


def test_unpublishing_the_last_language_retires_the_item(lessons):
    french = content.translate(lessons[0], "fr", "Leçon 1")
    item = Item.objects.get(key=lessons[0].translation_key)
    lessons[0].unpublish()
    item.refresh_from_db()
    assert item.retired_at is None
    assert item.source_language == "fr"
    french.unpublish()
    item.refresh_from_db()
    assert item.retired_at is not None


def test_publishing_again_brings_the_item_back(lessons):
    lessons[0].unpublish()
    content.publish(LessonPage.objects.get(pk=lessons[0].pk))
    assert Item.objects.get(key=lessons[0].translation_key).retired_at is None


def test_deleting_a_page_retires_its_item_and_keeps_it(module, lessons):
    Page.objects.get(pk=lessons[0].pk).delete()
    item = Item.objects.get(key=lessons[0].translation_key)
    assert item.retired_at is not None
    assert item.title == "Lesson 1"
    assert order_of(module) == ["Lesson 2", "Lesson 3"]


def test_deleting_a_module_retires_everything_below(module, lessons):
    Page.objects.get(pk=module.pk).delete()
    keys = [module.translation_key, *(lesson.translation_key for lesson in lessons)]
    assert Item.objects.filter(key__in=keys, retired_at__isnull=False).count() == 4


def test_deleting_the_original_leaves_the_translation_in_charge(lessons):
    content.translate(lessons[0], "fr", "Leçon 1")
    Page.objects.get(pk=lessons[0].pk).delete()
    item = Item.objects.get(key=lessons[0].translation_key)
    assert item.retired_at is None
    assert item.source_language == "fr"


def test_the_version_of_a_module_is_not_that_of_its_lessons(module, lessons):
    module.version = 2
    content.publish(module)
    assert Item.objects.get(key=module.translation_key).version == 2
    assert Item.objects.get(key=lessons[0].translation_key).version == 1
