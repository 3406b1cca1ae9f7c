"""Two records of one person become one, and nothing earned is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue.models import Enrolment
from courses.certificates.models import Certificate, CertificateTemplate
from courses.participants import services
from courses.participants.models import Participant
from courses.workshops.models import Attendance, Registration, Session
from institutions.models import Country, Role
from institutions.services import grant_role
from tests.factories import CohortFactory, EnrolmentFactory, ParticipantFactory, UserFactory, WorkshopFactory, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(db):
    user = UserFactory(name="Chief")
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    return user


@pytest.fixture
def pair(db):
    return ParticipantFactory(name="Amina Diallo", email="a@example.org"), ParticipantFactory(name="A. Diallo")


def make_certificate(participant, cohort, serial):
    template, _ = CertificateTemplate.objects.get_or_create(key="t", defaults={"signatory_name": "S"})
    return Certificate.objects.create(
        serial=serial,
        kind="completion",
        participant=participant,
        template=template,
        cohort=cohort,
        subject_key=f"cohort:{cohort.pk}",
        language="en",
        issued_at=timezone.now(),
        sha256="0" * 64,
    )


def make_session(workshop, hour=9):
    from datetime import UTC, datetime, time, timedelta

    starts = datetime(2026, 5, 1, hour, tzinfo=UTC)
    return Session.objects.create(
        workshop=workshop,
        day=starts.date(),
        begins=time(hour),
        finishes=time(hour + 1),
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )


def test_everything_goes_to_the_record_that_is_kept(chief, pair):
    source, into = pair
    enrolment = EnrolmentFactory(participant=source)
    workshop = WorkshopFactory()
    registration = Registration.objects.create(workshop=workshop, participant=source)
    attendance = Attendance.objects.create(
        session=make_session(workshop), participant=source, state="present", minutes=60
    )
    certificate = make_certificate(source, enrolment.cohort, "PC-1")
    designation = services.claim_designation(
        actor=None, participant=source, treaty="cbd", country=Country.objects.get(pk="UG"), starts_on=past(3)
    )
    services.merge_participants(actor=chief, source=source, into=into)
    for row in (enrolment, registration, attendance, certificate, designation):
        row.refresh_from_db()
        assert row.participant_id == into.pk, row
    entry = AuditEntry.objects.get(action="participants.merge")
    assert (entry.actor, entry.object_id, entry.data["source"]) == (chief, str(into.pk), source.pk)


def test_the_merged_record_stays_marked_and_out_of_lists(chief, pair):
    source, into = pair
    services.merge_participants(actor=chief, source=source, into=into)
    source.refresh_from_db()
    assert source.merged_into == into
    assert source not in Participant.objects.present()


def test_empty_details_are_filled_and_written_ones_stay(chief, pair):
    source, into = pair
    source.organisation, source.position = "Ministry", "Head"
    source.save()
    into.position = "Director"
    into.save()
    services.merge_participants(actor=chief, source=source, into=into)
    into.refresh_from_db()
    assert (into.name, into.email, into.organisation, into.position) == (
        "A. Diallo",
        "a@example.org",
        "Ministry",
        "Director",
    )


@pytest.mark.parametrize("owner", ["source", "into"])
def test_the_account_goes_with_the_record_that_is_kept(chief, pair, owner):
    source, into = pair
    user = UserFactory()
    holder = source if owner == "source" else into
    holder.user = user
    holder.save()
    services.merge_participants(actor=chief, source=source, into=into)
    assert services.participant_of(user) == into


def test_confirmed_designations_give_their_rights_to_the_account_of_the_other_record(chief, pair):
    from institutions.roles import scope

    source, into = pair
    into.user = user = UserFactory()
    into.save()
    services.confirm_designation(
        actor=chief,
        designation=services.claim_designation(
            actor=None, participant=source, treaty="cbd", country=Country.objects.get(pk="UG"), starts_on=past(3)
        ),
    )
    services.merge_participants(actor=chief, source=source, into=into)
    assert scope(type(user).objects.get(pk=user.pk), Role.FOCAL_POINT).countries == {"UG"}


def test_two_enrolments_in_the_same_cohort_become_one(chief, pair):
    source, into = pair
    cohort = CohortFactory()
    early, late = timezone.now() - timedelta(days=9), timezone.now()
    other = EnrolmentFactory(participant=source, cohort=cohort, enrolled_at=early, completed_at=late)
    kept = EnrolmentFactory(participant=into, cohort=cohort, enrolled_at=late, state="withdrawn", withdrawn_at=late)
    services.merge_participants(actor=chief, source=source, into=into)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.state, kept.withdrawn_at, kept.enrolled_at, kept.completed_at) == ("active", None, early, late)
    assert (other.participant, other.state) == (source, "withdrawn")
    assert Enrolment.objects.active().filter(cohort=cohort).get() == kept


def test_two_registrations_and_attendances_become_one(chief, pair):
    source, into = pair
    workshop = WorkshopFactory()
    first, second = make_session(workshop), make_session(workshop, 14)
    other = Registration.objects.create(workshop=workshop, participant=source)
    kept = Registration.objects.create(workshop=workshop, participant=into, state="cancelled")
    Attendance.objects.create(session=first, participant=source, state="present", minutes=60)
    Attendance.objects.create(session=first, participant=into, state="absent")
    Attendance.objects.create(session=second, participant=source, state="partly", minutes=20)
    services.merge_participants(actor=chief, source=source, into=into)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.state, other.state) == ("registered", "cancelled")
    marks = {mark.session_id: (mark.state, mark.minutes) for mark in Attendance.objects.filter(participant=into)}
    assert marks == {first.pk: ("present", 60), second.pk: ("partly", 20)}
    assert not Attendance.objects.filter(participant=source).exists()


def test_of_two_valid_certificates_for_the_same_thing_none_is_lost(chief, pair):
    source, into = pair
    cohort = CohortFactory()
    certificates = [make_certificate(source, cohort, "PC-1"), make_certificate(into, cohort, "PC-2")]
    services.merge_participants(actor=chief, source=source, into=into)
    for certificate in certificates:
        certificate.refresh_from_db()
    assert [row.serial for row in certificates] == ["PC-1", "PC-2"]
    assert certificates[1].state == "valid"


def test_a_consent_given_twice_counts_once(chief, pair):
    source, into = pair
    for participant in pair:
        services.set_consents(actor=None, participant=participant, purposes=["news"])
    services.merge_participants(actor=chief, source=source, into=into)
    assert into.consents.filter(withdrawn_at__isnull=True).count() == 1


def test_a_record_merged_before_follows(chief, pair):
    source, into = pair
    earlier = ParticipantFactory()
    services.merge_participants(actor=chief, source=earlier, into=source)
    services.merge_participants(actor=chief, source=source, into=into)
    earlier.refresh_from_db()
    assert earlier.merged_into == into


def test_a_record_cannot_be_merged_with_itself_or_twice(chief, pair):
    source, into = pair
    with pytest.raises(services.CannotMerge):
        services.merge_participants(actor=chief, source=source, into=source)
    services.merge_participants(actor=chief, source=source, into=into)
    with pytest.raises(services.CannotMerge):
        services.merge_participants(actor=None, source=source, into=into)


def test_two_records_with_accounts_are_not_merged(chief, pair):
    for participant in pair:
        participant.user = UserFactory()
        participant.save()
    with pytest.raises(services.CannotMerge):
        services.merge_participants(actor=chief, source=pair[0], into=pair[1])


def test_nobody_merges_their_own_record(chief, pair):
    source, into = pair
    into.user = chief
    into.save()
    with pytest.raises(services.CannotMerge):
        services.merge_participants(actor=chief, source=source, into=into)


@pytest.mark.parametrize("name", ["learner", "trainer", "organiser", "focal_point"])
def test_only_organisers_of_all_merge(cast, pair, name):
    with pytest.raises(services.NotYourRecord):
        services.merge_participants(actor=getattr(cast, name), source=pair[0], into=pair[1])
