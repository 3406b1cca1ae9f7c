"""Records of people: written by themselves or by organisers, linked, merged, confirmed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.participants import services
from courses.participants.models import Consent, FocalPointDesignation, Participant
from institutions.models import Organisation, Role
from institutions.roles import forget_roles, scope
from institutions.services import grant_role
from tests.factories import ParticipantFactory, UserFactory, coming, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(cast):
    """An organiser of all programmes."""
    user = UserFactory(email="chief@example.org", name="Chief")
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    return user


def audited(action, obj):
    return AuditEntry.objects.filter(action=action, object_id=str(obj.pk)).exists()


# --- One's own record ---------------------------------------------------------------------


def test_the_first_details_make_the_record():
    user = UserFactory(email="new@example.org", language="ar")
    assert services.participant_of(user) is None
    participant = services.save_details(actor=user, user=user, data={"name": "  فاطمة  الزهراء ", "country": "EG"})
    assert services.participant_of(user) == participant
    assert (participant.name, participant.email, participant.language) == ("فاطمة الزهراء", "new@example.org", "ar")
    assert participant.country.pk == "EG"
    assert audited("participants.create", participant)


def test_later_details_change_the_record_and_the_audit_names_fields_only(cast):
    services.save_details(actor=cast.learner, user=cast.learner, data={"position": "Customs officer"})
    entry = AuditEntry.objects.get(action="participants.change")
    assert entry.data == {"changed": ["position"]}
    assert "Customs officer" not in str(entry.data)


def test_saving_the_same_again_writes_nothing(cast):
    services.save_details(actor=cast.learner, user=cast.learner, data={"name": cast.learner.participant.name})
    assert not AuditEntry.objects.filter(action="participants.change").exists()


def test_nobody_writes_somebody_elses_details(cast):
    with pytest.raises(services.NotYourRecord):
        services.save_details(actor=cast.organiser, user=cast.learner, data={"name": "Other"})


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": ""}, services.NameMissing),
        ({"name": "123"}, services.NameMissing),
        ({"name": "Amina", "name_latin": "Амина"}, services.NameNotLatin),
    ],
)
def test_a_name_that_is_none_is_refused(cast, data, error):
    with pytest.raises(error):
        services.save_details(actor=cast.learner, user=cast.learner, data=data)


def test_what_people_say_of_themselves_gives_no_rights(cast):
    user = cast.learner
    participant = services.save_details(
        actor=user,
        user=user,
        data={"represents": "government", "country": "KE", "position": "National focal point, organiser, trainer"},
    )
    services.claim_designation(
        actor=user,
        participant=participant,
        treaty="nagoya",
        country=participant.country,
        starts_on=past(10),
        evidence="I say so",
    )
    forget_roles(user)
    assert not any(scope(user, role) for role in Role)
    assert not user.groups.exists()
    assert list(Participant.objects.visible_to(user)) == [participant]


def test_consents_are_given_and_taken_back(cast):
    participant = cast.learner.participant
    services.set_consents(actor=cast.learner, participant=participant, purposes=["news", "directory"])
    services.set_consents(actor=cast.learner, participant=participant, purposes=["directory"])
    services.set_consents(actor=cast.learner, participant=participant, purposes=["directory"])
    assert list(participant.consents.filter(withdrawn_at__isnull=True).values_list("purpose", flat=True)) == [
        "directory"
    ]
    assert Consent.objects.get(purpose="news").withdrawn_at is not None
    assert AuditEntry.objects.filter(action="participants.consent").count() == 2


def test_nobody_consents_for_another(cast):
    with pytest.raises(services.NotYourRecord):
        services.set_consents(actor=cast.organiser, participant=cast.learner.participant, purposes=["news"])


# --- People without an account ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "may"),
    [("learner", False), ("focal_point", False), ("trainer", True), ("organiser", True)],
)
def test_organisers_and_trainers_write_people_down(cast, name, may):
    actor = getattr(cast, name)
    if not may:
        with pytest.raises(services.NotYourRecord):
            services.create_participant(actor=actor, name="Walk In")
        return
    participant = services.create_participant(actor=actor, name="Walk In", email="office@example.org")
    assert participant.user is None
    assert participant in Participant.objects.visible_to(actor)
    assert participant not in Participant.objects.visible_to(cast.other_organiser)


def test_several_people_may_share_an_office_address(cast):
    for name in ("One", "Two"):
        services.create_participant(actor=cast.organiser, name=name, email="office@example.org")
    assert Participant.objects.filter(email="office@example.org").count() == 2


@pytest.mark.parametrize(
    ("actor", "owner", "may"),
    [
        ("organiser", "learner", False),  # keeps their own record
        ("organiser", None, True),
        ("trainer", None, False),
        ("learner", "learner", True),
        ("learner", "outsider", False),
        ("chief", "learner", True),
    ],
)
def test_who_may_change_a_record(cast, chief, actor, owner, may):
    actor = chief if actor == "chief" else getattr(cast, actor)
    participant = getattr(cast, owner).participant if owner else ParticipantFactory(created_by=actor)
    if may:
        services.change_participant(actor=actor, participant=participant, position="Head of unit")
        participant.refresh_from_db()
        assert participant.position == "Head of unit"
    else:
        with pytest.raises(services.NotYourRecord):
            services.change_participant(actor=actor, participant=participant, position="Head of unit")


def test_an_account_is_linked_later(cast):
    participant = services.create_participant(actor=cast.organiser, name="Amina", email="office@example.org")
    user = UserFactory(email="amina@example.org")
    services.link_account(actor=cast.organiser, participant=participant, user=user)
    assert services.participant_of(user) == participant
    assert audited("participants.link_account", participant)


def test_a_record_is_linked_once_and_an_account_has_one_record(cast):
    participant = ParticipantFactory(created_by=cast.organiser)
    with pytest.raises(services.AlreadyLinked):
        services.link_account(actor=cast.organiser, participant=participant, user=cast.learner)
    with pytest.raises(services.AlreadyLinked):
        services.link_account(actor=cast.organiser, participant=cast.learner.participant, user=UserFactory())


def test_nobody_links_a_record_to_their_own_account(cast):
    user = UserFactory()
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    with pytest.raises(services.OwnAccount):
        services.link_account(actor=user, participant=ParticipantFactory(), user=user)


def test_a_learner_links_nobody(cast):
    with pytest.raises(services.NotYourRecord):
        services.link_account(actor=cast.learner, participant=ParticipantFactory(), user=UserFactory())


# --- Focal points -------------------------------------------------------------------------


def claim(participant, country="UG", treaty="nagoya", starts_on=None, ends_on=None):
    from institutions.models import Country

    return services.claim_designation(
        actor=None,
        participant=participant,
        treaty=treaty,
        country=Country.objects.get(pk=country),
        starts_on=starts_on or past(30),
        ends_on=ends_on,
    )


def test_confirmation_makes_the_account_focal_point_for_the_dates(cast, chief):
    designation = claim(cast.learner.participant, ends_on=coming(100))
    services.confirm_designation(actor=chief, designation=designation)
    forget_roles(cast.learner)
    assert scope(cast.learner, Role.FOCAL_POINT).countries == {"UG"}
    assignment = cast.learner.role_assignments.get()
    assert (assignment.starts_on, assignment.ends_on) == (designation.starts_on, designation.ends_on)
    assert audited("participants.confirm_designation", designation)


def test_the_person_is_told_of_the_confirmation_once_and_in_their_language(cast, chief):
    from jobs.models import OutboxMail

    cast.learner.language = "fr"
    cast.learner.save()
    designation = claim(cast.learner.participant, country="EG")
    for _ in range(2):
        services.confirm_designation(actor=chief, designation=designation)
    letter = OutboxMail.objects.get()
    assert (letter.to, letter.language) == (cast.learner.email, "fr")
    assert "Égypte" in letter.text
    assert "/fr/my/details/" in letter.text


def test_who_has_no_address_is_not_written_to(cast, chief):
    from jobs.models import OutboxMail

    services.confirm_designation(actor=chief, designation=claim(ParticipantFactory()))
    assert not OutboxMail.objects.exists()


def test_a_designation_that_has_not_begun_gives_nothing_yet(cast, chief):
    services.confirm_designation(actor=chief, designation=claim(cast.learner.participant, starts_on=coming(5)))
    forget_roles(cast.learner)
    assert not scope(cast.learner, Role.FOCAL_POINT)


@pytest.mark.parametrize("name", ["learner", "trainer", "organiser", "focal_point", "outsider"])
def test_only_organisers_of_all_confirm(cast, name):
    designation = claim(cast.other_trainer.participant)
    with pytest.raises(services.NotYourDesignation):
        services.confirm_designation(actor=getattr(cast, name), designation=designation)


def test_a_superuser_confirms(cast):
    designation = claim(cast.learner.participant)
    services.confirm_designation(actor=UserFactory(is_superuser=True), designation=designation)
    designation.refresh_from_db()
    assert designation.is_confirmed


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_confirms_their_own(chief, is_superuser):
    chief.is_superuser = is_superuser
    chief.save()
    designation = claim(ParticipantFactory(user=chief))
    with pytest.raises(services.OwnDesignation):
        services.confirm_designation(actor=chief, designation=designation)


def test_confirming_before_there_is_an_account_gives_rights_when_it_is_linked(cast, chief):
    participant = ParticipantFactory()
    services.confirm_designation(actor=chief, designation=claim(participant))
    user = UserFactory()
    services.link_account(actor=chief, participant=participant, user=user)
    assert scope(user, Role.FOCAL_POINT).countries == {"UG"}


def test_ending_a_designation_ends_the_role(cast, chief):
    designation = services.confirm_designation(actor=chief, designation=claim(cast.learner.participant))
    services.end_designation(actor=cast.learner, designation=designation, ends_on=past(1))
    forget_roles(cast.learner)
    assert not scope(cast.learner, Role.FOCAL_POINT)
    assert not cast.learner.groups.exists()


def test_two_designations_of_one_country_add_up(cast, chief):
    participant = cast.learner.participant
    first = services.confirm_designation(actor=chief, designation=claim(participant, ends_on=coming(10)))
    services.confirm_designation(actor=chief, designation=claim(participant, treaty="cartagena", ends_on=coming(90)))
    assert cast.learner.role_assignments.get().ends_on == coming(90)
    services.end_designation(actor=chief, designation=first, ends_on=past(1))
    assert cast.learner.role_assignments.get().ends_on == coming(90)


def test_a_gap_between_designations_gives_no_rights_until_the_second_begins(cast, chief):
    participant = cast.learner.participant
    services.confirm_designation(actor=chief, designation=claim(participant, ends_on=coming(10)))
    later = services.confirm_designation(actor=chief, designation=claim(participant, starts_on=coming(40)))
    assert cast.learner.role_assignments.get().ends_on == coming(10)
    # forty days on
    today = timezone.now().date()
    FocalPointDesignation.objects.exclude(pk=later.pk).update(ends_on=past(30))
    FocalPointDesignation.objects.filter(pk=later.pk).update(starts_on=today)
    assert services.refresh_due_roles() == 1
    assignment = cast.learner.role_assignments.get()
    assert (assignment.starts_on, assignment.ends_on) == (today, None)
    assert services.refresh_due_roles() == 1


def test_a_designation_for_a_body_gives_no_country(cast, chief):
    body = Organisation.objects.create(name="COMIFAC", kind=Organisation.Kind.REGIONAL)
    designation = services.claim_designation(
        actor=cast.learner, participant=cast.learner.participant, treaty="cbd", body=body, starts_on=past(1)
    )
    services.confirm_designation(actor=chief, designation=designation)
    assert not cast.learner.role_assignments.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": None},
        {"ends_on": past(60)},
        {"again": True},
    ],
)
def test_a_designation_that_does_not_hold_together_is_refused(cast, wrong):
    from institutions.models import Country

    fields = {"treaty": "nagoya", "country": Country.objects.get(pk="UG"), "starts_on": past(30), "ends_on": None}
    if wrong.pop("again", None):
        claim(cast.learner.participant)
    with pytest.raises(services.WrongDesignation):
        services.claim_designation(actor=cast.learner, participant=cast.learner.participant, **(fields | wrong))


def test_nobody_claims_for_another(cast):
    with pytest.raises(services.NotYourDesignation):
        services.claim_designation(
            actor=cast.organiser, participant=cast.learner.participant, treaty="cbd", starts_on=past(1)
        )


@pytest.mark.parametrize(("days", "fine"), [(-31, False), (-30, True), (0, True)])
def test_a_designation_does_not_end_before_it_began(cast, chief, days, fine):
    designation = services.confirm_designation(actor=chief, designation=claim(cast.learner.participant))
    day = timezone.now().date() + timedelta(days=days)
    if fine:
        services.end_designation(actor=chief, designation=designation, ends_on=day)
    else:
        with pytest.raises(services.WrongDesignation):
            services.end_designation(actor=chief, designation=designation, ends_on=day)


def test_an_end_cannot_be_put_off(cast, chief):
    designation = claim(cast.learner.participant, ends_on=date(2026, 1, 1), starts_on=date(2025, 1, 1))
    with pytest.raises(services.WrongDesignation):
        services.end_designation(actor=cast.learner, designation=designation, ends_on=date(2030, 1, 1))


def test_a_claim_is_taken_back_but_a_confirmed_one_is_not(cast, chief):
    services.remove_claim(actor=cast.learner, designation=claim(cast.learner.participant))
    assert not FocalPointDesignation.objects.exists()
    designation = services.confirm_designation(actor=chief, designation=claim(cast.learner.participant))
    with pytest.raises(services.WrongDesignation):
        services.remove_claim(actor=cast.learner, designation=designation)


def test_nobody_takes_back_anothers_claim(cast):
    designation = claim(cast.learner.participant)
    with pytest.raises(services.NotYourDesignation):
        services.remove_claim(actor=cast.trainer, designation=designation)


# --- Who sees whom ------------------------------------------------------------------------


def test_everybody_sees_themselves_and_organisers_of_all_everybody(cast, chief):
    everybody = set(Participant.objects.all())
    assert set(Participant.objects.visible_to(chief)) == everybody
    for name in ("learner", "focal_point", "outsider", "trainer"):
        assert set(Participant.objects.visible_to(getattr(cast, name))) == {getattr(cast, name).participant}


def test_without_a_role_the_people_once_written_down_are_out_of_sight(cast):
    from institutions.services import revoke_role

    participant = services.create_participant(actor=cast.trainer, name="Walk In")
    revoke_role(actor=None, assignment=cast.trainer.role_assignments.get())
    assert participant not in Participant.objects.visible_to(cast.trainer)
