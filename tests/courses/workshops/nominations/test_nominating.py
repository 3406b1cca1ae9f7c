"""A focal point puts people of the own country forward, and never learns who is known here."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from courses.participants.models import Participant
from courses.participants.services import NameMissing, suggested_doubles
from courses.workshops import services
from courses.workshops.errors import (
    AlreadyDecided,
    AlreadyNominated,
    NominationsClosed,
    NotYourCountry,
    OwnNomination,
    QuotaReached,
    WorkshopError,
    WrongDates,
)
from courses.workshops.models import Nomination, Workshop
from institutions.models import Role
from institutions.services import grant_role, revoke_role
from jobs.models import OutboxMail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["learner", "trainer", "other_trainer", "organiser", "other_organiser", "outsider"])
def test_only_focal_points_nominate(nominate, who):
    with pytest.raises(NotYourCountry):
        nominate(actor=who)


def test_a_focal_point_nominates_for_the_own_country_only(nominate, cast):
    with pytest.raises(NotYourCountry):
        nominate(country="UG")
    nominate()
    revoke_role(actor=None, assignment=cast.focal_point.role_assignments.get())
    with pytest.raises(NotYourCountry):
        nominate("Somebody Else", "else@example.org")


def test_a_nomination_keeps_what_was_said_and_makes_a_record_without_an_owner(nominate, cast):
    made = nominate(
        name_latin="A. Otieno", gender="woman", represents="government", organisation="Ministry", position="Lawyer",
        note="Drafts the bill",
    )  # fmt: skip
    assert (made.state, made.country_id, made.organisation, made.nominated_by) == (
        "nominated", "KE", "Ministry", cast.focal_point
    )  # fmt: skip
    person = made.participant
    assert (person.name, person.email, person.user, person.created_by) == (
        "Achieng Otieno", "achieng@example.org", None, None
    )  # fmt: skip
    assert person.gender == ""  # as the person says, and nobody else
    assert AuditEntry.objects.get(action="workshops.nominate").actor == cast.focal_point
    assert not OutboxMail.objects.exists()


class TestNobodyLearnsWhoIsKnown:
    """The act, its answer and what the focal point can read are the same, whoever has a record here."""

    def known(self, **fields):
        return factories.ParticipantFactory(
            **{"name": "Achieng Otieno", "email": "Achieng@example.org", "country_id": "KE"} | fields
        )

    def test_the_same_address_and_name_is_the_same_person_and_nothing_of_theirs_changes(self, nominate, cast):
        person = self.known(organisation="Own words")
        made = nominate(name="Achieng A. Otieno", organisation="The focal point’s words")
        assert made.participant == person
        person.refresh_from_db()
        assert (person.name, person.organisation) == ("Achieng Otieno", "Own words")
        assert (made.name, made.organisation) == ("Achieng A. Otieno", "The focal point’s words")
        assert list(Participant.objects.visible_to(cast.focal_point)) == [cast.focal_point.participant]

    def test_an_account_is_found_by_its_address_too(self, nominate, cast):
        made = nominate(name="Learner", email="learner@example.org")
        assert made.participant == cast.learner.participant

    @pytest.mark.parametrize(
        "fields", [{"name": "Baraka Mwangi"}, {"email": "other@example.org"}, {"country_id": "UG"}]
    )
    def test_whoever_is_perhaps_known_is_left_to_the_organisers_as_a_double(self, nominate, fields):
        person = self.known(**fields)
        made = nominate()
        assert made.participant != person
        if "name" not in fields:
            boss = User.objects.create_superuser("boss@example.org", factories.PASSWORD)
            assert {made.participant.pk, person.pk} in [{one.one, one.other} for one in suggested_doubles(actor=boss)]

    def test_whom_another_country_put_forward_gets_a_record_of_their_own(self, nominate):
        person = self.known(country_id=None)
        first = nominate(country="UG", actor=None)
        second = nominate()
        assert first.participant == person
        assert second.participant != person

    def test_whoever_is_registered_already_can_be_nominated(self, nominate, asking, register):
        person = self.known()
        register(asking, person)
        assert nominate().participant == person

    def test_the_same_from_the_own_country_is_said(self, nominate, cast):
        nominate()
        colleague = cast.outsider
        grant_role(actor=None, user=colleague, role=Role.FOCAL_POINT, country_id="KE")
        with pytest.raises(AlreadyNominated):
            nominate("Otieno Achieng", "ACHIENG@example.org", actor="outsider")


@pytest.mark.parametrize("email", ["focal_point@example.org", "FOCAL_POINT@example.org", "second@example.org"])
def test_nobody_nominates_themselves(nominate, cast, email):
    cast.focal_point.emailaddress_set.create(email="second@example.org", verified=True)
    with pytest.raises(OwnNomination):
        nominate("Another Name", email)


def test_a_focal_point_can_be_nominated_by_another(nominate, cast):
    grant_role(actor=None, user=cast.outsider, role=Role.FOCAL_POINT, country_id="KE")
    made = nominate("Focal Point", "focal_point@example.org", actor="outsider")
    assert made.participant == cast.focal_point.participant


def test_each_country_has_its_number(nominate):
    first = nominate("One Person", "one@example.org")
    nominate("Two Person", "two@example.org")
    with pytest.raises(QuotaReached, match="may nominate 2 people"):
        nominate("Three Person", "three@example.org")
    nominate("Three Person", "three@example.org", country="UG", actor=None)
    services.withdraw_nomination(actor=None, nomination=first)
    nominate("Three Person", "three@example.org")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"nominations_close_on": None, "nominees_per_country": None}, "does not ask for nominations"),
        ({"nominations_close_on": factories.past(2)}, "The last day for nominations was"),
        ({"state": "proposed"}, "does not ask for nominations"),
        ({"state": "cancelled", "cancel_reason": "Flood"}, "does not ask for nominations"),
        ({"archived_at": timezone.now()}, "does not ask for nominations"),
        ({"region": "grulac"}, "for another region"),
    ],
)
def test_a_closed_door_says_why(nominate, asking, fields, words):
    Workshop.objects.filter(pk=asking.pk).update(**fields)
    with pytest.raises(NominationsClosed, match=words):
        nominate()
    assert not Nomination.objects.exists()
    assert not Participant.objects.filter(name="Achieng Otieno").exists()


def test_the_last_day_counts_at_the_venue(nominate, asking):
    asking.nominations_close_on = asking.today
    asking.save()
    nominate()


@pytest.mark.parametrize(("words", "error"), [({"email": ""}, WorkshopError), ({"name": "123"}, NameMissing)])
def test_what_is_missing_is_said(nominate, words, error):
    with pytest.raises(error):
        nominate(**words)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"nominations_close_on": factories.coming(60)}, "nominations_close_on"),
        ({"nominations_close_on": None, "nominees_per_country": 2}, "nominations_close_on"),
    ],
)
def test_what_a_workshop_asks_for_must_fit(asking, cast, fields, field):
    with pytest.raises(WrongDates) as caught:
        services.change_workshop(actor=cast.trainer, workshop=asking, **fields)
    assert caught.value.field == field


def test_a_nomination_is_withdrawn_before_the_decision_and_made_again(nominate, decide, cast):
    made = nominate()
    with pytest.raises(NotYourCountry):
        services.withdraw_nomination(actor=cast.organiser, nomination=made)
    services.withdraw_nomination(actor=cast.focal_point, nomination=made)
    with pytest.raises(AlreadyDecided):
        services.withdraw_nomination(actor=cast.focal_point, nomination=made)
    with pytest.raises(AlreadyDecided):
        decide(made)
    again = nominate(position="New office")
    assert (again.pk, again.state, again.position) == (made.pk, "nominated", "New office")
    decide(again)
    with pytest.raises(AlreadyDecided):
        services.withdraw_nomination(actor=cast.focal_point, nomination=again)
