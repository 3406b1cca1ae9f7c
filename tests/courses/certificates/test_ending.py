"""A certificate is revoked, replaced, withdrawn; never changed, never deleted."""

import pytest
from django.db import IntegrityError, transaction

from core.models import AuditEntry
from core.personal import Person
from courses.certificates import services
from courses.certificates.models import Certificate
from courses.participants.services import RecordGone, merge_participants
from courses.privacy.erasing import erase_person
from jobs.models import OutboxMail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(issue):
    return issue().certificate


def test_revoking_keeps_row_file_and_reason_and_tells_the_holder(cast, certificate):
    services.revoke(actor=cast.organiser, certificate=certificate, reason=" Issued\nby mistake ")
    certificate.refresh_from_db()
    assert (certificate.state, certificate.reason) == ("revoked", "Issued by mistake")
    assert certificate.ended_by == cast.organiser
    assert services.is_unaltered(certificate)
    assert "Issued by mistake" in OutboxMail.objects.get(key=f"certificate-revoked:{certificate.serial}").text
    assert AuditEntry.objects.filter(action="certificates.revoked").exists()


def test_a_revoked_one_can_be_issued_again_in_a_new_batch(cast, certificate, issue):
    services.revoke(actor=cast.organiser, certificate=certificate, reason="x")
    assert issue().certificate.serial != certificate.serial


def test_a_replacement_carries_the_name_of_today_and_the_evidence_of_then(cast, certificate, completed):
    cast.learner.participant.name = "Amina Odhiambo-Otieno"
    cast.learner.participant.save()
    completed.course.item.titles = {"en": "Another title"}
    completed.course.item.save()
    new = services.supersede(actor=cast.organiser, certificate=certificate, reason="Name misspelt")
    certificate.refresh_from_db()
    assert (certificate.state, certificate.superseded_by) == ("superseded", new)
    assert new.name == "Amina Odhiambo-Otieno"
    assert new.printed["title"] == "Legal frameworks"
    assert new.starts_on == certificate.starts_on
    assert new.evidence["requirements"] == certificate.evidence["requirements"]
    assert new.evidence["supersedes"] == certificate.serial
    assert certificate.name != new.name


def test_nothing_is_issued_anew_for_somebody_erased(cast, certificate):
    """The ledger keeps the printed name; a new one would say “Erased person” and end the one that is named."""
    person = certificate.participant
    erase_person(Person(user=person.user, participant=person))
    with pytest.raises(RecordGone):
        services.supersede(actor=cast.organiser, certificate=certificate, reason="Name misspelt")
    before, certificate = certificate, Certificate.objects.get()
    assert (certificate.state, certificate.name) == ("valid", before.name)
    assert services.is_unaltered(certificate)


@pytest.mark.parametrize("act", [services.revoke, services.supersede])
@pytest.mark.parametrize("who", ["learner", "outsider", "trainer", "other_organiser", "focal_point"])
def test_only_organisers_of_the_programme_end_one(cast, certificate, act, who):
    with pytest.raises(services.NotAllowed):
        act(actor=getattr(cast, who), certificate=certificate, reason="x")
    assert Certificate.objects.get().state == "valid"


def test_nobody_replaces_their_own(cast, certificate, programme):
    from institutions.models import Role
    from institutions.services import grant_role

    grant_role(actor=None, user=cast.learner, role=Role.ORGANISER, programme=programme)
    with pytest.raises(services.NotAllowed):
        services.supersede(actor=cast.learner, certificate=certificate, reason="x")


@pytest.mark.parametrize("act", [services.revoke, services.supersede])
def test_it_needs_a_reason(cast, certificate, act):
    with pytest.raises(services.ReasonMissing):
        act(actor=cast.organiser, certificate=certificate, reason="  ")


@pytest.mark.parametrize("act", [services.revoke, services.supersede])
def test_the_end_is_the_end(cast, certificate, act):
    services.revoke(actor=cast.organiser, certificate=certificate, reason="x")
    with pytest.raises(services.NotValid):
        act(actor=cast.organiser, certificate=certificate, reason="y")


def test_the_database_itself_refuses_a_second_valid_one(certificate):
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.pk, certificate.serial = None, "PC-2026-OTHER"
        certificate.save(force_insert=True)


def test_the_database_refuses_an_end_without_reason(certificate):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(state="revoked")


# --- the holder's own wish


def test_name_and_file_are_withdrawn_and_the_rest_stays(cast, issue, django_capture_on_commit_callbacks):
    done = issue()
    certificate = done.certificate
    archive, pdf = done.batch.archive.name, certificate.pdf.name
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_name(actor=cast.learner, certificate=certificate)
    certificate.refresh_from_db()
    assert certificate.name == ""
    assert not certificate.pdf
    assert certificate.withdrawn_at
    assert certificate.state == "valid"
    assert certificate.sha256
    assert certificate.starts_on
    storage = services.storage()
    assert not storage.exists(pdf)
    assert not storage.exists(archive), "the ZIP held the file too"
    done.batch.refresh_from_db()
    assert not done.batch.archive


def test_what_a_crash_left_is_removed_later(cast, certificate):
    pdf = certificate.pdf.name
    services.withdraw_name(actor=cast.learner, certificate=certificate)  # committed, but the process dies here
    assert services.storage().exists(pdf)
    assert services.remove_withdrawn_files() == 1
    assert not services.storage().exists(pdf)
    assert services.remove_withdrawn_files() == 0


@pytest.mark.parametrize("who", ["outsider", "trainer", "other_organiser"])
def test_nobody_else_withdraws_it(cast, certificate, who):
    with pytest.raises(services.NotAllowed):
        services.withdraw_name(actor=getattr(cast, who), certificate=certificate)


def test_it_is_withdrawn_once(cast, certificate):
    services.withdraw_name(actor=cast.organiser, certificate=certificate)
    with pytest.raises(services.AlreadyWithdrawn):
        services.withdraw_name(actor=cast.learner, certificate=certificate)


def test_a_withdrawn_one_is_not_issued_anew(cast, certificate):
    services.withdraw_name(actor=cast.learner, certificate=certificate)
    with pytest.raises(services.AlreadyWithdrawn):
        services.supersede(actor=cast.organiser, certificate=certificate, reason="x")


# --- what was earned survives


def test_it_survives_the_account(cast, certificate):
    cast.learner.delete()
    certificate.refresh_from_db()
    assert certificate.name == "Learner"
    assert certificate.participant.user is None


def test_it_survives_the_organisers_account(cast, certificate):
    cast.organiser.delete()
    certificate.refresh_from_db()
    assert certificate.issued_by is None


def test_it_moves_with_the_person_when_two_records_are_merged(cast, certificate):
    other = factories.ParticipantFactory(name="Amina O.")
    Certificate.objects.filter(pk=certificate.pk).update(participant=other)
    merge_participants(actor=None, source=other, into=cast.learner.participant)
    certificate.refresh_from_db()
    assert certificate.participant == cast.learner.participant


def test_of_two_for_the_same_one_stays_valid_when_records_are_merged(cast, certificate, completed):
    other = factories.ParticipantFactory(name="Amina O.")
    twin = Certificate.objects.get(pk=certificate.pk)
    twin.pk, twin.serial, twin.participant = None, services.serial_for("twin", 2026), other
    twin.save()
    merge_participants(actor=None, source=other, into=cast.learner.participant)
    twin.refresh_from_db()
    certificate.refresh_from_db()
    assert (certificate.state, twin.state) == ("valid", "superseded")
    assert twin.superseded_by == certificate
    assert twin.participant == cast.learner.participant
