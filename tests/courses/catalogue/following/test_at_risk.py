"""The list of people at risk, letters to them, notes about them: and who may not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from courses.catalogue.following import at_risk, notes, risk
from courses.catalogue.models import CohortTrainer, EnrolmentNote, Letter, LetterTemplate
from jobs import running, subscriptions
from jobs.models import OutboxMail
from modules.assessments.models import Attempt
from modules.lessons.models import LessonProgress
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(programme):
    course = factories.CourseFactory(programme=programme, item__titles={"en": "Legal frameworks"})
    course.module = factories.ItemFactory(kind=Item.Kind.MODULE)
    factories.SyllabusEntryFactory(course=course, item=course.module)
    course.lesson = factories.ItemFactory(kind=Item.Kind.LESSON, parent=course.module)
    return course


@pytest.fixture
def cohort(cast, course):
    made = factories.CohortFactory(course=course)
    CohortTrainer.objects.create(cohort=made, user=cast.trainer)
    return made


def enrol(cohort, user, days=30):
    return factories.EnrolmentFactory(
        participant=user.participant, cohort=cohort, enrolled_at=timezone.now() - timedelta(days=days)
    )


@pytest.fixture
def silent(cast, cohort):
    return enrol(cohort, cast.learner)


def seen(user, item, days=0):
    LessonProgress.objects.create(
        learner=user, learner_key=user.key, item=item, seen_at=timezone.now() - timedelta(days=days)
    )


class TestList:
    def test_names_the_silent_and_not_those_who_were_here(self, cohort, cast, course, silent):
        enrol(cohort, cast.outsider)
        seen(cast.outsider, course.lesson)
        assert [one.enrolment for one in at_risk.at_risk(cohort, risk.Thresholds())] == [silent]

    def test_names_who_failed_twice_until_they_pass(self, cohort, cast, course, silent):
        quiz = factories.QuizFactory(item__parent=course.module)
        seen(cast.learner, course.lesson)
        for number in (1, 2):
            Attempt.objects.create(
                learner=cast.learner, learner_key=cast.learner.key, quiz=quiz, number=number, seed=1,
                state="graded", percent=20, passed=False,
            )  # fmt: skip
        (one,) = at_risk.at_risk(cohort, risk.Thresholds())
        assert one.reasons == (risk.Reason.FAILED,)
        Attempt.objects.create(
            learner=cast.learner, learner_key=cast.learner.key, quiz=quiz, number=3, seed=1,
            state="graded", percent=90, passed=True,
        )  # fmt: skip
        assert at_risk.at_risk(cohort, risk.Thresholds()) == []

    def test_the_last_evening_is_still_a_day_where_the_cohort_is(self, cohort, cast):
        cohort.time_zone, cohort.starts_on, cohort.ends_on = "America/Bogota", date(2026, 11, 1), date(2026, 11, 20)
        cohort.save()
        enrol(cohort, cast.learner)
        evening = datetime(2026, 11, 21, 2, tzinfo=UTC)  # nine o'clock in Bogota
        (one,) = at_risk.at_risk(cohort, risk.Thresholds(), evening)
        assert risk.Reason.DEADLINE in one.reasons

    def test_leaves_out_who_has_finished_or_left(self, cohort, silent):
        silent.completed_at = timezone.now()
        silent.save()
        assert at_risk.at_risk(cohort, risk.Thresholds()) == []

    def test_takes_the_same_queries_for_many_as_for_one(self, cohort, silent, django_assert_max_num_queries):
        for _number in range(30):
            person = factories.ParticipantFactory(user=factories.UserFactory())
            factories.EnrolmentFactory(
                participant=person, cohort=cohort, enrolled_at=timezone.now() - timedelta(days=30)
            )
        with django_assert_max_num_queries(6):
            assert len(at_risk.at_risk(cohort, risk.Thresholds())) == 31

    def test_the_page_says_why_and_takes_other_thresholds(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        address = reverse("cohort_at_risk", args=[cohort.pk])
        assert "Nothing heard for 30 days" in client.get(address).content.decode()
        assert "Nobody is at risk" in client.get(address, {"silent_days": 60}).content.decode()

    @pytest.mark.parametrize("name", ["learner", "other_trainer", "other_organiser", "focal_point", "outsider"])
    def test_is_closed_to_everybody_else(self, client, cast, cohort, silent, name):
        client.force_login(getattr(cast, name))
        assert client.get(reverse("cohort_at_risk", args=[cohort.pk])).status_code == 404
        address = reverse("cohort_letter", args=[cohort.pk])
        posted = {"people": [silent.pk], "step": "send", "subject_en": "s", "text_en": "t"}
        assert client.post(address, posted).status_code == 404
        assert not Letter.objects.exists()


class TestLetters:
    def write(self, client, cohort, people, step="", **words):
        words = {"subject_en": "About {course}", "text_en": "Dear {name}: {missing}", **words}
        words = {"key": "5f0f9f6e-1f0a-4a53-9a0b-0d6d3c2b1a00", **words}
        data = {"people": people, "step": step, **(words if step else {})}
        return client.post(reverse("cohort_letter", args=[cohort.pk]), data)

    def test_preview_shows_it_filled_in_and_sends_nothing(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        page = self.write(client, cohort, [silent.pk], "preview").content.decode()
        assert "Dear Learner: - " in page
        assert not Letter.objects.exists()
        assert not OutboxMail.objects.exists()

    def test_a_double_press_sends_one_letter(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        first, second = (self.write(client, cohort, [silent.pk], "send") for _press in range(2))
        assert first["Location"] == second["Location"]
        running.work_off()
        assert Letter.objects.count() == 1
        assert OutboxMail.objects.filter(key__startswith="letter:").count() == 1

    def test_a_key_that_was_used_sends_no_other_words(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        self.write(client, cohort, [silent.pk], "send")
        page = self.write(client, cohort, [silent.pk], "send", text_en="Something else").content.decode()
        assert "This letter has been sent already" in page
        assert "Something else" in page
        assert Letter.objects.count() == 1

    def test_every_new_letter_has_a_key_of_its_own_and_a_preview_keeps_it(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        keys = {
            re.search(r'name="key" value="([^"]+)"', self.write(client, cohort, [silent.pk]).content.decode())[1]
            for _n in range(2)
        }
        assert len(keys) == 2
        page = self.write(client, cohort, [silent.pk], "preview", key=min(keys)).content.decode()
        assert f'value="{min(keys)}"' in page

    def test_sending_writes_to_each_once_however_often_the_job_runs(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        response = self.write(client, cohort, [silent.pk], "send")
        letter = Letter.objects.get()
        assert str(letter.job.key) in response["Location"]
        running.work_off()
        running.work_off()
        assert [message.subject for message in mail.outbox] == ["About Legal frameworks"]
        assert "Not started yet." in mail.outbox[0].body
        assert OutboxMail.objects.filter(key__startswith="letter:").count() == 1
        letter.refresh_from_db()
        assert letter.sent == 1

    def test_who_finishes_or_leaves_before_the_job_runs_gets_none(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        self.write(client, cohort, [silent.pk], "send")
        silent.state = "withdrawn"
        silent.save()
        running.work_off()
        assert mail.outbox == []

    def test_who_does_not_want_such_letters_gets_none(self, client, cast, cohort, silent):
        subscriptions.leave(user=cast.learner, kind="letter")
        client.force_login(cast.trainer)
        assert "does not want such letters" in self.write(client, cohort, [silent.pk], "preview").content.decode()
        self.write(client, cohort, [silent.pk], "send")
        running.work_off()
        assert mail.outbox == []

    def test_a_place_nobody_knows_is_said_and_what_was_typed_stays(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        page = self.write(client, cohort, [silent.pk], "send", text_en="Dear {nmae}").content.decode()
        assert "{nmae}" in page
        assert not Letter.objects.exists()

    def test_words_kept_come_back_the_next_time(self, client, cast, cohort, silent):
        client.force_login(cast.trainer)
        self.write(client, cohort, [silent.pk], "preview", keep="on", text_en="Our own words, {name}")
        assert LetterTemplate.objects.get().text == "Our own words, {name}"
        assert "Our own words" in self.write(client, cohort, [silent.pk]).content.decode()

    def test_each_person_gets_the_words_in_their_own_language(self, client, cast, cohort, silent):
        for user, language in ((cast.outsider, "fr"), (cast.focal_point, "es")):
            user.language = language
            user.save()
            enrol(cohort, user)
        people = [row.pk for row in cohort.enrolments.all()]
        client.force_login(cast.trainer)
        begin = self.write(client, cohort, people).content.decode()
        assert 'name="text_fr"' in begin and 'name="text_es"' in begin and 'name="text_ru"' not in begin
        french = {"subject_fr": "Où en est {course} ?", "text_fr": "Bonjour {name}", "subject_es": "", "text_es": ""}
        page = self.write(client, cohort, people, "preview", **french).content.decode()
        assert "Bonjour Outsider" in page and "Dear Focal Point" in page
        self.write(client, cohort, people, "send", **french)
        running.work_off()
        got = {letter.to: letter.text for letter in OutboxMail.objects.all()}
        assert "Bonjour Outsider" in got["outsider@example.org"]
        assert "Dear Learner" in got["learner@example.org"]
        assert "Dear Focal Point" in got["focal_point@example.org"]  # no Spanish: the writer's words
        assert OutboxMail.objects.get(to="outsider@example.org").subject == "Où en est Legal frameworks ?"

    def test_words_of_a_language_are_given_whole(self, client, cast, cohort, silent):
        cast.learner.language = "fr"
        cast.learner.save()
        client.force_login(cast.trainer)
        page = self.write(client, cohort, [silent.pk], "send", subject_fr="", text_fr="Bonjour {name}").content.decode()
        assert "leave both empty" in page
        assert "Bonjour {name}" in page
        assert not Letter.objects.exists()

    def test_a_wrong_place_in_any_language_is_said(self, client, cast, cohort, silent):
        cast.learner.language = "fr"
        cast.learner.save()
        client.force_login(cast.trainer)
        page = self.write(client, cohort, [silent.pk], "send", subject_fr="x", text_fr="Bonjour {nom}").content.decode()
        assert "nothing to put in for {nom}" in page
        assert not Letter.objects.exists()

    def test_kept_words_come_back_in_each_language(self, client, cast, cohort, silent):
        cast.learner.language = "fr"
        cast.learner.save()
        client.force_login(cast.trainer)
        words = {"subject_fr": "Bonjour", "text_fr": "Nos propres mots", "keep": "on"}
        self.write(client, cohort, [silent.pk], "preview", **words)
        assert set(LetterTemplate.objects.values_list("language", flat=True)) == {"en", "fr"}
        assert "Nos propres mots" in self.write(client, cohort, [silent.pk]).content.decode()

    def test_people_of_another_cohort_get_none(self, client, cast, cohort, silent):
        stranger = enrol(factories.CohortFactory(), cast.outsider)
        client.force_login(cast.trainer)
        self.write(client, cohort, [stranger.pk], "send")
        assert not Letter.objects.exists()

    def test_what_a_name_holds_is_never_html(self, client, cast, cohort, silent):
        person = silent.participant
        person.name = "<b>Bold</b>"
        person.save()
        client.force_login(cast.trainer)
        page = self.write(client, cohort, [silent.pk], "preview").content.decode()
        assert "<b>Bold</b>" not in page


class TestNotes:
    def test_are_read_by_those_who_run_the_cohort(self, client, cast, silent):
        notes.write_note(actor=cast.trainer, enrolment=silent, text="Asked for more time.")
        for name in ("trainer", "organiser"):
            client.force_login(getattr(cast, name))
            page = client.get(reverse("enrolment_notes", args=[silent.pk]))
            assert "Asked for more time." in page.content.decode()

    @pytest.mark.parametrize("name", ["learner", "other_trainer", "other_organiser", "focal_point", "outsider"])
    def test_are_closed_to_everybody_else_the_person_included(self, client, cast, silent, name):
        note = notes.write_note(actor=cast.trainer, enrolment=silent, text="Asked for more time.")
        client.force_login(getattr(cast, name))
        address = reverse("enrolment_notes", args=[silent.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"text": "Mine"}).status_code == 404
        assert client.post(reverse("note_remove", args=[note.pk])).status_code == 404
        assert list(EnrolmentNote.objects.visible_to(getattr(cast, name))) == []
        assert EnrolmentNote.objects.count() == 1

    def test_a_trainer_who_learns_in_the_cohort_sees_none_about_themselves(self, cast, cohort):
        CohortTrainer.objects.create(cohort=cohort, user=cast.other_trainer)
        own = enrol(cohort, cast.other_trainer)
        notes.write_note(actor=cast.trainer, enrolment=own, text="A note")
        assert list(EnrolmentNote.objects.visible_to(cast.other_trainer)) == []
        with pytest.raises(notes.MayNotNote):
            notes.write_note(actor=cast.other_trainer, enrolment=own, text="About me")

    def test_only_the_author_removes_one(self, client, cast, silent):
        note = notes.write_note(actor=cast.trainer, enrolment=silent, text="A note")
        client.force_login(cast.organiser)
        assert client.post(reverse("note_remove", args=[note.pk])).status_code == 404
        client.force_login(cast.trainer)
        client.post(reverse("note_remove", args=[note.pk]))
        assert not EnrolmentNote.objects.exists()

    def test_the_person_gets_them_with_their_data(self, cast, silent):
        from courses.catalogue import personal
        from courses.privacy.people import person_of

        notes.write_note(actor=cast.trainer, enrolment=silent, text="Asked for more time.")
        values = [fact.value for record in personal.export(person_of(cast.learner)) for fact in record]
        assert "Asked for more time." in values
