"""What is kept of a course for all its learners: never older than what it is made of, and nobody's own."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from core.caching import forget_all
from courses.catalogue.models import CompletionRule, Course, PracticalTask
from courses.catalogue.services import Standings, kept_standings, put_rule
from courses.catalogue.services.standing import derived_rule
from modules.records.models import Item
from modules.records.services import freeze_item, retire_item
from tests import factories
from tests.modules import content

pytestmark = pytest.mark.django_db


def told(standings, enrolment):
    """Everything that a page shows of somebody by these standings."""
    completion = standings.of([enrolment])[enrolment.pk]
    return completion.verdict, [(one.title, one.url, one.why) for one in completion.requirements]


def is_true(school):
    """Whether what is kept says what the database says."""
    kept = kept_standings([school.course.pk])[school.course.pk]
    return told(kept, school.enrolment) == told(Standings(Course.objects.get(pk=school.course.pk)), school.enrolment)


def entry_of(school, number):
    return school.course.syllabus.all()[number]


def ask_for_half(school):
    ref = school.first.partition(":")[2]
    asked = (
        {"kind": "lessons", "ref": ref, "at_least": 50},
        {"kind": "skill", "ref": str(school.task.pk), "at_least": 1},
    )
    spec = {"all": list(asked)}
    CompletionRule.objects.create(course=school.course, version=1, spec=spec)


def add_an_entry(school):
    module = factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": "Reports"})
    factories.SyllabusEntryFactory(course=school.course, item=module, order=9)


def make_optional(school):
    entry = entry_of(school, 1)
    entry.required = False
    entry.save()


def take_an_entry_out(school):
    entry_of(school, 1).delete()


def rename_a_module(school):
    item = entry_of(school, 0).item
    freeze_item(key=item.key, kind=item.kind, language="en", title="Shipping papers")


def add_a_lesson(school):
    parent = entry_of(school, 0).item
    freeze_item(key=uuid4(), kind=Item.Kind.LESSON, language="en", title="One more", parent=parent)


def retire_a_lesson(school):
    retire_item(key=school.lessons[1].key)


def raise_the_pass_mark(school):
    quiz = entry_of(school, 0).item.children.get(kind=Item.Kind.QUIZ).quiz
    quiz.pass_mark = 95
    quiz.save()


def add_a_quiz(school):
    factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=entry_of(school, 1).item))


def retire_the_quiz(school):
    retire_item(key=entry_of(school, 0).item.children.get(kind=Item.Kind.QUIZ).key)


@pytest.mark.parametrize(
    "change",
    [
        ask_for_half,
        add_an_entry,
        make_optional,
        take_an_entry_out,
        rename_a_module,
        add_a_lesson,
        retire_a_lesson,
        raise_the_pass_mark,
        add_a_quiz,
        retire_the_quiz,
    ],
    ids=lambda change: change.__name__,
)
def test_a_change_is_true_at_once(school, cast, change):
    school.read(cast.learner, 0, 1)
    school.grade(cast.learner, 90)
    before = told(kept_standings([school.course.pk])[school.course.pk], school.enrolment)
    change(school)
    assert is_true(school)
    assert told(kept_standings([school.course.pk])[school.course.pk], school.enrolment) != before


def test_what_was_done_of_pages_that_are_gone_is_kept_at_no_further_query(school, cast, django_assert_num_queries):
    module = entry_of(school, 0).item
    add = factories.ItemFactory(kind=Item.Kind.QUIZ, parent=module, order=9)
    factories.QuizFactory(item=add)
    school.read(cast.learner, 0, 1, 2)
    school.grade(cast.learner, 90)
    put_rule(actor=None, course=school.course, spec=derived_rule(school.course))

    def percent():
        return kept_standings([school.course.pk])[school.course.pk].of([school.enrolment])[school.enrolment.pk].percent

    before = percent()
    assert 0 < before < 100
    for item in (add, *module.children.exclude(pk=add.pk).order_by("kind", "pk")):
        retire_item(key=item.key)
        assert (percent(), is_true(school)) == (before, True)
    assert not module.children.live().exists()
    kept = kept_standings([school.course.pk])[school.course.pk]
    with django_assert_num_queries(3):  # lessons, grades, waivers
        kept.of([school.enrolment])


def test_the_name_of_a_task_is_true_at_once(school):
    ask_for_half(school)
    assert is_true(school)
    task = PracticalTask.objects.get(pk=school.task.pk)
    task.titles = {"en": "Strip test of maize"}
    task.save()
    assert is_true(school)
    titles = [one.title for one in kept_standings([school.course.pk])[school.course.pk].headings()]
    assert "Strip test of maize" in titles


def test_the_address_of_a_module_follows_its_page(school):
    topic = content.make_topic(content.make_site("fr"))
    page = content.make_module(topic, lessons=1)
    factories.SyllabusEntryFactory(course=school.course, item=Item.objects.get(key=page.translation_key), order=9)

    def address(language="en"):
        with translation.override(language):
            return kept_standings([school.course.pk])[school.course.pk].headings()[-1].url

    assert address() == content.url(page)
    page.slug = "moved"
    page = content.publish(page)
    assert address() == content.url(page)
    other = content.make_topic(topic.get_parent().specific, title="LMO", slug="lmo", field="lmo")
    page.move(other, pos="last-child")
    page.refresh_from_db()
    assert address() == content.url(page)
    assert "/lmo/" in address()
    french = content.translate(page, "fr", "Un module")
    assert address("fr") == content.url(french, "fr")
    page.unpublish()
    french.unpublish()
    assert address() == ""


def test_each_language_has_words_of_its_own(school):
    for language, title in (("en", "Papers"), ("fr", "Papers FR"), ("en", "Papers")):
        with translation.override(language):
            assert kept_standings([school.course.pk])[school.course.pk].headings()[0].title == title


def test_a_course_is_read_once_for_all_its_learners(school, django_assert_num_queries):
    kept_standings([school.course.pk])
    forget_all()  # as in another process, which has only what is shared
    with django_assert_num_queries(0):
        kept = kept_standings([school.course.pk])[school.course.pk]
        assert [one.title for one in kept.headings()] == ["Papers", "Quiz: Papers", "Samples"]
    with django_assert_num_queries(3):  # lessons, grades, waivers
        kept.of([school.enrolment])


def test_what_one_has_done_is_on_nobody_elses_home(client, cast, school):
    other = school.enrol()
    school.read(cast.learner, 0, 1, 2)
    for user, percent in ((cast.learner, "50"), (other.participant.user, "0"), (cast.learner, "50")):
        client.force_login(user)
        page = client.get(reverse("learner_home")).content.decode()
        assert f'<progress value="{percent}"' in page
        assert (cast.learner.name in page) == (user == cast.learner)


def test_completion_is_written_down_by_the_rule_of_the_database(client, cast, school):
    """Though what is kept be old, as where a process died between writing a rule and telling the others."""
    ref = school.first.partition(":")[2]
    easy = {"all": [{"kind": "lessons", "ref": ref, "at_least": 100}]}
    CompletionRule.objects.create(course=school.course, version=1, spec=easy)
    kept_standings([school.course.pk])
    hard = {"all": [*easy["all"], {"kind": "skill", "ref": str(school.task.pk), "at_least": 100}]}
    CompletionRule.objects.bulk_create([CompletionRule(course=school.course, version=2, spec=hard)])
    school.read(cast.learner, 0, 1)
    client.force_login(cast.learner)
    assert "You have met every requirement." not in client.get(reverse("learner_home")).content.decode()
    school.enrolment.refresh_from_db()
    assert school.enrolment.completed_at is None
    school.task.results.create(participant=cast.learner.participant, met=True, judged_at=timezone.now())
    assert "You have met every requirement." in client.get(reverse("learner_home")).content.decode()
    school.enrolment.refresh_from_db()
    assert school.enrolment.completed_rule == 2
