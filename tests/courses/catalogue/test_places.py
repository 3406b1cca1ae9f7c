"""Places: never given twice, never to somebody who has left, never past whom an organiser means to wait."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from courses.catalogue import services
from courses.catalogue.following.reminders import send_deadlines
from courses.catalogue.models import Application, Cohort, Enrolment, RequirementWaiver
from courses.participants.models import Merge
from courses.participants.services import merge_participants, undo_merge
from jobs.models import OutboxMail
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(programme):
    return factories.CourseFactory(programme=programme)


def full(course, **fields):
    """A cohort of one place, taken."""
    cohort = factories.CohortFactory(course=course, capacity=1, **fields)
    return cohort, factories.EnrolmentFactory(cohort=cohort)


def apply(person, cohort):
    return services.apply(actor=person, participant=person.participant, cohort=cohort)


# --- Many at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_people_who_move_at_once_never_overfill_a_cohort():
    """Six people of two cohorts, one place, at the same moment, beside one who enrols there."""
    course = factories.CourseFactory()
    goal = factories.CohortFactory(course=course, capacity=1)
    sources = [factories.CohortFactory(course=course) for _ in range(2)]
    moving = [factories.EnrolmentFactory(cohort=cohort) for cohort in sources for _ in range(3)]
    newcomer = factories.ParticipantFactory()
    start, outcomes = threading.Barrier(len(moving) + 1), []

    def one(act, **given):
        start.wait()
        try:
            act(actor=None, cohort=goal, **given)
            outcomes.append("in")
        except services.CohortFull:
            outcomes.append("full")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=one, args=[services.transfer], kwargs={"enrolment": enrolment}) for enrolment in moving
    ]
    threads.append(threading.Thread(target=one, args=[services.enrol_for], kwargs={"participant": newcomer}))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 6 + ["in"]
    assert goal.enrolments.active().count() == 1


@pytest.mark.django_db(transaction=True)
def test_people_who_change_places_at_once_do_not_wait_for_each_other():
    course = factories.CourseFactory()
    cohorts = [factories.CohortFactory(course=course) for _ in range(2)]
    moving = [factories.EnrolmentFactory(cohort=cohorts[n % 2]) for n in range(6)]
    start, outcomes = threading.Barrier(len(moving)), []

    def one(enrolment):
        start.wait()
        goal = cohorts[1] if enrolment.cohort_id == cohorts[0].pk else cohorts[0]
        try:
            outcomes.append(services.transfer(actor=None, enrolment=enrolment, cohort=goal).cohort_id == goal.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[enrolment]) for enrolment in moving]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [True] * 6


# --- Who is in waits for nothing ------------------------------------------------------------------


class TestOpenApplications:
    def by_list(self, cast, cohort):
        services.enrol_many(
            actor=cast.organiser, participants=[cast.learner.participant], cohort=cohort, source="import"
        )

    def by_nomination(self, cast, cohort):
        services.enrol_nominated(actor=cast.organiser, participant=cast.learner.participant, cohort=cohort)

    def by_invitation(self, cast, cohort):
        invitation = services.invite(actor=cast.organiser, cohort=cohort, email="learner@example.org")
        services.accept_invitation(participant=cast.learner.participant, invitation=invitation)

    def by_an_organiser(self, cast, cohort):
        services.enrol_for(actor=cast.organiser, participant=cast.learner.participant, cohort=cohort)

    @pytest.mark.parametrize("way", ["by_list", "by_nomination", "by_invitation", "by_an_organiser"])
    def test_who_comes_in_another_way_does_not_wait_any_more_and_can_leave(self, cast, course, way):
        cohort, taken = full(course)
        application = apply(cast.learner, cohort)
        Cohort.objects.filter(pk=cohort.pk).update(capacity=2)
        getattr(self, way)(cast, cohort)
        application.refresh_from_db()
        enrolment = cohort.enrolments.get(participant=cast.learner.participant)
        assert (application.state, application.enrolment) == ("accepted", enrolment)
        assert application.decided_by == (None if way == "by_invitation" else cast.organiser)
        with pytest.raises(services.AlreadyDecided):
            services.decline(actor=cast.organiser, application=application, reason="No.")
        services.withdraw(actor=cast.learner, enrolment=enrolment)
        assert [row.pk for row in cohort.enrolments.active()] == [taken.pk]

    def test_who_leaves_takes_an_application_along_that_was_left_open(self, cast, course):
        cohort, taken = full(course)
        application = Application.objects.create(
            cohort=cohort, participant=taken.participant, state="waiting", waiting_since=timezone.now()
        )
        services.withdraw(actor=None, enrolment=taken)
        application.refresh_from_db()
        assert application.state == "taken-back"
        assert not cohort.enrolments.active().exists()


# --- Moving up ------------------------------------------------------------------------------------


class TestReserves:
    """An application cohort with free places, and somebody whom an organiser put on the waiting list all the same."""

    @pytest.fixture
    def cohort(self, course):
        return factories.CohortFactory(course=course, entry="application", capacity=10)

    @pytest.fixture
    def reserve(self, cast, cohort):
        application = apply(cast.learner, cohort)
        services.put_on_waiting_list(actor=cast.organiser, application=application)
        return application

    @pytest.mark.parametrize("changes", [{"titles": {"en": "New title"}}, {"capacity": 20}, {"capacity": None}])
    def test_no_change_of_the_cohort_lets_a_reserve_in(self, cast, cohort, reserve, changes):
        for name, value in changes.items():
            setattr(cohort, name, value)
        services.save_cohort(actor=cast.organiser, cohort=cohort)
        reserve.refresh_from_db()
        assert reserve.state == "waiting"
        assert not cohort.enrolments.exists()

    def test_nobody_who_leaves_lets_a_reserve_in_while_there_were_places(self, cast, cohort, reserve):
        services.withdraw(actor=None, enrolment=factories.EnrolmentFactory(cohort=cohort))
        assert not cohort.enrolments.active().exists()

    def test_the_place_of_a_full_cohort_goes_to_the_reserve(self, cast, cohort, reserve):
        taken = [factories.EnrolmentFactory(cohort=cohort) for _n in range(10)]
        services.withdraw(actor=None, enrolment=taken[0])
        assert cohort.enrolments.active().filter(participant=cast.learner.participant).exists()

    def test_a_title_lets_nobody_in_where_everybody_enrols_by_themselves(self, cast, course):
        cohort, taken = full(course)
        apply(cast.learner, cohort)
        Enrolment.objects.filter(pk=taken.pk).update(state="withdrawn")
        cohort.titles = {"en": "New title"}
        services.save_cohort(actor=cast.organiser, cohort=cohort)
        assert not cohort.enrolments.active().exists()


class TestAPlaceThatBecameFreeWhileTheCohortWasOver:
    """One of one leaves after the last day; somebody waits. The place is theirs once the cohort goes on."""

    @pytest.fixture
    def cohort(self, cast, course):
        cohort, taken = full(course, starts_on=past(40), ends_on=past(5))
        waiting = Application.State.WAITING
        Application.objects.create(
            cohort=cohort, participant=cast.learner.participant, state=waiting, waiting_since=timezone.now()
        )
        services.withdraw(actor=None, enrolment=taken)
        cohort.refresh_from_db()
        assert not cohort.enrolments.active().exists()
        return cohort

    def people(self, cohort):
        return list(cohort.enrolments.active().values_list("participant", flat=True))

    def later(self, cast, cohort):
        cohort.ends_on = coming(20)
        services.save_cohort(actor=cast.organiser, cohort=cohort)

    def test_a_later_last_day_gives_it_to_who_waits_before_a_newcomer(self, cast, cohort):
        self.later(cast, cohort)
        assert self.people(cohort) == [cast.learner.participant.pk]
        with pytest.raises(services.CohortFull):
            services.enrol(actor=cast.outsider, participant=cast.outsider.participant, cohort=cohort)

    def test_the_archive_of_the_cohort_gives_it_when_the_cohort_comes_back(self, cast, cohort):
        services.archive_cohort(actor=cast.organiser, cohort=cohort)
        cohort.refresh_from_db()
        self.later(cast, cohort)
        assert self.people(cohort) == []
        services.archive_cohort(actor=cast.organiser, cohort=cohort, archived=False)
        assert self.people(cohort) == [cast.learner.participant.pk]

    def test_so_does_the_archive_of_the_course(self, cast, cohort):
        services.archive_course(actor=cast.organiser, course=cohort.course)
        cohort.refresh_from_db()
        self.later(cast, cohort)
        assert self.people(cohort) == []
        services.archive_course(actor=cast.organiser, course=cohort.course, archived=False)
        assert self.people(cohort) == [cast.learner.participant.pk]

    def test_where_people_apply_the_organiser_decides(self, cast, cohort):
        cohort.entry = "application"
        self.later(cast, cohort)
        assert self.people(cohort) == []


# --- A last day of one's own ----------------------------------------------------------------------


class TestOwnLastDay:
    def test_a_cohort_put_off_cuts_no_extension_short(self, course):
        cohort = factories.CohortFactory(course=course, ends_on=coming(5))
        enrolment = factories.EnrolmentFactory(cohort=cohort, deadline=coming(9))
        assert (enrolment.last_day, enrolment.has_own_last_day) == (coming(9), True)
        cohort.ends_on = coming(30)
        assert (enrolment.last_day, enrolment.has_own_last_day) == (coming(30), False)
        cohort.ends_on = None
        assert (enrolment.last_day, enrolment.has_own_last_day) == (None, False)

    def test_reminders_go_by_the_later_day(self, cast, course):
        """A day before each of three last days: the extension counts only where it is later than the cohort's."""
        cohort = factories.CohortFactory(course=course, ends_on=coming(20), starts_on=past(5))
        other = factories.CohortFactory(course=course, ends_on=coming(20), starts_on=past(5))
        factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort, deadline=coming(10))
        factories.EnrolmentFactory(participant=cast.outsider.participant, cohort=other, deadline=coming(30))

        def told(days):
            with time_machine.travel(timezone.now() + timedelta(days=days), tick=False) as at:
                for hour in range(24):
                    at.move_to(timezone.now().replace(hour=hour), tick=False)
                    send_deadlines()
            found = set(OutboxMail.objects.filter(key__startswith="deadline:").values_list("to", flat=True))
            OutboxMail.objects.all().delete()
            return found

        assert told(9) == set()
        assert told(19) == {"learner@example.org"}
        assert told(29) == {"outsider@example.org"}

    def test_it_ends_with_the_enrolment(self, cast, course):
        first, second = (factories.CohortFactory(course=course, ends_on=coming(5)) for _n in range(2))
        enrolment = services.enrol_for(actor=cast.organiser, participant=cast.learner.participant, cohort=first)
        enrolment = services.extend(actor=cast.organiser, enrolment=enrolment, until=coming(9))
        moved = services.transfer(actor=cast.organiser, enrolment=enrolment, cohort=second)
        assert moved.deadline is None
        back = services.transfer(actor=cast.organiser, enrolment=moved, cohort=first)
        assert (back.pk, back.deadline) == (enrolment.pk, None)
        services.extend(actor=cast.organiser, enrolment=back, until=coming(9))
        services.withdraw(actor=cast.organiser, enrolment=back)
        services.enrol_many(
            actor=cast.organiser, participants=[cast.learner.participant], cohort=first, source="import"
        )
        back.refresh_from_db()
        assert (back.state, back.deadline) == ("active", None)


# --- There and back -------------------------------------------------------------------------------


class TestBackAgain:
    @pytest.fixture
    def moved(self, cast, course):
        """Somebody who was in one cohort, finished there, and has moved to another."""
        old, new = (factories.CohortFactory(course=course) for _n in range(2))
        first = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=old)
        return services.transfer(actor=cast.organiser, enrolment=first, cohort=new)

    def test_the_same_waiver_in_both_is_no_error(self, cast, moved):
        before = moved.transferred_from.get()
        for enrolment in (before, moved):
            RequirementWaiver.objects.create(enrolment=enrolment, kind="quiz", ref="1", reason="Certified before")
        RequirementWaiver.objects.create(enrolment=moved, kind="quiz", ref="2", reason="Certified before")
        back = services.transfer(actor=cast.organiser, enrolment=moved, cohort=before.cohort)
        assert sorted(back.waivers.in_force().values_list("ref", flat=True)) == ["1", "2"]

    @pytest.mark.parametrize(("then", "now", "kept"), [(30, None, 30), (30, 5, 30), (5, 30, 30), (None, 5, 5)])
    def test_the_earliest_completion_stays_with_its_rule(self, cast, moved, then, now, kept):
        before, today = moved.transferred_from.get(), timezone.now()
        for enrolment, days in ((before, then), (moved, now)):
            done = days and today - timedelta(days=days)
            Enrolment.objects.filter(pk=enrolment.pk).update(completed_at=done, completed_rule=days)
        back = services.transfer(actor=cast.organiser, enrolment=moved, cohort=before.cohort)
        assert (back.completed_at, back.completed_rule) == (today - timedelta(days=kept), kept)


# --- Two records of one person --------------------------------------------------------------------


class TestMerging:
    def test_the_other_records_rule_and_longer_time_stay(self, course):
        cohort = factories.CohortFactory(course=course, ends_on=coming(5))
        done = timezone.now() - timedelta(days=3)
        kept = factories.EnrolmentFactory(cohort=cohort, deadline=coming(7))
        other = factories.EnrolmentFactory(
            cohort=cohort, deadline=coming(9), completed_at=done, completed_rule=4, state="withdrawn"
        )
        merge_participants(actor=None, source=other.participant, into=kept.participant)
        kept.refresh_from_db()
        assert (kept.completed_at, kept.completed_rule, kept.deadline) == (done, 4, coming(9))

    def test_the_place_that_is_free_goes_to_who_waits(self, cast, course):
        cohort = factories.CohortFactory(course=course, capacity=2)
        kept, other = (factories.EnrolmentFactory(cohort=cohort) for _n in range(2))
        apply(cast.learner, cohort)
        merge_participants(actor=None, source=other.participant, into=kept.participant)
        people = set(cohort.enrolments.active().values_list("participant", flat=True))
        assert people == {kept.participant_id, cast.learner.participant.pk}

    def test_a_waiting_record_merged_into_an_enrolled_one_waits_no_more(self, cast, course):
        cohort, taken = full(course)
        twin = factories.ParticipantFactory(user=None)
        waiting = Application.objects.create(
            cohort=cohort, participant=twin, state="waiting", waiting_since=timezone.now()
        )
        merge_participants(actor=None, source=twin, into=taken.participant)
        waiting.refresh_from_db()
        assert (waiting.state, waiting.enrolment) == ("accepted", taken)
        services.withdraw(actor=None, enrolment=taken)
        assert not cohort.enrolments.active().exists()

    def test_undoing_that_merge_lets_it_wait_again(self, cast, course):
        cohort, taken = full(course)
        twin = factories.ParticipantFactory(user=None)
        waiting = Application.objects.create(
            cohort=cohort, participant=twin, state="waiting", waiting_since=timezone.now()
        )
        merge_participants(actor=None, source=twin, into=taken.participant)
        undo_merge(actor=None, merge=Merge.objects.get())
        waiting.refresh_from_db()
        assert (waiting.state, waiting.participant, waiting.enrolment) == ("waiting", twin, None)
