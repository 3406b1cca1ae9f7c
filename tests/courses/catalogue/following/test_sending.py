"""Reminders as they leave the house: once, in the person's language and time, left by one click."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from courses.catalogue.following import reminders
from courses.catalogue.models import Enrolment
from courses.participants.models import Participant
from courses.workshops.services import add_session
from jobs import running, subscriptions
from jobs.models import MailChoice, OutboxMail
from modules.lessons.models import LessonProgress
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def course(programme):
    course = factories.CourseFactory(
        programme=programme, item__titles={"en": "Legal frameworks", "fr": "Cadres juridiques"}
    )
    module = factories.ItemFactory(kind=Item.Kind.MODULE)
    factories.SyllabusEntryFactory(course=course, item=module)
    course.lesson = factories.ItemFactory(kind=Item.Kind.LESSON, parent=module)
    return course


@pytest.fixture
def cohort(course):
    return factories.CohortFactory(
        course=course, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30), time_zone="Africa/Nairobi"
    )


@pytest.fixture
def enrolment(cast, cohort):
    return factories.EnrolmentFactory(
        participant=cast.learner.participant, cohort=cohort, enrolled_at=MONDAY - timedelta(days=10)
    )


def finish(user, course):
    LessonProgress.objects.create(
        learner=user, learner_key=user.key, item=course.lesson, seen_at=MONDAY, done_at=MONDAY
    )


class TestDigest:
    def test_says_what_is_missing_and_when_it_ends_in_the_persons_own_time(self, enrolment, cast):
        cast.learner.time_zone = "America/Lima"
        cast.learner.save()
        assert reminders.send_digests(MONDAY + timedelta(hours=5)) == 1
        letter = OutboxMail.objects.get()
        assert "Legal frameworks" in letter.text
        assert "Not started yet." in letter.text
        assert "15:59 (Lima, UTC−5)" in letter.text  # the last minute of the day in Nairobi

    def test_comes_in_the_persons_language(self, enrolment, cast):
        cast.learner.language = "fr"
        cast.learner.save()
        reminders.send_digests(MONDAY)
        letter = OutboxMail.objects.get()
        assert letter.language == "fr"
        assert "Cadres juridiques" in letter.text
        assert "/fr/my/" in letter.text

    def test_comes_once_a_week_however_often_the_scheduler_runs(self, enrolment):
        assert [reminders.send_digests(MONDAY + timedelta(hours=hour)) for hour in range(4)] == [1, 0, 0, 0]
        assert reminders.send_digests(MONDAY + timedelta(days=7)) == 1
        assert OutboxMail.objects.count() == 2

    def test_never_comes_to_who_has_finished_even_before_anybody_looked(self, enrolment, cast, course):
        finish(cast.learner, course)
        assert enrolment.completed_at is None
        assert reminders.send_digests(MONDAY) == 0

    def test_never_comes_to_who_has_left(self, enrolment):
        Enrolment.objects.update(state="withdrawn", withdrawn_at=MONDAY)
        assert reminders.send_digests(MONDAY) == 0

    def test_names_only_the_courses_that_go_on(self, enrolment, cast):
        over = factories.CohortFactory(course__item__titles={"en": "Over long ago"}, ends_on=date(2026, 10, 1))
        factories.EnrolmentFactory(participant=cast.learner.participant, cohort=over)
        reminders.send_digests(MONDAY)
        assert "Over long ago" not in OutboxMail.objects.get().text

    def test_is_one_mail_for_all_courses(self, enrolment, cast):
        other = factories.CohortFactory(course__item__titles={"en": "Green Customs"})
        factories.SyllabusEntryFactory(course=other.course)
        factories.EnrolmentFactory(participant=cast.learner.participant, cohort=other, enrolled_at=MONDAY)
        assert reminders.send_digests(MONDAY) == 1
        assert "Green Customs" in OutboxMail.objects.get().text

    def test_tells_the_sessions_of_the_coming_week(self, enrolment, cast, programme):
        from courses.workshops.models import Registration

        workshop = factories.WorkshopFactory(
            programme=programme, title="Meeting in Nairobi", starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 26)
        )
        add_session(
            actor=None,
            workshop=workshop,
            titles={"en": "Opening"},
            day=date(2026, 11, 25),
            begins=datetime(2026, 1, 1, 9).time(),
            finishes=datetime(2026, 1, 1, 10).time(),
        )
        Registration.objects.create(workshop=workshop, participant=cast.learner.participant)
        reminders.send_digests(MONDAY)
        assert "Meeting in Nairobi: Opening" in OutboxMail.objects.get().text

    def test_does_not_come_to_a_closed_account_nor_to_a_person_without_one(self, enrolment, cast, cohort):
        cast.learner.is_active = False
        cast.learner.save()
        factories.EnrolmentFactory(cohort=cohort)
        assert reminders.send_digests(MONDAY) == 0

    def test_needs_as_many_queries_for_many_people_as_for_few(self, cohort, django_assert_max_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def enrol(number):
            for _one in range(number):
                person = factories.ParticipantFactory(user=factories.UserFactory())
                factories.EnrolmentFactory(participant=person, cohort=cohort, enrolled_at=MONDAY)

        enrol(3)
        with CaptureQueriesContext(
            connection,
        ) as few:
            assert reminders.send_digests(MONDAY) == 3
        OutboxMail.objects.all().delete()
        enrol(40)
        with CaptureQueriesContext(connection) as many:
            assert reminders.send_digests(MONDAY) == 43
        assert len(many) == len(few)

    def test_goes_through_all_portions(self, cohort, monkeypatch):
        monkeypatch.setattr(reminders, "PORTION", 2)
        for _number in range(5):
            person = factories.ParticipantFactory(user=factories.UserFactory())
            factories.EnrolmentFactory(participant=person, cohort=cohort, enrolled_at=MONDAY)
        assert reminders.send_digests(MONDAY) == 5


class TestDeadline:
    def test_comes_a_week_and_a_day_before_each_once(self, enrolment):
        assert [reminders.send_deadlines(MONDAY + timedelta(hours=hour)) for hour in (0, 1, 2)] == [1, 0, 0]
        assert [reminders.send_deadlines(MONDAY + timedelta(days=day)) for day in (1, 2, 3, 4, 5)] == [0] * 5
        assert reminders.send_deadlines(MONDAY + timedelta(days=6)) == 1
        assert reminders.send_deadlines(MONDAY + timedelta(days=8)) == 0

    def test_a_day_put_off_is_reminded_of_anew(self, enrolment, cohort):
        reminders.send_deadlines(MONDAY)
        cohort.ends_on = date(2026, 12, 7)
        cohort.save()
        assert reminders.send_deadlines(MONDAY + timedelta(days=7)) == 1

    def test_never_comes_to_who_has_finished(self, enrolment, cast, course):
        finish(cast.learner, course)
        assert reminders.send_deadlines(MONDAY) == 0


class TestOvertaken:
    """The mail server did not answer, and meanwhile something happened."""

    @pytest.fixture(autouse=True)
    def written(self, enrolment):
        with time_machine.travel(MONDAY, tick=False):
            assert (reminders.send_digests(MONDAY), reminders.send_deadlines(MONDAY)) == (1, 1)
            yield

    def sent(self):
        running.work_off()
        assert not OutboxMail.objects.filter(state="queued").exists()
        return sorted(one.key.partition(":")[0] for one in OutboxMail.objects.filter(state="sent"))

    def test_by_nothing_both_go_out(self):
        assert self.sent() == ["deadline", "digest"]

    @pytest.mark.parametrize("change", [{"completed_at": MONDAY}, {"state": "withdrawn"}])
    def test_by_the_end_of_the_course_none_goes_out_and_none_is_written_again(self, change):
        Enrolment.objects.update(**change)
        assert self.sent() == []
        assert (reminders.send_digests(MONDAY), reminders.send_deadlines(MONDAY)) == (0, 0)

    def test_by_a_course_that_goes_on_the_digest_goes_out(self, enrolment, cast):
        factories.EnrolmentFactory(participant=enrolment.participant, enrolled_at=MONDAY)
        Enrolment.objects.filter(pk=enrolment.pk).update(completed_at=MONDAY)
        assert self.sent() == ["digest"]

    def test_by_leaving_that_kind_does_not_come(self, cast):
        subscriptions.leave(user=cast.learner, kind="digest")
        assert self.sent() == ["deadline"]

    def test_by_another_last_day_the_old_one_is_not_told(self, cohort):
        type(cohort).objects.update(ends_on=date(2026, 12, 7))
        assert self.sent() == ["digest"]

    def test_by_the_last_day_itself_nobody_is_told_of_it(self):
        with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
            assert self.sent() == ["digest"]

    def test_by_an_account_that_was_closed_none_goes_out(self, cast):
        type(cast.learner).objects.filter(pk=cast.learner.pk).update(is_active=False)
        assert self.sent() == []


class TestLeaving:
    def letter(self):
        reminders.send_digests(MONDAY)
        running.work_off()
        return mail.outbox[-1]

    def path(self, letter):
        return letter.extra_headers["List-Unsubscribe"].strip("<>").partition("8000")[2]

    def test_the_mail_offers_it_as_rfc_8058_says(self, enrolment):
        letter = self.letter()
        assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter.extra_headers["List-Unsubscribe"].startswith("<http")
        assert self.path(letter) in letter.body

    def test_one_post_without_signing_in_and_without_a_token_of_the_page_is_enough(self, enrolment, cast):
        path = self.path(self.letter())
        program = Client(enforce_csrf_checks=True)
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not subscriptions.choices_of(cast.learner)["digest"]
        assert reminders.send_digests(MONDAY + timedelta(days=7)) == 0

    def test_opening_the_link_changes_nothing(self, enrolment, cast):
        path = self.path(self.letter())
        assert Client().get(path).status_code == 200
        assert subscriptions.choices_of(cast.learner)["digest"]

    def test_the_other_kinds_go_on(self, enrolment, cast):
        Client().post(self.path(self.letter()))
        assert subscriptions.choices_of(cast.learner)["deadline"]
        assert reminders.send_deadlines(MONDAY) == 1

    def test_a_link_of_one_person_does_nothing_to_another(self, enrolment, cast):
        Client().post(self.path(self.letter()))
        assert not MailChoice.objects.exclude(user=cast.learner).exists()

    def test_a_forged_link_is_not_found(self, client, cast):
        token = subscriptions.token_for(cast.learner, "digest")
        assert client.post(reverse("unsubscribe", args=[token[:-2] + "xx"])).status_code == 404
        other = subscriptions.make_token("activate", [str(cast.learner.key), "digest"])
        assert client.post(reverse("unsubscribe", args=[other])).status_code == 404
        assert not MailChoice.objects.exists()

    def test_one_comes_back_on_the_page(self, client, enrolment, cast):
        subscriptions.leave(user=cast.learner, kind="digest")
        client.force_login(cast.learner)
        client.post(reverse("mail_choices"), {"wanted": ["digest", "deadline"]})
        said = subscriptions.choices_of(cast.learner)
        assert (said["digest"], said["deadline"], said["letter"]) == (True, True, False)
        assert reminders.send_digests(MONDAY) == 1

    def test_visitors_are_sent_to_sign_in(self, client):
        assert client.get(reverse("mail_choices")).status_code == 302


def test_the_participants_own_language_counts_where_the_account_has_none(enrolment, cast):
    Participant.objects.filter(user=cast.learner).update(language="es")
    reminders.send_digests(MONDAY)
    assert OutboxMail.objects.get().language == "es"
