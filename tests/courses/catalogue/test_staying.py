"""Being in: more time, another cohort, leaving; what was earned is never lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from courses.catalogue import services
from courses.catalogue.access import attempt_context
from courses.catalogue.entry_forms import TransferForm
from courses.catalogue.models import Enrolment, RequirementWaiver
from courses.catalogue.windows import next_monday, propose
from courses.participants.models import Merge
from courses.participants.services import merge_participants, undo_merge
from jobs.models import OutboxMail
from modules.assessments.services import NoAttemptsLeft, start_attempt, submit_attempt
from modules.lessons.models import LessonProgress
from modules.records.models import Item
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(programme):
    return factories.CourseFactory(programme=programme)


def module_with_lesson():
    module = factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": "Basics"})
    return module, factories.ItemFactory(parent=module)


def do(user, lesson):
    now = timezone.now()
    LessonProgress.objects.create(learner=user, learner_key=user.key, item=lesson, done_at=now, seen_at=now)


def enrol(person, cohort):
    return services.enrol(actor=person, participant=person.participant, cohort=cohort)


class TestExtension:
    @pytest.fixture
    def quiz(self, course):
        entry = factories.SyllabusEntryFactory(course=course)
        return factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=entry.item))

    def test_one_person_gets_more_time_for_quizzes(self, cast, course, quiz):
        cohort = factories.CohortFactory(course=course, ends_on=past(1), time_zone="Africa/Nairobi")
        own, other = (
            factories.EnrolmentFactory(participant=p.participant, cohort=cohort) for p in (cast.learner, cast.outsider)
        )
        services.extend(actor=cast.organiser, enrolment=own, until=coming(5), reason="Ill")
        assert attempt_context(cast.learner, quiz).closes_at > timezone.now() + timedelta(days=4)
        assert attempt_context(cast.outsider, quiz).closes_at < timezone.now()
        other.refresh_from_db()
        assert other.deadline is None
        assert AuditEntry.objects.get(action="catalogue.extend").data["reason"] == "Ill"
        assert OutboxMail.objects.get(to="learner@example.org").subject.startswith("More time")

    @pytest.mark.parametrize("how", ["extend", "cohort"])
    def test_a_quiz_that_is_being_taken_follows_the_later_end_and_never_an_earlier_one(self, cast, course, quiz, how):
        cohort = factories.CohortFactory(course=course, ends_on=coming(0))
        enrolments = [
            factories.EnrolmentFactory(participant=who.participant, cohort=cohort)
            for who in (cast.learner, cast.outsider)
        ]
        mine, other = (start_attempt(actor=one.participant.user, quiz=quiz, language="en") for one in enrolments)
        ends = mine.deadline_at

        def until(day):
            if how == "cohort":
                cohort.ends_on = day or coming(0)
                services.save_cohort(actor=cast.organiser, cohort=cohort)
            else:
                services.extend(actor=cast.organiser, enrolment=enrolments[0], until=day)
            mine.refresh_from_db(), other.refresh_from_db()

        until(coming(5))
        assert mine.deadline_at == ends + timedelta(days=5)
        assert other.deadline_at == (mine.deadline_at if how == "cohort" else ends)
        until(None)
        assert mine.deadline_at == ends + timedelta(days=5)

    def test_a_quiz_that_is_being_taken_follows_a_midnight_further_west(self, cast, course, quiz):
        cohort = factories.CohortFactory(course=course, ends_on=coming(1), time_zone="Asia/Tokyo")
        enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        attempt = start_attempt(actor=enrolment.participant.user, quiz=quiz, language="en")
        ends = attempt.deadline_at
        cohort.time_zone = "Africa/Nairobi"
        services.save_cohort(actor=cast.organiser, cohort=cohort)
        attempt.refresh_from_db()
        assert attempt.deadline_at == ends + timedelta(hours=6)

    @pytest.mark.parametrize("how", ["extend", "cohort"])
    @pytest.mark.parametrize("since", ["merged", "moved"])
    def test_a_quiz_begun_before_a_merge_or_a_move_follows_the_later_end_too(self, cast, course, quiz, how, since):
        cohort = factories.CohortFactory(course=course, ends_on=coming(1))
        begun = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        attempt = start_attempt(actor=cast.learner, quiz=quiz, language="en")
        ends = attempt.deadline_at
        if since == "merged":
            enrolment = factories.EnrolmentFactory(cohort=cohort)
            merge_participants(actor=None, source=begun.participant, into=enrolment.participant)
        else:
            other = factories.CohortFactory(course=course, ends_on=coming(1))
            enrolment = services.transfer(actor=cast.organiser, enrolment=begun, cohort=other)
        if how == "extend":
            services.extend(actor=cast.organiser, enrolment=enrolment, until=coming(5))
        else:
            enrolment.cohort.ends_on = coming(5)
            services.save_cohort(actor=cast.organiser, cohort=enrolment.cohort)
        attempt.refresh_from_db()
        assert attempt.deadline_at == ends + timedelta(days=4)

    def test_it_can_be_taken_back(self, cast, course):
        cohort = factories.CohortFactory(course=course, ends_on=coming(5))
        enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        services.extend(actor=cast.organiser, enrolment=enrolment, until=coming(9))
        assert services.extend(actor=cast.organiser, enrolment=enrolment, until=None).last_day == cohort.ends_on

    @pytest.mark.parametrize(("ends_on", "until"), [(coming(5), coming(5)), (coming(5), coming(4)), (None, coming(4))])
    def test_a_day_that_extends_nothing_is_refused(self, cast, course, ends_on, until):
        enrolment = factories.EnrolmentFactory(cohort=factories.CohortFactory(course=course, ends_on=ends_on))
        with pytest.raises(services.WrongDeadline):
            services.extend(actor=cast.organiser, enrolment=enrolment, until=until)

    def test_nobody_extends_their_own_time_or_that_of_others_programmes(self, cast, course):
        cohort = factories.CohortFactory(course=course, ends_on=coming(5))
        own = factories.EnrolmentFactory(participant=cast.organiser.participant, cohort=cohort)
        with pytest.raises(services.OwnEnrolment):
            services.extend(actor=cast.organiser, enrolment=own, until=coming(9))
        for who in (cast.learner, cast.trainer, cast.other_organiser):
            with pytest.raises(services.NotYourProgramme):
                services.extend(actor=who, enrolment=own, until=coming(9))


class TestAttemptsAllowed:
    @pytest.fixture
    def quiz(self, course):
        entry = factories.SyllabusEntryFactory(course=course)
        item = factories.ItemFactory(kind=Item.Kind.QUIZ, parent=entry.item)
        return factories.QuizFactory(item=item, attempts_allowed=1)

    @pytest.fixture
    def used(self, cast, course, quiz):
        """The learner has used the one attempt, in a cohort."""
        enrolment = enrol(cast.learner, factories.CohortFactory(course=course))
        self.take(cast.learner, quiz)
        return enrolment

    def take(self, user, quiz):
        attempt = start_attempt(actor=user, quiz=quiz, language="en")
        return submit_attempt(actor=user, attempt=attempt, submission_key=attempt.key)

    def move(self, cast, enrolment):
        cohort = factories.CohortFactory(course=enrolment.cohort.course)
        return services.transfer(actor=cast.organiser, enrolment=enrolment, cohort=cohort)

    def test_leaving_and_enrolling_again_gives_none_back(self, cast, quiz, used):
        services.withdraw(actor=cast.learner, enrolment=used)
        with pytest.raises(NoAttemptsLeft):
            self.take(cast.learner, quiz)
        enrol(cast.learner, used.cohort)
        with pytest.raises(NoAttemptsLeft):
            self.take(cast.learner, quiz)

    def test_moving_to_other_cohorts_gives_none_back(self, cast, quiz, used):
        enrolment = used
        for _move in range(3):
            enrolment = self.move(cast, enrolment)
            with pytest.raises(NoAttemptsLeft):
                self.take(cast.learner, quiz)

    def test_moving_there_and_back_gives_none_back(self, cast, quiz, used):
        there = self.move(cast, used)
        services.transfer(actor=cast.organiser, enrolment=there, cohort=used.cohort)
        with pytest.raises(NoAttemptsLeft):
            self.take(cast.learner, quiz)

    def test_a_merge_gives_none_back_and_undoing_it_neither(self, cast, quiz, used):
        record = cast.learner.participant
        for _merge in range(2):
            kept = factories.EnrolmentFactory(cohort=used.cohort)
            merge_participants(actor=None, source=record, into=kept.participant)
            record = kept.participant
            with pytest.raises(NoAttemptsLeft):
                self.take(cast.learner, quiz)
        for merge in Merge.objects.all():
            undo_merge(actor=None, merge=merge)
            with pytest.raises(NoAttemptsLeft):
                self.take(cast.learner, quiz)

    def test_a_merge_of_two_that_were_moved_gives_none_back(self, cast, quiz, used):
        """Both records were in the first cohort and have left it: one for another, where the person is now."""
        double = factories.EnrolmentFactory(cohort=used.cohort, state="withdrawn")
        self.move(cast, used)
        merge_participants(actor=None, source=cast.learner.participant, into=double.participant)
        with pytest.raises(NoAttemptsLeft):
            self.take(cast.learner, quiz)

    def test_a_later_cohort_that_one_enrols_in_allows_its_own(self, cast, course, quiz, used):
        services.withdraw(actor=cast.learner, enrolment=used)
        enrol(cast.learner, factories.CohortFactory(course=course))
        assert self.take(cast.learner, quiz).number == 2

    def test_what_others_used_up_is_not_mine(self, cast, course, quiz, used):
        self.move(cast, used)
        enrol(cast.outsider, used.cohort)
        assert self.take(cast.outsider, quiz).number == 1


class TestTransfer:
    @pytest.fixture
    def cohorts(self, course):
        return [factories.CohortFactory(course=course, titles={"en": f"Cohort {n}"}) for n in range(2)]

    def test_keeps_what_was_earned_and_tells_the_person(self, cast, cohorts):
        old, new = cohorts
        completed = timezone.now() - timedelta(days=3)
        first = factories.EnrolmentFactory(
            participant=cast.learner.participant,
            cohort=old,
            completed_at=completed,
            source="application",
            country_id="KE",
        )
        waiver = RequirementWaiver.objects.create(enrolment=first, kind="quiz", ref="1", reason="Certified before")
        second = services.transfer(actor=cast.organiser, enrolment=first, cohort=new, reason="Moved house")
        first.refresh_from_db()
        waiver.refresh_from_db()
        assert (second.completed_at, second.source, second.country_id) == (completed, "application", "KE")
        assert (first.state, first.transferred_to) == ("withdrawn", second)
        assert waiver.enrolment == second
        entry = AuditEntry.objects.get(action="catalogue.transfer")
        assert (entry.object_id, entry.data["source"], entry.data["reason"]) == (
            str(second.pk),
            first.pk,
            "Moved house",
        )
        assert "Cohort 1" in OutboxMail.objects.get(to="learner@example.org").text

    def test_frees_the_place_for_who_waits(self, cast, cohorts):
        old, new = cohorts
        old.capacity = 1
        old.save()
        first = factories.EnrolmentFactory(cohort=old)
        services.apply(actor=cast.learner, participant=cast.learner.participant, cohort=old)
        services.transfer(actor=cast.organiser, enrolment=first, cohort=new)
        assert old.enrolments.active().get().participant == cast.learner.participant

    def test_there_and_back_makes_no_third_enrolment(self, cast, cohorts):
        first = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohorts[0])
        second = services.transfer(actor=cast.organiser, enrolment=first, cohort=cohorts[1])
        back = services.transfer(actor=cast.organiser, enrolment=second, cohort=cohorts[0])
        assert (back.pk, back.state, back.transferred_to) == (first.pk, "active", None)
        assert Enrolment.objects.filter(participant=cast.learner.participant).count() == 2

    def test_goes_only_to_another_cohort_of_the_same_course_with_a_place(self, cast, cohorts):
        old, new = cohorts
        enrolment = factories.EnrolmentFactory(cohort=old)
        for cohort in (old, factories.CohortFactory(course=factories.CourseFactory(programme=old.course.programme))):
            with pytest.raises(services.WrongCohort):
                services.transfer(actor=cast.organiser, enrolment=enrolment, cohort=cohort)
        new.capacity = 0
        new.save()
        with pytest.raises(services.CohortFull):
            services.transfer(actor=cast.organiser, enrolment=enrolment, cohort=new)
        enrolment.refresh_from_db()
        assert enrolment.state == "active"

    @pytest.mark.parametrize("what", ["cohort", "course"])
    def test_leads_nowhere_in_the_archive(self, cast, cohorts, what):
        old, new = cohorts
        enrolment = factories.EnrolmentFactory(cohort=old)
        if what == "cohort":
            services.archive_cohort(actor=cast.organiser, cohort=new)
        else:
            services.archive_course(actor=cast.organiser, course=new.course)
        enrolment.refresh_from_db()
        assert not TransferForm(enrolment=enrolment).fields["cohort"].queryset.exists()
        with pytest.raises(services.EnrolmentClosed):
            services.transfer(actor=cast.organiser, enrolment=enrolment, cohort=new)
        enrolment.refresh_from_db()
        assert enrolment.state == "active"

    def test_nobody_moves_themselves_nor_others_of_other_programmes(self, cast, cohorts):
        own = factories.EnrolmentFactory(participant=cast.organiser.participant, cohort=cohorts[0])
        with pytest.raises(services.OwnEnrolment):
            services.transfer(actor=cast.organiser, enrolment=own, cohort=cohorts[1])
        for who in (cast.learner, cast.trainer, cast.other_organiser):
            with pytest.raises(services.NotYourProgramme):
                services.transfer(actor=who, enrolment=own, cohort=cohorts[1])


class TestAfterTheWindow:
    @pytest.fixture
    def lesson(self, course):
        module, lesson = module_with_lesson()
        factories.SyllabusEntryFactory(course=course, item=module)
        return lesson

    def test_work_finished_after_the_last_day_counts_in_the_next_cohort(self, cast, course, lesson):
        over = factories.CohortFactory(course=course, starts_on=past(60), ends_on=past(5))
        factories.EnrolmentFactory(participant=cast.learner.participant, cohort=over)
        do(cast.learner, lesson)  # reading stays open
        enrolment = enrol(cast.learner, factories.CohortFactory(course=course, starts_on=past(1), ends_on=coming(60)))
        assert services.completion_of(course, [enrolment])[enrolment.pk].complete

    def test_leaving_keeps_what_was_earned(self, cast, course, lesson):
        cohort = factories.CohortFactory(course=course)
        enrolment = enrol(cast.learner, cohort)
        do(cast.learner, lesson)
        services.refresh_completion(course, [enrolment])
        services.withdraw(actor=cast.learner, enrolment=enrolment)
        enrolment.refresh_from_db()
        assert (enrolment.state, enrolment.completed_at is not None) == ("withdrawn", True)
        again = enrol(cast.learner, cohort)
        assert again.pk == enrolment.pk
        assert services.completion_of(course, [again])[again.pk].complete

    def test_who_has_left_completes_nothing_by_looking_at_it(self, cast, course, lesson, client):
        cohort = factories.CohortFactory(course=course)
        enrolment = enrol(cast.learner, cohort)
        services.withdraw(actor=cast.learner, enrolment=enrolment)
        do(cast.learner, lesson)
        client.force_login(cast.learner)
        assert client.get(reverse("enrolment_standing", args=[enrolment.pk])).status_code == 200
        enrolment.refresh_from_db()
        assert enrolment.completed_at is None

    def test_the_lesson_page_opens_after_the_last_day(self, cast, course, client):
        from tests.modules.content import lessons_of, make_module, make_site, make_topic, url

        module = make_module(make_topic(make_site()), lessons=1)
        factories.SyllabusEntryFactory(course=course, item=Item.objects.get(key=module.translation_key))
        cohort = factories.CohortFactory(course=course, starts_on=past(60), ends_on=past(5))
        factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        client.force_login(cast.learner)
        page = client.get(url(lessons_of(module)[0]))
        assert page.status_code == 200
        assert "Mark as done" in page.content.decode()


@pytest.mark.parametrize("first", [date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 7)])
def test_a_new_cohort_gets_four_weeks_a_workshop_and_a_forum(first):
    dates = propose(first)
    assert (dates.learning[1] - dates.learning[0]).days == 27
    assert dates.workshop[0].weekday() == 0
    assert (dates.workshop[1] - dates.workshop[0]).days == 4
    assert (dates.forum[1] - dates.forum[0]).days == 27


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_the_parts_of_a_cohort_follow_each_other(first):
    dates = propose(first)
    assert dates.enrolment_closes_on < dates.starts_on == dates.learning[0]
    assert dates.learning[1] < dates.workshop[0] <= dates.learning[1] + timedelta(days=7)
    assert dates.workshop[1] < dates.forum[0] <= dates.forum[1] == dates.ends_on
    assert next_monday(first).weekday() == 0
    assert timedelta(days=14) <= next_monday(first) - first < timedelta(days=21)


def test_a_deadline_is_the_end_of_the_day_in_the_cohorts_zone(cast, course):
    entry = factories.SyllabusEntryFactory(course=course)
    quiz = factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=entry.item))
    cohort = factories.CohortFactory(course=course, ends_on=date(2027, 3, 1), time_zone="Pacific/Auckland")
    with time_machine.travel("2027-02-01T00:00:00Z", tick=False):
        enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
        services.extend(actor=cast.organiser, enrolment=enrolment, until=date(2027, 3, 10))
    assert attempt_context(cast.learner, quiz).closes_at.isoformat() == "2027-03-11T00:00:00+13:00"
