"""A module copied as a template brings its quizzes and questions, in every language, and nobody's results."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from core.routing import page_url
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.models import Attempt, Question, Quiz, QuizQuestion
from modules.assessments.services import file_question, put_category, start_attempt, submit_attempt
from modules.assessments.services.asking import pool_of
from modules.assessments.services.bank import category_tree
from modules.lessons.copying import CannotCopy, copy_module
from modules.lessons.models import LessonPage, LessonProgress, ModulePage
from modules.lessons.services import mark_done
from modules.records.models import Item
from tests import factories
from tests.modules import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz(module):
    parent = Item.objects.get(key=module.translation_key)
    pretest = factories.QuizFactory(item__parent=parent, item__titles={"en": "Before"})
    quiz = factories.QuizFactory(
        item__parent=parent, item__titles={"en": "After", "fr": "Après"}, pass_mark=70, pretest=pretest
    )
    quiz.texts.create(language="fr", title="Après")
    quiz.slots.first().question.tags.add("access")
    return quiz


@pytest.fixture
def organiser(cast):
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER)
    return cast.outsider


@pytest.fixture
def copied(quiz, organiser, cast, module, lessons):
    content.translate(lessons[0], "fr", "Leçon 1")
    mark_done(actor=cast.learner, item=Item.objects.get(key=lessons[0].translation_key))
    start_attempt(actor=cast.learner, quiz=quiz, language="en")
    return copy_module(actor=organiser, module=module, title="A template")


def test_the_pages_are_drafts_with_keys_of_their_own(copied, module):
    old = {page.translation_key for page in LessonPage.objects.descendant_of(module)}
    new = list(LessonPage.objects.descendant_of(copied).order_by("path"))
    assert (copied.title, copied.slug, copied.live, copied.version) == ("A template", "a-template", False, 1)
    assert [page.title for page in new] == ["Lesson 1", "Lesson 2", "Lesson 3"]
    assert not any(page.live for page in new) and not old & {page.translation_key for page in new}


def test_translations_belong_together_again(copied):
    french = ModulePage.objects.get(translation_key=copied.translation_key, locale__language_code="fr")
    assert french.slug == "a-template" and not french.live
    own = LessonPage.objects.child_of(french).get()
    assert own.title == "Leçon 1"
    assert own.translation_key == LessonPage.objects.child_of(copied).order_by("path").first().translation_key


def test_the_quizzes_come_along_with_new_items_and_questions(copied, quiz):
    item = Item.objects.get(key=copied.translation_key)
    before, after = Quiz.objects.filter(item__parent=item).order_by("pk")
    assert (after.item.titles, after.pass_mark, after.pretest) == ({"en": "After", "fr": "Après"}, 70, before)
    assert sorted(after.texts.values_list("language", flat=True)) == ["en", "fr"]
    assert after.item.key != quiz.item.key
    mine, theirs = list(after.slots.all()), list(quiz.slots.all())
    assert [slot.order for slot in mine] == [slot.order for slot in theirs]
    assert not {slot.question_id for slot in mine} & {slot.question_id for slot in theirs}
    one, other = mine[0].question, theirs[0].question
    assert one.versions.first().body == other.versions.first().body
    assert one.versions.first().texts.get().text == other.versions.first().texts.get().text
    assert [slot.question.category.titles for slot in mine] == [{"en": "A template"}] * len(mine)
    assert not one.tags.exists()


def test_nobody_has_done_anything_in_the_copy(copied):
    item = Item.objects.get(key=copied.translation_key)
    assert Attempt.objects.count() == 1 and not Attempt.objects.filter(quiz__item__parent=item).exists()
    assert LessonProgress.objects.count() == 1
    assert AuditEntry.objects.filter(action="lessons.copy_module", object_id=str(copied.pk)).exists()


def test_it_is_not_in_use_until_it_is_published(client, copied, cast):
    client.force_login(cast.learner)
    assert client.get(page_url(copied, "en")).status_code == 404
    assert Quiz.objects.live().count() == 2
    for page in [copied, *LessonPage.objects.child_of(copied)]:
        content.publish(page)
    assert Quiz.objects.live().count() == 4
    shown = client.get(page_url(copied, "en")).content.decode()
    assert "Lesson 3" in shown and "After" in shown


def test_a_second_copy_finds_an_address_of_its_own(organiser, module, quiz):
    slugs = [copy_module(actor=organiser, module=module, title="A template").slug for _twice in range(2)]
    assert slugs == ["a-template", "a-template-2"]
    assert QuizQuestion.objects.filter(quiz__item__titles__en="After").count() == 9
    assert Question.objects.count() == 18


class TestDraws:
    """What is drawn is that of the bank: in the original, in the copy, and in every other quiz."""

    @pytest.fixture
    def filed(self, quiz):
        """Eight questions in "ABS", all with a tag; the first three of them stand in a quiz too, which draws others."""
        category = put_category(actor=None, path=["ABS"], language="en")
        standing = [slot.question for slot in quiz.slots.all()]
        bank = [*standing, *(factories.make_question() for _more in range(5))]
        for question in bank:
            file_question(actor=None, question=question, category=category, tags=["access"])
        return bank

    def pools(self) -> dict[int, list[int]]:
        tree = category_tree()
        return {slot.pk: pool_of(slot, tree) for slot in QuizQuestion.objects.filter(question=None)}

    @pytest.mark.parametrize("by", ["category", "tag"])
    def test_ask_in_the_original_what_they_asked_before(self, filed, organiser, module, by):
        draw = {"category": filed[0].category} if by == "category" else {"tag": filed[0].tags.get()}
        elsewhere = factories.QuizFactory()
        elsewhere.slots.create(draws=2, **draw)
        before = self.pools()
        copy_module(actor=organiser, module=module, title="ABS")
        assert self.pools() == before
        assert Question.objects.exclude(tags__name="access").filter(category__titles__en="ABS").count() == 6

    @pytest.mark.parametrize("by", ["category", "tag"])
    def test_never_ask_a_question_beside_its_copy(self, quiz, filed, organiser, module, by):
        draw = {"category": filed[0].category} if by == "category" else {"tag": filed[0].tags.get()}
        quiz.slots.create(draws=5, order=9, **draw)
        copy = copy_module(actor=organiser, module=module, title="A template")
        found = Quiz.objects.get(item__parent__key=copy.translation_key, pass_mark=70)
        assert {slot.question for slot in found.slots.all() if slot.question} == set(filed[:3])
        Item.objects.update(retired_at=None)
        attempt = start_attempt(actor=factories.UserFactory(), quiz=found, language="en")
        asked = set(attempt.questions.values_list("version__question", flat=True))
        assert asked == {question.pk for question in filed}


class TestScreen:
    def test_asks_for_the_title_and_opens_the_copy(self, client, organiser, module, quiz):
        client.force_login(organiser)
        url = reverse("lessons_copy_module", args=[module.pk])
        page = client.get(url).content.decode()
        assert f"{module.title} (copy)" in page
        assert client.post(url, {"title": ""}).status_code == 200
        answer = client.post(url, {"title": "A template"})
        made = ModulePage.objects.get(title="A template")
        assert answer.url == reverse("wagtailadmin_explore", args=[made.pk])
        assert url in client.get(reverse("wagtailadmin_explore", args=[module.pk])).content.decode()

    @pytest.mark.parametrize("who", ["learner", "trainer", "focal_point", None])
    def test_is_closed_to_those_who_write_nothing(self, client, cast, module, who):
        if who:
            client.force_login(getattr(cast, who))
        url = reverse("lessons_copy_module", args=[module.pk])
        for answer in (client.get(url), client.post(url, {"title": "Taken"})):
            assert answer.status_code in (302, 403) and "explore" not in answer.get("Location", "")
        assert not ModulePage.objects.filter(title="Taken").exists()
        with pytest.raises(CannotCopy):
            copy_module(actor=cast.learner, module=module, title="Taken")

    def test_what_is_no_module_is_not_found(self, client, organiser, lessons):
        client.force_login(organiser)
        assert client.get(reverse("lessons_copy_module", args=[lessons[0].pk])).status_code == 404


def test_a_copied_exam_shows_nobody_what_was_right_until_it_has_a_closing_of_its_own(client, quiz, organiser, module):
    quiz.feedback, quiz.closes_at = Quiz.Feedback.CLOSED, timezone.now()
    quiz.save()
    copy = copy_module(actor=organiser, module=module, title="A template")
    found = Quiz.objects.get(item__parent__key=copy.translation_key, pass_mark=70)
    Item.objects.update(retired_at=None)
    learner = factories.UserFactory()
    attempt = start_attempt(actor=learner, quiz=found, language="en")
    submit_attempt(actor=learner, attempt=attempt, submission_key=attempt.key)
    client.force_login(learner)
    body = client.get(reverse("attempt_result", args=[attempt.key])).content.decode()
    assert "The day is not set yet." in body and "Not right" not in body


def test_the_form_of_the_copy_says_what_becomes_of_closing_times(client, organiser, module):
    client.force_login(organiser)
    body = client.get(reverse("lessons_copy_module", args=[module.pk])).content.decode()
    assert "shows them to nobody until you say when it closes" in body
