"""Somebody without an account asks by letter; and nobody is written to after they were forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from courses.catalogue.models import CohortInvitation, Enrolment
from courses.catalogue.services import invitations
from courses.certificates.models import Certificate
from courses.participants.models import ImportRow, Participant, PeopleImport
from courses.participants.services import link_account, merge_participants
from courses.privacy import erasing, letters
from courses.privacy.errors import AlreadyAsked, NotByLetter, NothingToUndo, NotVouchedFor
from courses.privacy.models import ErasureRequest
from courses.workshops.models import Registration
from jobs import running
from jobs.models import OutboxMail
from jobs.services import queue_mail
from tests import factories

pytestmark = pytest.mark.django_db
AFTER = erasing.GRACE + timedelta(minutes=1)
FACTS = {"identity": "document", "reason": "asked", "reference": "2026/17"}


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss@example.org", factories.PASSWORD)


@pytest.fixture
def person(life):
    """All that the cast's learner did, by somebody who has no account."""
    user = life.person.user
    Participant.objects.filter(pk=life.person.pk).update(
        user=None, email="Amina@Example.org", name="Amina Diallo", name_latin="Amina Diallo"
    )
    user.delete()
    return Participant.objects.get(pk=life.person.pk)


@pytest.fixture
def forget(boss, django_capture_on_commit_callbacks):
    """Plan it and let the days pass."""

    def done(person, **facts):
        letters.plan_by_letter(actor=boss, participant=person, **{**FACTS, **facts})
        later = time_machine.travel(timezone.now() + AFTER, tick=True)
        with later, django_capture_on_commit_callbacks(execute=True):
            assert erasing.erase_due() == 1
        return Participant.objects.get(pk=person.pk)

    return done


def letter_to(address, text="Hello"):
    return OutboxMail.objects.create(key=f"m-{OutboxMail.objects.count()}", to=address, subject="Hello", text=text)


class TestWhoMay:
    @pytest.mark.parametrize("who", ["learner", "trainer", "organiser", "other_organiser", "focal_point", "editor"])
    def test_only_organisers_of_all_plan_it(self, cast, person, who):
        with pytest.raises(NotByLetter):
            letters.plan_by_letter(actor=getattr(cast, who), participant=person, **FACTS)
        assert not ErasureRequest.objects.exists()

    def test_whoever_has_an_account_asks_by_themselves(self, boss, life):
        with pytest.raises(NotByLetter):
            letters.plan_by_letter(actor=boss, participant=life.person, **FACTS)

    def test_a_record_merged_or_erased_before_is_left_alone(self, boss, person):
        Participant.objects.filter(pk=person.pk).update(erased_at=timezone.now())
        with pytest.raises(NotByLetter):
            letters.plan_by_letter(actor=boss, participant=person, **FACTS)
        Participant.objects.filter(pk=person.pk).update(erased_at=None, merged_into=factories.ParticipantFactory())
        with pytest.raises(NotByLetter):
            letters.plan_by_letter(actor=boss, participant=person, **FACTS)

    @pytest.mark.parametrize("missing", [{"identity": ""}, {"reason": "because"}, {"reference": "  "}])
    def test_nothing_is_planned_before_somebody_made_sure_who_asks(self, boss, person, missing):
        with pytest.raises(NotVouchedFor):
            letters.plan_by_letter(actor=boss, participant=person, **{**FACTS, **missing})

    def test_it_is_planned_once(self, boss, person):
        letters.plan_by_letter(actor=boss, participant=person, **FACTS)
        with pytest.raises(AlreadyAsked):
            letters.plan_by_letter(actor=boss, participant=person, **FACTS)

    def test_only_organisers_of_all_take_it_back(self, boss, cast, person):
        planned = letters.plan_by_letter(actor=boss, participant=person, **FACTS)
        for who in (cast.organiser, cast.trainer, cast.learner):
            with pytest.raises(NothingToUndo):
                letters.undo_by_letter(actor=who, key=planned.key)
        letters.undo_by_letter(actor=boss, key=planned.key)
        with time_machine.travel(timezone.now() + AFTER):
            assert erasing.erase_due() == 0

    def test_a_request_made_with_an_account_is_not_theirs_to_take_back(self, boss, cast):
        asked = erasing.ask_erasure(actor=cast.learner, withdraw_certificates=False, confirmed=True)
        with pytest.raises(NothingToUndo):
            letters.undo_by_letter(actor=boss, key=asked.key)

    def test_erased_records_are_nobodys_to_change_or_merge(self, boss, person, forget):
        from courses.participants.permissions import can_change_participant, can_erase, can_merge

        gone = forget(person)
        assert not any(rule(boss, gone) for rule in (can_change_participant, can_merge, can_erase))


class TestWhatGoesAndStays:
    def test_nothing_goes_before_the_days_are_over(self, boss, person):
        letters.plan_by_letter(actor=boss, participant=person, **FACTS)
        assert erasing.erase_due() == 0
        person.refresh_from_db()
        assert person.name == "Amina Diallo"

    def test_the_record_is_emptied_and_what_others_count_on_stays(self, person, forget):
        gone = forget(person)
        assert (gone.name, gone.name_latin, gone.email, gone.organisation, gone.position) == (
            "Erased person", "", "", "", "",
        )  # fmt: skip
        assert gone.erased_at
        assert Enrolment.objects.get().country_id == "KE"
        assert Registration.objects.get().organisation == ""

    def test_the_ledger_stays_apart_from_the_rest(self, person, forget):
        forget(person)
        row = Certificate.objects.get()
        assert row.participant_id != person.pk
        assert row.name  # as printed: an employer can still check it

    def test_names_on_certificates_go_only_where_the_letter_asks_for_it(self, person, forget):
        forget(person, withdraw_certificates=True)
        assert Certificate.objects.get().name == ""

    def test_what_is_kept_of_the_request_names_nobody(self, boss, person, forget):
        forget(person)
        request = ErasureRequest.objects.get()
        assert (request.state, request.participant, request.reference) == ("done", None, "2026/17")
        assert (request.identity, request.reason, request.recorded_by) == ("document", "asked", boss)
        trail = AuditEntry.objects.filter(action__startswith="privacy.")
        assert {entry.action for entry in trail} == {"privacy.plan_erasure", "privacy.erase"}
        assert trail.get(action="privacy.plan_erasure").actor == boss
        assert not AuditEntry.objects.filter(object_label__icontains="Amina").exists()

    def test_the_preview_counts_what_stays(self, person):
        assert dict(letters.what_stays(person)) == {
            "Enrolments": 1, "Registrations": 1, "Attendance": 1, "Certificates": 1,
        }  # fmt: skip

    def test_whoever_got_an_account_meanwhile_is_not_erased(self, boss, person):
        planned = letters.plan_by_letter(actor=boss, participant=person, **FACTS)
        link_account(actor=boss, participant=person, user=factories.UserFactory())
        with time_machine.travel(timezone.now() + AFTER):
            assert erasing.erase_due() == 0
        planned.refresh_from_db()
        assert planned.state == "undone"
        person.refresh_from_db()
        assert person.name == "Amina Diallo"

    def test_a_record_merged_meanwhile_is_erased_with_the_one_it_went_into(self, boss, person):
        kept = factories.ParticipantFactory(name="A. Diallo", email="diallo@example.org")
        letters.plan_by_letter(actor=boss, participant=person, **FACTS)
        merge_participants(actor=None, source=person, into=kept)
        with time_machine.travel(timezone.now() + AFTER):
            assert erasing.erase_due() == 1
        assert set(Participant.objects.filter(pk__in=[person.pk, kept.pk]).values_list("name", "email")) == {
            ("Erased person", "")
        }

    def test_nobody_issues_a_certificate_to_an_erased_person(self, person, forget, life):
        from courses.certificates.eligibility import eligible

        Enrolment.objects.update(completed_at=timezone.now())
        forget(person)
        assert eligible(life.cohort, "completion") == []
        assert eligible(life.registration.workshop, "participation") == []


class TestNobodyIsWrittenToAfterwards:
    """Every address of the person, every way in which a mail comes about."""

    def test_mails_that_wait_or_were_sent_to_the_address_of_the_record_go(self, person, forget):
        letter_to("amina@example.org")
        OutboxMail.objects.filter(pk=letter_to("AMINA@example.org").pk).update(state="sent")
        other = letter_to("somebody@example.org", "Amina Diallo is here")
        forget(person)
        assert list(OutboxMail.objects.all()) == [other]

    def test_addresses_of_records_merged_before_count_too(self, person, forget):
        twin = factories.ParticipantFactory(name="A Twin", email="twin@example.org")
        merge_participants(actor=None, source=twin, into=person)
        letter_to("twin@example.org")
        forget(person)
        assert not OutboxMail.objects.exists()

    @pytest.mark.parametrize("neighbour", ["record", "account"])
    def test_of_an_address_shared_with_others_only_what_names_the_person_goes(self, person, forget, neighbour):
        if neighbour == "record":
            factories.ParticipantFactory(name="Colleague", email="amina@example.org")
        else:
            factories.UserFactory(email="amina@example.org")
        letter_to("amina@example.org", "Dear Amina Diallo, come")
        theirs = letter_to("amina@example.org", "Dear colleague, come")
        forget(person)
        assert list(OutboxMail.objects.all()) == [theirs]

    def test_an_account_silences_no_address_that_it_has_not_proved(self, life, boss, cast):
        """Anybody can write any address into their own details, and then ask to be forgotten."""
        Participant.objects.filter(pk=life.person.pk).update(email="victim@example.org")
        invited = invitations.invite(actor=boss, cohort=factories.CohortFactory(), email="victim@example.org")
        waiting = set(OutboxMail.objects.values_list("pk", flat=True))
        assert waiting
        life.user.__dict__.pop("_campus_participant", None)
        erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
        with time_machine.travel(timezone.now() + AFTER):
            erasing.erase_due()
        assert waiting <= set(OutboxMail.objects.values_list("pk", flat=True))
        invited.refresh_from_db()
        assert (invited.state, invited.email) == ("sent", "victim@example.org")

    def test_an_accounts_other_proved_addresses_count(self, life):
        life.user.emailaddress_set.create(email="second@example.org", verified=True)
        letter_to("second@example.org")
        erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
        with time_machine.travel(timezone.now() + AFTER):
            erasing.erase_due()
        assert set(OutboxMail.objects.values_list("to", flat=True)) == {"learner@example.org"}  # that it is done

    def test_an_invitation_without_an_answer_is_taken_back(self, person, forget, life, boss):
        invited = invitations.invite(actor=boss, cohort=factories.CohortFactory(), email="amina@example.org")
        forget(person)
        invited.refresh_from_db()
        assert (invited.state, invited.email, invited.name) == (
            CohortInvitation.State.CANCELLED, "erased@invalid.example", "",
        )  # fmt: skip
        with pytest.raises(invitations.InvitationOver):
            invitations.send_again(actor=boss, invitation=invited)

    def test_a_list_brought_in_before_does_not_write_them_down_again(self, person, forget, programme):
        batch = PeopleImport.objects.create(programme=programme, file_name="a.csv", kind="csv", state="checked")
        by_match = ImportRow.objects.create(
            batch=batch,
            number=2,
            verdict="sure",
            data={"name": "Amina Diallo"},
            matches=[{"ref": f"person:{person.pk}", "reasons": []}],
        )
        by_address = ImportRow.objects.create(
            batch=batch, number=3, verdict="new", data={"name": "Amina D.", "email": "AMINA@example.org"}
        )
        other = ImportRow.objects.create(
            batch=batch,
            number=4,
            verdict="sure",
            data={"name": "Another", "email": "x@example.org"},
            matches=[{"ref": f"person:{person.pk}1"}],
        )
        forget(person)
        for row in (by_match, by_address):
            row.refresh_from_db()
            assert (row.decision, row.data, row.matches) == ("skip", {}, [])
        other.refresh_from_db()
        assert other.data["name"] == "Another"

    def test_what_the_house_writes_afterwards_reaches_nobody(self, person, forget, life, boss, cast):
        """Everything that writes to people is asked to, once they are gone."""
        from courses.catalogue.following import reminders
        from courses.participants import activation
        from courses.participants.imports.writing import to_write_to
        from courses.workshops.services import write_to_registered

        token = activation.token_for(person)
        batch = PeopleImport.objects.create(programme=life.cohort.course.programme, file_name="a.csv", kind="csv")
        ImportRow.objects.create(batch=batch, number=2, verdict="new", outcome="created", participant=person)
        forget(person)
        OutboxMail.objects.all().delete()
        import uuid

        workshop = life.registration.workshop
        Registration.objects.update(state="registered", cancelled_at=None)
        assert write_to_registered(actor=boss, workshop=workshop, message="Hello", key=uuid.uuid4()) == 0
        Enrolment.objects.update(state="active", completed_at=None)
        for day in range(8):
            at = timezone.now() + timedelta(days=day)
            reminders.send_digests(at)
            reminders.send_deadlines(at)
        assert not to_write_to(batch).exists()
        with pytest.raises(Participant.DoesNotExist):
            activation.read(token)
        running.work_off()
        assert not [one for one in mail.outbox if "amina@example.org" in one.to]
        assert not OutboxMail.objects.filter(to__icontains="amina").exists()


class TestThePages:
    def test_from_the_record_to_the_plan_and_back(self, client, boss, person):
        client.force_login(boss)
        page = reverse("person_erasure", args=[person.pk])
        text = client.get(page).content.decode()
        assert "Amina Diallo" in text
        assert "Certificates: <b" in text
        assert client.post(page, FACTS).status_code == 200  # the tick is missing
        assert not ErasureRequest.objects.exists()
        response = client.post(page, {**FACTS, "sure": "on"}, follow=True)
        planned = ErasureRequest.objects.get()
        assert planned.recorded_by == boss
        assert "2026/17" in response.content.decode()
        assert client.get(page).status_code == 302  # it is planned already
        client.post(reverse("person_erasure_undo", args=[planned.key]))
        planned.refresh_from_db()
        assert planned.state == "undone"

    def test_says_the_next_step_while_there_are_none(self, client, boss):
        client.force_login(boss)
        assert "Nobody has asked by letter yet" in client.get(reverse("person_erasures")).content.decode()

    def test_looking_is_written_down_for_the_person(self, client, boss, person):
        client.force_login(boss)
        client.get(reverse("person_erasure", args=[person.pk]))
        assert AuditEntry.objects.of_seeing().about(person).filter(actor=boss).exists()

    def test_the_record_in_the_admin_leads_there(self, client, boss, person):
        client.force_login(boss)
        response = client.get(reverse("participants:erase", args=[person.pk]))
        assert response.url == reverse("person_erasure", args=[person.pk])

    def test_a_mail_queued_by_the_same_key_is_not_mistaken(self, person, forget):
        queue_mail(
            key="erasure-done:x",
            to="other@example.org",
            template="privacy/mail/erasure_done",
            context={},
            language="en",
        )
        forget(person)
        assert OutboxMail.objects.filter(to="other@example.org").exists()
