"""Leaving: by whom, what it opens (nothing), and what it leaves when somebody comes back."""

from __future__ import annotations

import pytest
from django.utils import timezone

from courses.catalogue import services
from courses.catalogue.access import attempt_context
from courses.catalogue.models import Enrolment
from courses.certificates.eligibility import eligible
from courses.participants.services import merge_participants
from modules.assessments.services import QuizClosed, QuizNotOpen, start_attempt
from modules.records.models import Item
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(programme):
    return factories.CourseFactory(programme=programme)


@pytest.fixture
def quiz(course):
    entry = factories.SyllabusEntryFactory(course=course)
    return factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=entry.item))


def begin(user, quiz):
    return start_attempt(actor=user, quiz=quiz, language="en")


class TestByWhom:
    @pytest.mark.parametrize("who", ["outsider", "trainer", "other_organiser", "focal_point"])
    def test_nobody_ends_the_enrolment_of_another(self, cast, course, who):
        enrolment = factories.EnrolmentFactory(
            participant=cast.learner.participant, cohort=factories.CohortFactory(course=course)
        )
        with pytest.raises(services.NotYourProgramme):
            services.withdraw(actor=getattr(cast, who), enrolment=enrolment)
        enrolment.refresh_from_db()
        assert enrolment.state == "active"

    @pytest.mark.parametrize("who", ["learner", "organiser"])
    def test_oneself_and_an_organiser_do(self, cast, course, who):
        enrolment = factories.EnrolmentFactory(
            participant=cast.learner.participant, cohort=factories.CohortFactory(course=course)
        )
        assert services.withdraw(actor=getattr(cast, who), enrolment=enrolment).state == "withdrawn"


class TestLeavingOpensNoQuiz:
    def test_that_waits_for_another_module(self, cast, course, quiz):
        first = factories.ItemFactory(kind=Item.Kind.MODULE)
        factories.ItemFactory(parent=first)
        services.add_prerequisite(
            actor=cast.organiser, course=course, kind="module", ref=str(first.pk), module=quiz.item.parent
        )
        cohort = factories.CohortFactory(course=course)
        enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        for _now in ("inside", "left"):
            with pytest.raises(QuizNotOpen, match="Before this you need"):
                begin(cast.learner, quiz)
            if enrolment.state == "active":
                enrolment = services.withdraw(actor=cast.learner, enrolment=enrolment)

    def test_whose_last_day_has_passed(self, cast, course, quiz):
        cohort = factories.CohortFactory(course=course, starts_on=past(60), ends_on=past(5))
        enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        services.withdraw(actor=cast.learner, enrolment=enrolment)
        with pytest.raises(QuizClosed):
            begin(cast.learner, quiz)

    def test_nor_more_attempts_than_inside(self, cast, course, quiz):
        enrolment = factories.EnrolmentFactory(
            participant=cast.learner.participant, cohort=factories.CohortFactory(course=course)
        )
        services.withdraw(actor=cast.learner, enrolment=enrolment)
        assert attempt_context(cast.learner, quiz).context == enrolment.context

    def test_of_several_the_one_left_last_counts_and_one_in_force_before_all(self, cast, course, quiz):
        over = factories.CohortFactory(course=course, starts_on=past(60), ends_on=past(5))
        running = factories.CohortFactory(course=course, starts_on=past(5), ends_on=coming(5))
        for cohort in (running, over):
            enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
            services.withdraw(actor=cast.learner, enrolment=enrolment)
        assert attempt_context(cast.learner, quiz).closes_at < timezone.now()
        Enrolment.objects.filter(cohort=running).update(state="active", withdrawn_at=None)
        assert attempt_context(cast.learner, quiz).closes_at > timezone.now()

    def test_and_who_was_never_enrolled_learns_on_their_own(self, cast, course, quiz):
        assert attempt_context(cast.learner, quiz) is None


class TestComingBack:
    """Somebody who moved from one cohort to another and is in the first again did not move away from it."""

    @pytest.fixture
    def gone(self, cast, course):
        """The enrolment in the first cohort of somebody who moved on, and left there."""
        old, new = (factories.CohortFactory(course=course) for _n in range(2))
        first = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=old)
        moved = services.transfer(actor=cast.organiser, enrolment=first, cohort=new)
        services.withdraw(actor=cast.learner, enrolment=moved)
        first.refresh_from_db()
        assert first.transferred_to == moved
        return first

    def by_themselves(self, cast, gone):
        services.enrol(actor=cast.learner, participant=cast.learner.participant, cohort=gone.cohort)

    def by_a_list(self, cast, gone):
        services.enrol_many(
            actor=cast.organiser, participants=[cast.learner.participant], cohort=gone.cohort, source="import"
        )

    def by_a_merge(self, cast, gone):
        other = factories.EnrolmentFactory(cohort=gone.cohort, participant=factories.ParticipantFactory(user=None))
        merge_participants(actor=None, source=other.participant, into=gone.participant)

    @pytest.mark.parametrize("way", ["by_themselves", "by_a_list", "by_a_merge"])
    def test_by_any_way_they_complete_there_and_keep_their_certificate_when_they_leave(self, cast, gone, way):
        getattr(self, way)(cast, gone)
        gone.refresh_from_db()
        assert (gone.state, gone.transferred_to) == ("active", None)
        Enrolment.objects.filter(pk=gone.pk).update(completed_at=timezone.now())
        services.withdraw(actor=cast.learner, enrolment=gone)
        assert [one.participant for one in eligible(gone.cohort, "course")] == [gone.participant]
