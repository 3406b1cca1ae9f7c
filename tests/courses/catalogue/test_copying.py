"""A course copied as a template: everything that was written, nobody who took part."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.catalogue import services
from courses.catalogue.models import Course, CoursePage, LetterTemplate, PracticalTask, Prerequisite
from courses.catalogue.services.copying import moved
from modules.records.models import Item
from tests import factories
from tests.modules import content

pytestmark = pytest.mark.django_db
REFS = {("lessons", "1"): "11", ("quiz", "1"): "11", ("live-session", "5"): "15"}
LEAF = {"kind": "lessons", "ref": "1", "at_least": 100}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (LEAF, {**LEAF, "ref": "11"}),
        ({"kind": "survey", "ref": "9", "at_least": 1}, None),
        (
            {"any": [LEAF, {"kind": "gone", "ref": "1", "at_least": 1}], "at_least": 1},
            {"any": [{**LEAF, "ref": "11"}], "at_least": 1},
        ),
        ({"all": [{"any": [{"kind": "survey", "ref": "9", "at_least": 1}]}, LEAF]}, {"all": [{**LEAF, "ref": "11"}]}),
        ({"all": [{"kind": "survey", "ref": "9", "at_least": 1}]}, None),
    ],
)
def test_a_rule_asks_for_the_parts_of_the_copy(spec, expected):
    assert moved(spec, REFS) == expected


@pytest.fixture
def home(db):
    return content.make_site("fr")


@pytest.fixture
def module(home):
    return content.make_module(content.make_topic(home))


@pytest.fixture
def course(programme, module):
    made = factories.CourseFactory(programme=programme, key="original", hours=12)
    item = Item.objects.get(key=module.translation_key)
    entry = factories.SyllabusEntryFactory(course=made, item=item)
    live = factories.SyllabusEntryFactory(course=made, kind="live-session", item=None, order=1)
    task = PracticalTask.objects.create(course=made, titles={"en": "A skill"})
    leaves = [("lessons", entry.item_id), ("live-session", live.pk), ("skill", task.pk)]
    before = factories.ItemFactory(kind=Item.Kind.MODULE)
    for kind, ref, of in (("course", 7, None), ("module", before.pk, item), ("module", item.pk, before)):
        Prerequisite.objects.create(course=made, kind=kind, ref=str(ref), module=of)
    LetterTemplate.objects.create(course=made, language="fr", subject="Courage", text="Bonjour {name}")
    spec = {"all": [{"kind": kind, "ref": str(ref), "at_least": 80} for kind, ref in leaves]}
    services.put_rule(actor=None, course=made, spec=spec)
    page = CoursePage(title="A course", slug="original", course=made, locale=module.locale)
    module.get_parent().add_child(instance=page)
    content.publish(page)
    factories.EnrolmentFactory(cohort__course=made)
    return made


def copy(cast, course, **fields):
    return services.copy_course(actor=cast.organiser, course=course, **{"key": "copy", "title": "A copy", **fields})


def test_it_uses_the_same_modules_and_nobody_takes_part(cast, course):
    made = copy(cast, course)
    assert (made.item.titles, made.hours, made.programme) == ({"en": "A copy"}, 12, course.programme)
    assert [e.item_id for e in made.syllabus.all()] == [e.item_id for e in course.syllabus.all()]
    leaves = made.rules.get().spec["all"]
    entries = list(made.syllabus.all())
    assert [leaf["ref"] for leaf in leaves] == [str(entries[0].item_id), str(entries[1].pk), str(made.tasks.get().pk)]
    asked = made.prerequisites.values_list("kind", "ref", "module")
    assert sorted(asked, key=str) == sorted(course.prerequisites.values_list("kind", "ref", "module"), key=str)
    assert made.letter_templates.values_list("language", "subject", "text").get() == (
        "fr",
        "Courage",
        "Bonjour {name}",
    )
    assert made.cohorts.get().self_paced and not made.cohorts.get().enrolments.exists()
    page = CoursePage.objects.get(course=made)
    assert (page.title, page.slug, page.live) == ("A copy", "copy", False)
    assert page.translation_key != CoursePage.objects.get(course=course).translation_key


def test_it_may_have_modules_of_its_own(cast, course, module):
    made = copy(cast, course, with_modules=True)
    item = made.syllabus.get(kind="module").item
    assert item.key != module.translation_key and item.titles["en"] == module.title
    assert made.rules.get().spec["all"][0]["ref"] == str(item.pk)
    before = course.prerequisites.get(kind="module", module=course.syllabus.get(kind="module").item)
    assert set(made.prerequisites.values_list("kind", "ref", "module")) == {
        ("course", "7", None),
        ("module", before.ref, item.pk),
        ("module", str(item.pk), int(before.ref)),
    }


def test_a_key_is_taken_once(cast, course):
    with pytest.raises(services.KeyTaken):
        copy(cast, course, key="original")


def test_nobody_copies_into_anothers_programme(cast, course):
    for person in (cast.other_organiser, cast.trainer, cast.learner):
        with pytest.raises(services.NotYourProgramme):
            services.copy_course(actor=person, course=course, key="copy", title="Mine")
    assert not Course.objects.filter(key="copy").exists()


def test_the_screen_asks_and_keeps_what_was_typed(client, cast, course):
    client.force_login(cast.organiser)
    url = reverse("courses:copy_as_template", args=[course.pk])
    answer = client.post(url, {"title": "A copy", "key": "original"})
    assert answer.status_code == 200 and "already" in answer.content.decode() and "A copy" in answer.content.decode()
    assert client.post(url, {"title": "A copy", "key": "copy", "with_modules": "on"}).status_code == 302
    assert Course.objects.filter(key="copy").exists()
    client.force_login(cast.other_organiser)
    assert client.post(url, {"title": "Taken", "key": "taken"}).status_code == 404
    client.force_login(cast.learner)
    assert client.post(url, {"title": "Taken", "key": "taken"}).status_code in (302, 403)
    assert not Course.objects.filter(key="taken").exists()
