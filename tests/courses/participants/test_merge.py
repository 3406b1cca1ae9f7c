"""Two records of one person become one, and nothing earned is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue.models import Enrolment
from courses.certificates.models import Certificate, CertificateTemplate
from courses.participants import services
from courses.participants.models import Merge, Participant
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


# --- Preview and undo ------------------------------------------------------------------------------


def columns(*rows):
    """Everything the rows say, freshly read."""
    return [type(row).objects.filter(pk=row.pk).values().first() for row in rows]


def test_the_preview_shows_both_records_and_changes_nothing(chief, pair):
    source, into = pair
    EnrolmentFactory(participant=source)
    source.organisation = into.organisation = "Ministry"
    source.save()
    into.save()
    before = columns(source, into)
    preview = services.preview_merge(actor=chief, source=source, into=into)
    choices = {choice.name: choice for choice in preview.choices}
    assert (choices["name"].source, choices["name"].into, choices["name"].stays) == (
        "Amina Diallo",
        "A. Diallo",
        "into",
    )
    assert choices["email"].stays == "source"
    assert not choices["organisation"].differs
    assert preview.moved == [("Enrolments", 1)]
    assert columns(source, into) == before


def test_the_value_that_was_chosen_stays(chief, pair):
    source, into = pair
    services.merge_participants(actor=chief, source=source, into=into, keep={"name": "source"})
    into.refresh_from_db()
    assert (into.name, into.name_key) == ("Amina Diallo", "amina diallo")


def test_an_undone_merge_leaves_no_trace_but_the_trail(chief, pair):
    """Moved rows, joined rows, deleted rows, details and the account are back, column by column."""
    from courses.catalogue.models import RequirementWaiver

    source, into = pair
    source.user, source.position = UserFactory(), "Head"
    source.save()
    cohort, workshop = CohortFactory(), WorkshopFactory()
    session = make_session(workshop)
    early, late = timezone.now() - timedelta(days=9), timezone.now()
    doubles = [
        EnrolmentFactory(participant=source, cohort=cohort, enrolled_at=early, completed_at=late),
        EnrolmentFactory(participant=into, cohort=cohort, enrolled_at=late, state="withdrawn", withdrawn_at=late),
        Registration.objects.create(workshop=workshop, participant=source),
        Registration.objects.create(workshop=workshop, participant=into, state="cancelled"),
        Attendance.objects.create(session=session, participant=source, state="present", minutes=60),
        Attendance.objects.create(session=session, participant=into, state="absent"),
        make_certificate(source, cohort, "PC-1"),
        make_certificate(into, cohort, "PC-2"),
    ]
    alone = EnrolmentFactory(participant=source)
    waiver = RequirementWaiver.objects.create(enrolment=doubles[0], kind="quiz", ref="1", reason="Certified")
    rows = [source, into, *doubles, alone, waiver]
    before = columns(*rows)
    services.merge_participants(actor=chief, source=source, into=into, keep={"name": "source"})
    assert columns(*rows) != before
    services.undo_merge(actor=chief, merge=Merge.objects.get())
    for row, old, new in zip(rows, before, columns(*rows), strict=True):
        assert new == old, row
    assert AuditEntry.objects.filter(action="participants.undo_merge").count() == 1


def test_undoing_in_a_full_cohort_takes_nobodys_place_and_is_said_before(client, chief, pair):
    """Both had a place, who waited got the one that was free: all three stay, one more than places."""
    source, into = pair
    cohort = CohortFactory(capacity=2)
    for person in pair:
        EnrolmentFactory(participant=person, cohort=cohort)
    waits = ParticipantFactory()
    cohort.applications.create(participant=waits, state="waiting", waiting_since=timezone.now())
    services.merge_participants(actor=chief, source=source, into=into)
    assert cohort.enrolments.active().filter(participant=waits).exists()
    merge = Merge.objects.get()
    client.force_login(chief)
    page = client.get(f"/en/people/merges/{merge.pk}/undo/").content.decode()
    assert "one person more than places" in page
    assert cohort.enrolments.active().count() == 2  # looking changes nothing
    client.post(f"/en/people/merges/{merge.pk}/undo/")
    assert {row.participant for row in cohort.enrolments.active()} == {source, into, waits}


def test_undoing_where_places_are_free_says_nothing(client, chief, pair):
    source, into = pair
    cohort = CohortFactory(capacity=9)
    for person in pair:
        EnrolmentFactory(participant=person, cohort=cohort)
    services.merge_participants(actor=chief, source=source, into=into)
    assert services.before_undo(Merge.objects.get()) == []


def test_an_enrolment_that_only_changed_its_record_needs_no_place_more(chief, pair):
    source, into = pair
    cohort = CohortFactory(capacity=1)
    EnrolmentFactory(participant=source, cohort=cohort)
    EnrolmentFactory(participant=into, cohort=cohort, state="withdrawn", withdrawn_at=timezone.now())
    services.merge_participants(actor=chief, source=source, into=into)
    merge = Merge.objects.get()
    assert services.before_undo(merge) == []
    services.undo_merge(actor=chief, merge=merge)
    assert cohort.enrolments.active().get().participant == source


@pytest.mark.parametrize("way", ["left", "moved"])
def test_undoing_after_the_cohort_was_left_says_before_who_is_in_again_and_who_is_not(client, chief, pair, way):
    """Who of two people left, no row tells: the organiser asks, and puts it right."""
    from courses.catalogue import services as catalogue

    source, into = pair
    cohort = CohortFactory()
    for person in pair:
        EnrolmentFactory(participant=person, cohort=cohort)
    services.merge_participants(actor=chief, source=source, into=into)
    kept = cohort.enrolments.active().get()
    if way == "left":
        catalogue.withdraw(actor=None, enrolment=kept)
    else:
        catalogue.transfer(actor=chief, enrolment=kept, cohort=CohortFactory(course=cohort.course))
    merge = Merge.objects.get()
    client.force_login(chief)
    page = client.get(f"/en/people/merges/{merge.pk}/undo/").content.decode()
    assert f"was left after the merge: {source.name} will be in it again, and {into.name} will not" in page
    assert "Nobody loses a place" not in page
    services.undo_merge(actor=chief, merge=merge)
    assert cohort.enrolments.active().get().participant == source


def test_what_came_since_the_merge_stays_with_the_record_that_was_kept(chief, pair):
    source, into = pair
    services.merge_participants(actor=chief, source=source, into=into)
    later = EnrolmentFactory(participant=into)
    into.refresh_from_db()
    into.email = "new@example.org"
    into.save()
    services.undo_merge(actor=chief, merge=Merge.objects.get())
    later.refresh_from_db()
    into.refresh_from_db()
    assert later.participant == into
    assert into.email == "new@example.org"  # changed since: not taken back


def test_the_rights_of_a_focal_point_go_back_with_the_record(chief, pair):
    from institutions.roles import scope

    source, into = pair
    into.user = user = UserFactory()
    into.save()
    designation = services.claim_designation(
        actor=None, participant=source, treaty="cbd", country=Country.objects.get(pk="UG"), starts_on=past(3)
    )
    services.confirm_designation(actor=chief, designation=designation)
    services.merge_participants(actor=chief, source=source, into=into)
    services.undo_merge(actor=chief, merge=Merge.objects.get())
    assert not scope(type(user).objects.get(pk=user.pk), Role.FOCAL_POINT)


def test_a_merge_is_undone_once_and_only_for_a_while(chief, pair):
    import time_machine

    source, into = pair
    services.merge_participants(actor=chief, source=source, into=into)
    merge = Merge.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(services.CannotUndo):
        services.undo_merge(actor=chief, merge=merge)
    services.undo_merge(actor=chief, merge=merge)
    with pytest.raises(services.CannotUndo):
        services.undo_merge(actor=chief, merge=merge)


def test_of_two_merges_the_later_is_undone_first(chief, pair):
    source, into = pair
    first = ParticipantFactory()
    services.merge_participants(actor=chief, source=first, into=source)
    services.merge_participants(actor=chief, source=source, into=into)
    later, earlier = Merge.objects.all()
    with pytest.raises(services.CannotUndo):
        services.undo_merge(actor=chief, merge=earlier)
    services.undo_merge(actor=chief, merge=later)
    services.undo_merge(actor=chief, merge=earlier)
    first.refresh_from_db()
    assert first.merged_into is None


def test_what_undoing_needs_is_forgotten_after_a_while(chief, pair):
    services.merge_participants(actor=chief, source=pair[0], into=pair[1])
    assert services.forget_merges(timezone.now() - timedelta(days=1)) == 0
    assert services.forget_merges(timezone.now() + timedelta(seconds=1)) == 1
    with pytest.raises(services.CannotUndo):
        services.undo_merge(actor=chief, merge=Merge.objects.get())


@pytest.mark.parametrize("name", ["learner", "trainer", "organiser", "focal_point"])
def test_only_organisers_of_all_undo(cast, chief, pair, name):
    services.merge_participants(actor=chief, source=pair[0], into=pair[1])
    with pytest.raises(services.CannotUndo):
        services.undo_merge(actor=getattr(cast, name), merge=Merge.objects.get())


@pytest.mark.parametrize("who", ["learner", "trainer", "organiser", "focal_point", "outsider", "chief", "anonymous"])
def test_the_pages_of_merging_are_for_organisers_of_all(client, cast, chief, pair, who):
    services.merge_participants(actor=chief, source=ParticipantFactory(), into=ParticipantFactory())
    if who != "anonymous":
        client.force_login(chief if who == "chief" else getattr(cast, who))
    expected = {"chief": 200, "anonymous": 302}.get(who, 404)
    pages = [f"/en/people/{pair[0].pk}/merge/{pair[1].pk}/", "/en/people/merges/"]
    assert [client.get(page).status_code for page in pages] == [expected, expected]
    if who != "chief":
        for page in (pages[0], f"/en/people/merges/{Merge.objects.get().pk}/undo/"):
            assert client.post(page).status_code == expected
        assert Merge.objects.filter(undone_at=None).count() == 1


def test_from_the_preview_to_the_way_back(client, chief, pair):
    source, into = pair
    client.force_login(chief)
    address = f"/en/people/{source.pk}/merge/{into.pk}/"
    assert 'name="keep-name"' in client.get(address).content.decode()
    client.post(address, {"keep-name": "source"})
    into.refresh_from_db()
    assert into.name == "Amina Diallo"
    client.post(f"/en/people/merges/{Merge.objects.get().pk}/undo/")
    into.refresh_from_db()
    source.refresh_from_db()
    assert (into.name, source.merged_into) == ("A. Diallo", None)
