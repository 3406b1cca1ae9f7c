"""A course with two modules, a quiz, a skill and an assignment, and a cohort with a trainer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import timezone

from courses.catalogue.models import CohortTrainer, PracticalTask
from modules.assessments.models import Attempt
from modules.lessons.models import LessonProgress
from modules.records.models import Item
from tests import factories


@pytest.fixture
def school(cast, programme):
    """``course``, ``cohort``, ``enrolment`` of the learner, ``read(user, n)``, ``grade(user, percent)``, refs."""
    course = factories.CourseFactory(programme=programme, key="port-course")
    lessons = []
    modules = []
    for name in ("Papers", "Samples"):
        module = factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": name, "fr": f"{name} FR"})
        factories.SyllabusEntryFactory(course=course, item=module, order=len(modules))
        modules.append(module)
        lessons += [factories.ItemFactory(parent=module, minutes=30) for _ in range(2)]
    quiz = factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=modules[0]))
    skill = PracticalTask.objects.create(course=course, kind="skill", titles={"en": "Strip test"})
    cohort = factories.CohortFactory(course=course, titles={"en": "East Africa"})
    CohortTrainer.objects.create(cohort=cohort, user=cast.trainer)
    enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)

    def read(user, *which):
        now = timezone.now()
        for number in which:
            LessonProgress.objects.create(
                learner=user, learner_key=user.key, item=lessons[number], seen_at=now, done_at=now
            )

    def grade(user, percent):
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

    def enrol(**fields):
        user = factories.UserFactory()
        participant = factories.ParticipantFactory(user=user, **fields)
        return factories.EnrolmentFactory(participant=participant, cohort=cohort, country=participant.country)

    return SimpleNamespace(
        course=course,
        cohort=cohort,
        enrolment=enrolment,
        lessons=lessons,
        first=f"lessons:{modules[0].pk}",
        second=f"lessons:{modules[1].pk}",
        quiz=f"quiz:{modules[0].pk}",
        skill=f"skill:{skill.pk}",
        task=skill,
        read=read,
        grade=grade,
        enrol=enrol,
    )
