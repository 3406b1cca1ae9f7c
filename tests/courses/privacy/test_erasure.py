"""Being forgotten, and what remains."""

from __future__ import annotations

import pytest
import time_machine
from django.core import mail
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from courses.catalogue.models import Enrolment
from courses.certificates.models import Certificate
from courses.certificates.services import revoke
from courses.participants.models import Consent, Participant
from courses.participants.services import create_participant, merge_participants
from courses.privacy import erasing
from courses.privacy.errors import HoldsRole, NothingToUndo
from courses.privacy.models import ErasureRequest
from courses.workshops.models import Attendance
from jobs import running
from jobs.models import OutboxMail
from modules.assessments.models import AnswerFile, Attempt, AttemptQuestion, Mark, Response
from modules.lessons.models import LessonProgress
from modules.records.models import Event
from tests import factories
from tests.courses.privacy.conftest import PRINTED
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
AFTER = erasing.GRACE + timezone.timedelta(minutes=1)


def forgotten(life, *, withdraw_certificates=False, capture):
    erasing.ask_erasure(actor=life.user, withdraw_certificates=withdraw_certificates, confirmed=True)
    with time_machine.travel(timezone.now() + AFTER, tick=True), capture(execute=True):
        assert erasing.erase_due() == 1


@pytest.fixture
def forget(django_capture_on_commit_callbacks):
    return lambda life: forgotten(life, capture=django_capture_on_commit_callbacks)


@pytest.fixture
def erased(life, django_capture_on_commit_callbacks):
    forgotten(life, capture=django_capture_on_commit_callbacks)
    return life


class TestWhatGoes:
    def test_the_account_with_its_addresses(self, erased):
        assert not User.objects.filter(pk=erased.user.pk).exists()

    def test_what_the_person_wrote_about_themselves(self, erased):
        person = Participant.objects.get(pk=erased.person.pk)
        assert (person.email, person.organisation, person.position, person.user) == ("", "", "", None)
        assert person.name == "Erased person"
        assert person.erased_at

    def test_consents(self, erased):
        assert not Consent.objects.exists()

    def test_the_persons_name_everywhere_in_the_database(self, erased):
        """Nothing but the certificate's own row may hold the name or the address."""
        from django.apps import apps
        from django.db import models as fields

        needles = ("learner@example.org", "learner example", "ministry of green things", "example learner")
        found = []
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, (fields.CharField, fields.TextField, fields.JSONField)):
                    for value in model._base_manager.values_list(field.attname, flat=True):
                        found += [
                            f"{model._meta.label}.{field.name}" for needle in needles if needle in str(value).lower()
                        ]
        assert set(found) == {
            "certificates.Certificate.name",
            "jobs.OutboxMail.to",  # the last mail, which says that it is done
        }

    def test_the_key_that_held_the_learning_record_together(self, erased):
        for model, field in ((Attempt, "learner_key"), (LessonProgress, "learner_key"), (Event, "actor_key")):
            assert not model.objects.filter(**{field: erased.user.key}).exists()

    def test_the_persons_name_in_the_audit_trail(self, erased):
        assert not AuditEntry.objects.filter(actor_label__icontains="Learner").exists()
        assert not AuditEntry.objects.filter(object_label__icontains="Learner").exists()

    def test_records_merged_into_the_persons_record_are_emptied_too(
        self, life, cast, django_capture_on_commit_callbacks
    ):
        twin = create_participant(actor=None, name="Learner Twin", email="twin@example.org")
        merge_participants(actor=None, source=twin, into=Participant.objects.get(pk=life.person.pk))
        forgotten(life, capture=django_capture_on_commit_callbacks)
        twin.refresh_from_db()
        assert (twin.name, twin.email) == ("Erased person", "")


def test_own_words_and_files_handed_in_go_and_the_points_stay(life, django_capture_on_commit_callbacks):
    question = factories.make_question(type="essay")
    asked = AttemptQuestion.objects.create(
        attempt=life.attempt, version=question.versions.get(), order=1, points=3, max_points=5
    )
    Response.objects.create(question=asked, answer={"text": "I, Learner, live in Nairobi"})
    Mark.objects.create(question=asked, points=3, comment="Well said, Learner")
    handed_in = AnswerFile(question=asked, name="mine.txt", size=4)
    handed_in.file.save("mine.txt", ContentFile(b"mine"), save=False)
    handed_in.save()
    forgotten(life, capture=django_capture_on_commit_callbacks)
    assert not handed_in.file.storage.exists(handed_in.file.name)
    assert not AnswerFile.objects.exists()
    assert "Nairobi" not in str(Response.objects.get().answer)
    assert Mark.objects.get().comment == ""
    assert AttemptQuestion.objects.get().points == 3


class TestTypedAnswers:
    """A typed answer that earned nothing is a person's own words, unless others gave the same; statistics say so."""

    @pytest.fixture
    def asked(self, life):
        version = factories.make_question(type="short_answer").versions.get()

        def ask(*answers, points, attempt=life.attempt, order=1):
            asked = AttemptQuestion.objects.create(attempt=attempt, version=version, order=order, points=points)
            for answer in answers:
                Response.objects.create(question=asked, answer=answer)
            return asked

        return ask

    def left(self, asked):
        return [said.answer for said in asked.responses.all()]

    def test_one_that_earned_nothing_and_that_nobody_else_gave_goes(self, life, asked, forget):
        only = asked("I, Learner", points=0)
        forget(life)
        assert self.left(only) == [{}]

    def test_what_was_typed_first_and_given_up_goes_too(self, life, asked, forget):
        once = asked("I, Learner", "permit", points=1)
        forget(life)
        assert self.left(once) == [{}, "permit"]

    def test_one_that_others_gave_stays_for_the_statistics(self, life, cast, asked, forget):
        user = cast.outsider
        theirs = Attempt.objects.create(learner=user, learner_key=user.key, quiz=life.attempt.quiz, number=1, seed=1)
        both = [asked("licence", points=0), asked("licence", points=0, attempt=theirs)]
        forget(life)
        assert [self.left(one) for one in both] == [["licence"], ["licence"]]


def test_why_a_certificate_ended_goes_only_with_its_name(life, cast, django_capture_on_commit_callbacks):
    revoke(actor=cast.organiser, certificate=life.certificate, reason="Learner Example copied")
    forgotten(life, withdraw_certificates=True, capture=django_capture_on_commit_callbacks)
    assert Certificate.objects.get().reason == "–"
    assert "copied" not in str(list(AuditEntry.objects.values_list("data", flat=True)))


class TestWhatStays:
    def test_attempts_reading_events_and_attendance_for_the_counts(self, erased):
        for model in (Attempt, LessonProgress, Event, Attendance, Enrolment):
            assert model.objects.count() >= 1

    def test_country_and_group_of_the_enrolment_for_the_sums(self, erased):
        enrolment = Enrolment.objects.get()
        assert (enrolment.country_id, enrolment.organisation) == ("KE", "")

    def test_the_certificate_as_it_was_issued(self, erased):
        row = Certificate.objects.get()
        before = erased.certificate
        assert (row.serial, row.sha256, row.state, row.issued_at) == (
            before.serial,
            before.sha256,
            before.state,
            before.issued_at,
        )
        assert row.name == before.name
        assert row.pdf.open("rb").read() == b"%PDF the certificate"

    def test_the_certificate_leads_to_nothing_else_of_the_person(self, erased):
        holder = Certificate.objects.get().participant
        assert holder.pk != erased.person.pk
        assert not holder.enrolments.exists()
        assert not holder.attendance.exists()

    def test_neither_its_evidence_nor_an_event_leads_from_the_name_to_what_was_learned(self, erased):
        """By the enrolment one would find attendance and attempts; by the event, all under the same pseudonym."""
        before, row = erased.certificate, Certificate.objects.get()
        assert before.evidence["enrolment"] == erased.enrolment.pk
        assert f"{PRINTED} taught it" in str(before.evidence["requirements"])
        assert "enrolment" not in row.evidence
        assert PRINTED not in str(row.evidence)
        assert row.evidence["requirements"] == [
            {**asked, "waived": True} if "waived" in asked else asked for asked in before.evidence["requirements"]
        ]
        assert row.evidence["rule_version"] == before.evidence["rule_version"]
        assert Event.objects.get(verb=Event.Verb.EARNED).result == {}
        assert row.serial not in str(list(Event.objects.values_list("result", "context")))

    def test_the_public_check_still_answers(self, client, erased):
        assert client.get(reverse("certificate_check", args=[erased.certificate.serial])).status_code == 200

    def test_the_request_by_its_dates_only(self, erased):
        request = ErasureRequest.objects.get()
        assert (request.state, request.user) == (ErasureRequest.State.DONE, None)
        assert request.ended_at


def test_name_and_file_are_withdrawn_only_where_the_holder_asked(life, django_capture_on_commit_callbacks):
    forgotten(life, withdraw_certificates=True, capture=django_capture_on_commit_callbacks)
    row = Certificate.objects.get()
    assert (row.name, row.printed["name_latin"], bool(row.pdf)) == ("", "", False)
    assert (row.serial, row.sha256, row.state) == (life.certificate.serial, life.certificate.sha256, "valid")


def test_the_last_mail_says_that_it_is_done(erased):
    with time_machine.travel(timezone.now() + AFTER * 2, tick=True):
        running.work_off()
    assert mail.outbox[-1].to == [erased.user.email]
    assert "erased" in mail.outbox[-1].subject


class TestTheDaysOfGrace:
    def test_nothing_happens_before_they_are_over(self, life):
        erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
        with time_machine.travel(timezone.now() + erasing.GRACE - timezone.timedelta(minutes=5)):
            assert erasing.erase_due() == 0
        assert User.objects.filter(pk=life.user.pk).exists()

    def test_it_can_be_taken_back(self, life):
        erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
        erasing.undo_erasure(actor=life.user)
        with time_machine.travel(timezone.now() + AFTER):
            assert erasing.erase_due() == 0

    def test_nobody_takes_back_what_another_asked(self, life, cast):
        erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
        with pytest.raises(NothingToUndo):
            erasing.undo_erasure(actor=cast.outsider)

    def test_running_twice_forgets_once(self, erased):
        assert erasing.erase_due() == 0

    def test_who_was_given_a_role_meanwhile_stays_until_it_ends(self, life, programme):
        from institutions.models import Role
        from institutions.services import grant_role

        erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
        grant_role(actor=None, user=life.user, role=Role.TRAINER, programme=programme)
        with time_machine.travel(timezone.now() + AFTER):
            assert erasing.erase_due() == 0


class TestThePage:
    def post(self, client, **data):
        return client.post(reverse("erasure"), data)

    def test_asks_for_the_password(self, client, life):
        client.force_login(life.user)
        response = self.post(client, password="wrong")
        assert response.status_code == 200
        assert "This is not your password." in response.content.decode()
        assert not ErasureRequest.objects.exists()

    def test_plans_it_with_the_right_password(self, client, life):
        client.force_login(life.user)
        self.post(client, password=PASSWORD, withdraw_certificates="on")
        request = ErasureRequest.objects.get()
        assert (request.state, request.withdraw_certificates) == ("planned", True)

    def test_without_a_password_a_mail_asks_once_more(self, client, life):
        life.user.set_unusable_password()
        life.user.save()
        client.force_login(life.user)
        self.post(client)
        assert ErasureRequest.objects.get().state == "asked"
        running.work_off()
        link = next(word for word in mail.outbox[-1].body.split() if "/confirm/" in word).partition("8000")[2]
        assert client.get(link).status_code == 200
        assert ErasureRequest.objects.get().state == "asked"
        client.post(link)
        assert ErasureRequest.objects.get().state == "planned"

    def test_the_link_of_the_mail_serves_nobody_else(self, client, life, cast):
        erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=False)
        link = next(word for word in OutboxMail.objects.get().text.split() if "/confirm/" in word).partition("8000")[2]
        client.force_login(cast.outsider)
        assert client.post(link).status_code == 404
        assert ErasureRequest.objects.get().state == "asked"

    def test_is_closed_to_who_holds_a_role(self, cast):
        with pytest.raises(HoldsRole):
            erasing.ask_erasure(actor=cast.organiser, withdraw_certificates=False, confirmed=True)

    def test_visitors_are_sent_to_sign_in(self, client):
        for name in ("privacy", "privacy_seen", "erasure"):
            assert client.get(reverse(name)).status_code == 302
        for name in ("privacy_consent", "data_export_request", "erasure_undo"):
            assert client.post(reverse(name)).status_code == 302
