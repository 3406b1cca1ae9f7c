"""Completion is explained: the same list for learner, trainer and certificate."""

from __future__ import annotations

import pytest
from django.utils import timezone

from courses.catalogue import services
from courses.catalogue.models import Enrolment
from modules.assessments.models import Attempt
from modules.lessons.models import LessonProgress
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    """One module of two lessons and a quiz."""
    entry = factories.SyllabusEntryFactory()
    for _ in range(2):
        factories.ItemFactory(parent=entry.item)
    factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=entry.item))
    return entry.course


@pytest.fixture
def enrolment(cast, course):
    return factories.EnrolmentFactory(
        participant=cast.learner.participant, cohort=factories.CohortFactory(course=course)
    )


def lessons(course):
    return list(Item.objects.filter(parent__syllabus_entries__course=course, kind=Item.Kind.LESSON))


def read(user, item):
    LessonProgress.objects.create(
        learner=user, learner_key=user.key, item=item, seen_at=timezone.now(), done_at=timezone.now()
    )


def pass_quiz(user, course, percent):
    quiz = Item.objects.get(parent__syllabus_entries__course=course, kind=Item.Kind.QUIZ).quiz
    Attempt.objects.create(
        quiz=quiz,
        learner=user,
        learner_key=user.key,
        number=1 + Attempt.objects.count(),
        seed=1,
        state=Attempt.State.GRADED,
        percent=percent,
        passed=percent >= 80,
        submitted_at=timezone.now(),
    )


def completion(enrolment):
    return services.refresh_completion(enrolment.cohort.course, [enrolment])[enrolment.pk]


def test_somebody_who_has_done_nothing_is_told_what_is_asked(enrolment):
    found = completion(enrolment)
    assert [(r.met, r.why) for r in found.requirements] == [
        (False, "Not started yet."),
        (False, "Not tried yet; 80 % needed."),
    ]
    assert found.percent == 0


def test_what_is_missing_is_said_in_numbers(cast, course, enrolment):
    read(cast.learner, lessons(course)[0])
    pass_quiz(cast.learner, course, 50)
    assert [r.why for r in completion(enrolment).requirements] == [
        "1 of 2 lessons are done.",
        "Best result so far 50 %; 80 % needed.",
    ]


def test_the_best_attempt_counts(cast, course, enrolment):
    for item in lessons(course):
        read(cast.learner, item)
    pass_quiz(cast.learner, course, 90)
    pass_quiz(cast.learner, course, 10)
    assert completion(enrolment).complete


def test_a_module_done_once_counts_in_every_course(cast, course, enrolment):
    for item in lessons(course):
        read(cast.learner, item)
    pass_quiz(cast.learner, course, 100)
    entry = course.syllabus.get()
    other = factories.SyllabusEntryFactory(item=entry.item).course
    second = factories.EnrolmentFactory(
        participant=cast.learner.participant, cohort=factories.CohortFactory(course=other)
    )
    assert completion(second).complete


def test_a_lesson_taken_out_does_not_make_progress_exceed_100(cast, course, enrolment):
    for item in lessons(course):
        read(cast.learner, item)
    retired = lessons(course)[0]
    retired.retired_at = timezone.now()
    retired.save()
    assert completion(enrolment).requirements[0].outcome.fact.value == 100


def test_completed_stays_completed_when_the_syllabus_grows(cast, course, enrolment):
    for item in lessons(course):
        read(cast.learner, item)
    pass_quiz(cast.learner, course, 100)
    completion(enrolment)
    factories.ItemFactory(parent=course.syllabus.get().item)
    found = completion(enrolment)
    enrolment.refresh_from_db()
    assert not found.verdict.complete
    assert found.complete
    assert enrolment.completed_at is not None


def test_the_number_of_queries_does_not_grow_with_people(cast, course, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cohort = factories.CohortFactory(course=course)
    factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)

    def load():
        return list(Enrolment.objects.filter(cohort=cohort).select_related("participant__user"))

    with CaptureQueriesContext(connection) as few:
        services.completion_of(course, load())
    for _ in range(30):
        user = factories.UserFactory()
        factories.EnrolmentFactory(cohort=cohort, participant=factories.ParticipantFactory(user=user))
    with django_assert_num_queries(len(few)):
        services.completion_of(course, load())


def test_a_rule_of_its_own_replaces_the_default(cast, course, enrolment):
    entry = course.syllabus.get()
    services.put_rule(
        actor=cast.organiser, course=course, spec={"any": [{"kind": "quiz", "ref": str(entry.item_id), "at_least": 60}]}
    )
    pass_quiz(cast.learner, course, 60)
    found = completion(enrolment)
    assert found.complete
    assert found.rule_version == 1


def test_every_requirement_carries_the_title_of_its_own_module(cast):
    course = factories.CourseFactory()
    items = [factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": f"Module {n}"}) for n in range(9)]
    for order, item in enumerate(reversed(items)):  # so that keys of entries and items overlap
        factories.SyllabusEntryFactory(course=course, item=item, order=order)
    enrolment = factories.EnrolmentFactory(
        participant=cast.learner.participant, cohort=factories.CohortFactory(course=course)
    )
    assert [r.title for r in completion(enrolment).requirements] == [f"Module {n}" for n in range(8, -1, -1)]
