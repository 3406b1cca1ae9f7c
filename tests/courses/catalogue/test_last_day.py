"""After the last day what a learner does counts in the next cohort; what others write down still counts in this one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.catalogue import services
from courses.catalogue.models import Cohort, Enrolment
from courses.catalogue.services import completion_of, put_rule
from courses.catalogue.services.judging import Judgement
from courses.catalogue.services.noticing import notice
from courses.certificates.eligibility import eligible
from modules.assessments.models import Attempt
from modules.lessons.models import LessonProgress
from modules.lessons.services import note_seen
from tests import factories
from tests.factories import coming, past
from tests.modules import content

pytestmark = pytest.mark.django_db


def leaf(ref, at_least=100):
    kind, _colon, number = ref.partition(":")
    return {"kind": kind, "ref": number, "at_least": at_least}


def ask(school, *leaves):
    put_rule(actor=None, course=school.course, spec={"all": list(leaves)})


@pytest.fixture
def over(school):
    """The school's cohort, whose last day was five days ago; its enrolment, freshly read."""
    Cohort.objects.filter(pk=school.cohort.pk).update(starts_on=past(60), ends_on=past(5))
    school.cohort.refresh_from_db()
    return Enrolment.objects.select_related("participant__user", "cohort").get(pk=school.enrolment.pk)


def ago(days):
    return timezone.now() - timedelta(days=days)


def done(user, lessons, at):
    for lesson in lessons:
        LessonProgress.objects.create(learner=user, learner_key=user.key, item=lesson, seen_at=at, done_at=at)


def standing(enrolment):
    return completion_of(enrolment.cohort.course, [enrolment])[enrolment.pk]


def completed(enrolment):
    notice(Enrolment.objects.all())
    enrolment.refresh_from_db()
    return enrolment.completed_at is not None


def after(school, cast, **fields):
    """The same person in the next cohort."""
    cohort = factories.CohortFactory(course=school.course, starts_on=past(1), ends_on=coming(30), **fields)
    return factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)


class TestLessons:
    @pytest.fixture(autouse=True)
    def rule(self, school):
        ask(school, leaf(school.first))

    def test_done_in_time_complete_though_they_are_noticed_later(self, cast, school, over):
        done(cast.learner, school.lessons[:2], ago(8))
        assert completed(over)

    def test_done_afterwards_complete_the_next_cohort_alone(self, cast, school, over):
        done(cast.learner, school.lessons[:1], ago(8))
        done(cast.learner, school.lessons[1:2], ago(1))
        assert (standing(over).percent, completed(over)) == (50, False)
        new = after(school, cast)
        assert standing(new).complete
        assert completed(new)
        assert not completed(over)

    def test_nor_do_they_give_a_certificate(self, cast, school, over):
        done(cast.learner, school.lessons[:2], ago(1))
        (candidate,) = eligible(over.cohort, "course")
        assert not candidate.can_receive

    def test_both_cohorts_in_one_list_are_told_apart(self, cast, school, over):
        done(cast.learner, school.lessons[:2], ago(1))
        new = after(school, cast)
        found = completion_of(school.course, [over, new])
        assert (found[over.pk].complete, found[new.pk].complete) == (False, True)

    def test_count_for_whoever_has_more_time_from_the_moment_it_is_given(
        self, cast, school, over, django_capture_on_commit_callbacks
    ):
        done(cast.learner, school.lessons[:2], ago(1))
        assert not completed(over)
        with django_capture_on_commit_callbacks(execute=True):
            services.extend(actor=cast.organiser, enrolment=over, until=coming(3))
        over.refresh_from_db()
        assert over.completed_at is not None

    def test_count_for_ever_in_a_cohort_without_end(self, cast, school, over):
        Cohort.objects.filter(pk=over.cohort_id).update(starts_on=None, ends_on=None)
        over = Enrolment.objects.get(pk=over.pk)
        done(cast.learner, school.lessons[:2], ago(1))
        assert completed(over)

    @pytest.mark.parametrize(("hour", "counts"), [(23, True), (24, False)])
    def test_count_to_the_end_of_the_day_where_the_cohort_is(self, cast, school, over, hour, counts):
        Cohort.objects.filter(pk=over.cohort_id).update(
            ends_on=date(2026, 3, 1), starts_on=None, time_zone="Asia/Tokyo"
        )
        over = Enrolment.objects.get(pk=over.pk)
        at = datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo")) + timedelta(hours=hour)
        done(cast.learner, school.lessons[:2], at)
        assert completed(over) is counts

    @pytest.mark.parametrize(
        ("opened", "age", "counts"), [(200, 190, False), (20, 14.1, False), (4, 13, False), (20, 13, True)]
    )
    def test_that_a_browser_dates_back_count_in_time_only_as_far_as_the_docs_say(
        self, client, cast, school, over, opened, age, counts
    ):
        """Opened in time, by our clock, and less than two weeks ago by the device's word: what is left of it."""
        topic = content.make_topic(content.make_site())
        module = content.make_module(topic, lessons=0, translation_key=school.lessons[0].parent.key)
        client.force_login(cast.learner)
        for item in school.lessons[:2]:
            content.make_lesson(module, translation_key=item.key)
            module.refresh_from_db()
            with time_machine.travel(ago(opened)):
                note_seen(actor=cast.learner, item_id=item.pk)
            client.post(
                f"/en/lessons/{item.key}/done/",
                {"done": "1", "age": age * 86_400_000},
                headers={"accept": "application/json"},
            )
        assert LessonProgress.objects.done().count() == 2
        assert completed(over) is counts

    def test_once_completed_stays_completed(self, cast, school, over):
        Enrolment.objects.filter(pk=over.pk).update(completed_at=ago(9))
        over.refresh_from_db()
        assert standing(over).complete

    def test_cost_the_same_queries_for_many_as_for_one(self, cast, school, over):
        def queries():
            people = list(Enrolment.objects.select_related("participant__user"))
            with CaptureQueriesContext(
                connection,
            ) as told:
                completion_of(school.course, people)
            return len(told)

        done(cast.learner, school.lessons[:2], ago(1))
        first = queries()
        for _n in range(5):
            done(school.enrol().participant.user, school.lessons[:2], ago(1))
        assert queries() == first

    def test_the_page_says_where_later_work_counts(self, client, cast, school, over):
        client.force_login(cast.learner)
        page = client.get(reverse("enrolment_standing", args=[over.pk])).content.decode()
        assert "counts in the next cohort of this course" in page
        Cohort.objects.filter(pk=over.cohort_id).update(ends_on=coming(3))
        page = client.get(reverse("enrolment_standing", args=[over.pk])).content.decode()
        assert "counts in the next cohort of this course" not in page


class TestQuizzes:
    @pytest.fixture(autouse=True)
    def rule(self, school):
        ask(school, leaf(school.quiz, 80))

    def test_an_attempt_begun_in_time_counts_though_it_is_marked_afterwards(self, cast, school, over):
        school.grade(cast.learner, 90)
        Attempt.objects.update(started_at=ago(6), submitted_at=ago(1))
        assert completed(over)

    def test_one_begun_afterwards_counts_in_the_next_cohort_alone(self, cast, school, over):
        school.grade(cast.learner, 50)
        Attempt.objects.update(started_at=ago(6))
        school.grade(cast.learner, 90)
        new = after(school, cast)
        assert (standing(over).requirements[0].outcome.fact.value, standing(over).complete) == (50, False)
        assert standing(new).complete


class TestWhatOthersWriteDown:
    def test_a_task_judged_afterwards_completes(self, cast, school, over):
        ask(school, leaf(school.skill))
        services.record_results(
            actor=cast.trainer, task=school.task, cohort=over.cohort, judgements={over.participant_id: Judgement(True)}
        )
        assert completed(over)

    def test_so_does_a_waiver(self, cast, school, over):
        ask(school, leaf(school.first))
        kind, _colon, ref = school.first.partition(":")
        services.grant_waiver(actor=cast.organiser, enrolment=over, kind=kind, ref=ref, reason="Done on paper")
        assert completed(over)


class TestMoving:
    """To another cohort: what was done in time was earned there, what was done since counts in the new one."""

    @pytest.fixture(autouse=True)
    def rule(self, school):
        ask(school, leaf(school.first))

    def move(self, cast, school, over, capture):
        goal = factories.CohortFactory(course=school.course, starts_on=past(1), ends_on=coming(30))
        with capture(execute=True):
            new = services.transfer(actor=cast.organiser, enrolment=over, cohort=goal)
        over.refresh_from_db()
        new.refresh_from_db()
        return new

    def test_what_was_finished_in_time_was_earned_in_the_old_cohort(
        self, cast, school, over, django_capture_on_commit_callbacks
    ):
        done(cast.learner, school.lessons[:2], ago(8))  # and nobody has looked since
        new = self.move(cast, school, over, django_capture_on_commit_callbacks)
        assert over.completed_at is not None
        assert (new.completed_at, new.completed_rule) == (over.completed_at, over.completed_rule)

    def test_what_was_finished_since_completes_the_new_one_at_once(
        self, cast, school, over, django_capture_on_commit_callbacks
    ):
        done(cast.learner, school.lessons[:2], ago(2))
        new = self.move(cast, school, over, django_capture_on_commit_callbacks)
        assert over.completed_at is None
        assert new.completed_at is not None


@pytest.mark.parametrize(("zone", "hour"), [("America/Lima", 23), ("Pacific/Auckland", 1)])
def test_a_day_in_a_file_or_on_a_certificate_is_that_of_the_cohort(client, cast, school, zone, hour):
    day = past(5)
    Cohort.objects.filter(pk=school.cohort.pk).update(starts_on=past(60), ends_on=day, time_zone=zone)
    at = datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone))
    assert at.astimezone(UTC).date() != day
    Enrolment.objects.filter(pk=school.enrolment.pk).update(enrolled_at=at, completed_at=at)
    school.cohort.refresh_from_db()
    candidate = eligible(school.cohort, "completion")[0]
    assert (candidate.started_on, candidate.completed_on) == (day, day)
    client.force_login(cast.trainer)
    file = client.post(reverse("cohort_export", args=[school.cohort.pk]), {"format": "csv"})
    row = b"".join(file.streaming_content).decode().splitlines()[1]
    assert row.count(day.isoformat()) == 2
