"""What goes before a course or a module: asked, refused in words, never in a circle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.catalogue import services
from courses.catalogue.prerequisites import asked_of, missing
from modules.assessments.services import QuizNotOpen, start_attempt
from modules.records.models import Item
from tests import factories
from tests.factories import past

from .test_staying import do, enrol, module_with_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(programme):
    return factories.CourseFactory(programme=programme)


class TestPrerequisites:
    def test_a_course_that_goes_before_refuses_in_words_until_it_is_completed(self, cast, course):
        first = factories.CourseFactory(programme=course.programme)
        services.add_prerequisite(actor=cast.organiser, course=course, kind="course", ref=str(first.pk))
        cohort = factories.CohortFactory(course=course)
        with pytest.raises(services.PrerequisiteMissing, match="“A course”"):
            enrol(cast.learner, cohort)
        factories.EnrolmentFactory(
            participant=cast.learner.participant,
            cohort=factories.CohortFactory(course=first),
            completed_at=timezone.now(),
        )
        assert enrol(cast.learner, cohort).state == "active"

    def test_a_module_that_goes_before_has_to_be_finished(self, cast, course):
        module, lesson = module_with_lesson()
        services.add_prerequisite(actor=cast.organiser, course=course, kind="module", ref=str(module.pk))
        assert [asked.title for asked in missing(course, cast.learner.participant)] == ["Basics"]
        do(cast.learner, lesson)
        assert missing(course, cast.learner.participant) == []

    def test_of_a_module_that_goes_before_the_quiz_has_to_be_passed_and_a_pre_test_never(self, cast, course):
        module, lesson = module_with_lesson()
        services.add_prerequisite(actor=cast.organiser, course=course, kind="module", ref=str(module.pk))
        do(cast.learner, lesson)
        pretest, quiz = (
            factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=parent))
            for parent in (module, factories.ItemFactory(kind=Item.Kind.MODULE))
        )
        assert missing(course, cast.learner.participant)
        quiz.pretest = pretest
        quiz.save()
        assert missing(course, cast.learner.participant) == []

    def test_a_workshop_that_goes_before_has_to_be_attended(self, cast, course):
        from courses.workshops.models import Attendance, Session

        workshop = factories.WorkshopFactory(title="Borders", programme=course.programme)
        now = timezone.now()
        session = Session.objects.create(
            workshop=workshop,
            day=past(1),
            begins="09:00",
            finishes="10:40",
            starts_at=now,
            ends_at=now + timedelta(minutes=100),
        )
        services.add_prerequisite(actor=cast.organiser, course=course, kind="workshop", ref=workshop.key)
        mark = Attendance.objects.create(
            session=session, participant=cast.learner.participant, state="partly", minutes=79
        )
        assert [asked.title for asked in missing(course, cast.learner.participant)] == ["Borders"]
        mark.minutes = 80
        mark.save()
        assert missing(course, cast.learner.participant) == []

    def test_it_holds_for_applications_too_but_not_for_whom_an_organiser_chooses(self, cast, course):
        module, _lesson = module_with_lesson()
        services.add_prerequisite(actor=cast.organiser, course=course, kind="module", ref=str(module.pk))
        cohort = factories.CohortFactory(course=course, entry="application")
        with pytest.raises(services.PrerequisiteMissing):
            services.apply(actor=cast.learner, participant=cast.learner.participant, cohort=cohort)
        assert services.enrol_for(actor=cast.organiser, participant=cast.learner.participant, cohort=cohort)

    def test_before_a_module_the_quiz_waits_and_reading_does_not(self, cast, course):
        first, lesson = module_with_lesson()
        second = factories.ItemFactory(kind=Item.Kind.MODULE)
        factories.SyllabusEntryFactory(course=course, item=first, order=1)
        factories.SyllabusEntryFactory(course=course, item=second, order=2)
        quiz = factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=second))
        services.add_prerequisite(actor=cast.organiser, course=course, kind="module", ref=str(first.pk), module=second)
        enrol(cast.learner, factories.CohortFactory(course=course))
        with pytest.raises(QuizNotOpen, match="Basics"):
            start_attempt(actor=cast.learner, quiz=quiz, language="en")
        do(cast.learner, lesson)
        assert start_attempt(actor=cast.learner, quiz=quiz, language="en")

    def test_in_another_course_that_asks_for_nothing_the_quiz_is_open(self, cast, course):
        first, _lesson = module_with_lesson()
        second = factories.ItemFactory(kind=Item.Kind.MODULE)
        other = factories.CourseFactory(programme=course.programme)
        for one in (course, other):
            factories.SyllabusEntryFactory(course=one, item=second)
            enrol(cast.learner, factories.CohortFactory(course=one))
        factories.SyllabusEntryFactory(course=course, item=first)
        services.add_prerequisite(actor=cast.organiser, course=course, kind="module", ref=str(first.pk), module=second)
        quiz = factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=second))
        assert start_attempt(actor=cast.learner, quiz=quiz, language="en")

    def test_nothing_can_wait_for_itself(self, cast, course):
        second, third = (factories.CourseFactory(programme=course.programme) for _n in range(2))
        module = factories.SyllabusEntryFactory(course=course).item
        add = services.add_prerequisite
        add(actor=cast.organiser, course=second, kind="course", ref=str(course.pk))
        add(actor=cast.organiser, course=third, kind="course", ref=str(second.pk))
        for fields in (
            {"kind": "course", "ref": str(course.pk)},
            {"kind": "course", "ref": str(third.pk)},
            {"kind": "module", "ref": str(module.pk)},
            {"kind": "module", "ref": str(module.pk), "module": module},
            {"kind": "workshop", "ref": "no-such-workshop"},
            {"kind": "nonsense", "ref": "1"},
        ):
            with pytest.raises(services.WrongPrerequisite):
                add(actor=cast.organiser, course=course, **fields)

    def test_modules_of_a_course_cannot_wait_for_each_other(self, cast, course):
        first, second, third = (factories.SyllabusEntryFactory(course=course, order=n).item for n in range(3))

        def add(module, ref):
            services.add_prerequisite(
                actor=cast.organiser, course=course, kind="module", ref=str(ref.pk), module=module
            )

        add(second, first)
        add(third, second)
        for module, ref in ((first, second), (first, third)):
            with pytest.raises(services.WrongPrerequisite):
                add(module, ref)
        add(third, first)

    def test_others_ask_for_nothing(self, cast, course):
        module, _lesson = module_with_lesson()
        for who in (cast.learner, cast.trainer, cast.other_organiser):
            with pytest.raises(services.NotYourProgramme):
                services.add_prerequisite(actor=who, course=course, kind="module", ref=str(module.pk))

    def test_a_course_without_any_costs_one_query(self, cast, course, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert asked_of(course, cast.learner.participant) == []
