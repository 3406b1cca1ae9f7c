"""Focal points put people forward, the organisers select, whoever is selected answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from core.links import LinkInvalid
from core.models import AuditEntry
from core.personal import Person
from courses.catalogue.models import Enrolment
from courses.participants.models import Participant
from courses.participants.services import NameMissing, merge_participants, suggested_doubles
from courses.privacy.erasing import erase_person
from courses.workshops import services
from courses.workshops.errors import (
    AlreadyDecided,
    AlreadyNominated,
    NominationsClosed,
    NotYourCountry,
    NotYourWorkshop,
    OwnNomination,
    QuotaReached,
    ReasonMissing,
    WorkshopCancelled,
    WorkshopError,
    WorkshopFull,
    WorkshopOver,
    WrongDates,
)
from courses.workshops.models import Nomination, Registration, Workshop
from courses.workshops.services.nomination_mails import nomination_token, tell_answer
from institutions.models import Country, Role
from institutions.services import grant_role, revoke_role
from jobs.models import OutboxMail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(workshop):
    """The cast's workshop in twenty days; three places, two nominees for each country."""
    workshop.starts_on = workshop.today + timedelta(days=20)
    workshop.ends_on = workshop.starts_on
    workshop.nominations_close_on = workshop.today + timedelta(days=5)
    workshop.nominees_per_country = 2
    workshop.save()
    return workshop


@pytest.fixture
def nominate(asking, cast):
    def nominated(name="Achieng Otieno", email="achieng@example.org", country="KE", actor="focal_point", **words):
        return services.nominate(
            actor=getattr(cast, actor) if actor else None,
            workshop=asking,
            country=Country.objects.get(pk=country),
            name=name,
            email=email,
            **words,
        )

    return nominated


@pytest.fixture
def decide(asking, cast):
    def decided(*nominations, state="selected", who="trainer", reason=""):
        ids = [nomination.pk for nomination in nominations]
        return services.decide_nominations(
            actor=getattr(cast, who), workshop=asking, nominations=ids, state=state, reason=reason
        )

    return decided


def mails(to):
    keys = OutboxMail.objects.filter(to=to).order_by("pk").values_list("key", flat=True)
    return [key.partition(":")[0] for key in keys]


# --- Nominating -------------------------------------------------------------------------------


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


# --- Selecting --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["learner", "other_trainer", "other_organiser", "focal_point", "outsider"])
def test_only_those_who_run_the_workshop_decide(nominate, decide, who):
    with pytest.raises(NotYourWorkshop):
        decide(nominate(), who=who)


@pytest.mark.parametrize("who", ["trainer", "organiser"])
def test_whoever_is_selected_is_invited_and_the_focal_point_told(nominate, decide, who):
    first, second = nominate(), nominate("Baraka Mwangi", "baraka@example.org")
    decide(first, who=who)
    decide(second, who=who, state="not-selected", reason="Too many lawyers")
    assert mails("achieng@example.org") == ["nomination_selected"]
    assert mails("baraka@example.org") == []
    told = OutboxMail.objects.filter(to="focal_point@example.org")
    assert len(told) == 2
    assert "Too many lawyers" in told.get(text__contains="Baraka").text


def test_one_decision_is_one_mail_to_a_focal_point(nominate, decide):
    decide(nominate(), nominate("Baraka Mwangi", "baraka@example.org"))
    assert mails("focal_point@example.org") == ["nomination-results"]


def test_who_is_no_longer_focal_point_is_not_told(nominate, decide, cast):
    made = nominate()
    revoke_role(actor=None, assignment=cast.focal_point.role_assignments.get())
    grant_role(actor=None, user=cast.outsider, role=Role.FOCAL_POINT, country_id="KE")
    decide(made)
    assert mails("focal_point@example.org") == []
    assert mails("outsider@example.org") == ["nomination-results"]


def test_who_is_not_selected_is_told_why(nominate, decide):
    with pytest.raises(ReasonMissing):
        decide(nominate(), state="not-selected", reason="  ")


def test_a_decision_is_changed_until_the_answer(nominate, decide):
    made = nominate()
    decide(made)
    token = nomination_token(made)
    decide(made, state="reserve")
    assert mails("achieng@example.org")[-1] == "nomination_taken_back"
    with pytest.raises(AlreadyDecided):
        services.read_nomination(token)
    decide(made, state="nominated")
    decide(made)
    services.confirm_nomination(nomination=services.read_nomination(token))
    with pytest.raises(AlreadyDecided, match="Achieng Otieno"):
        decide(made, state="not-selected", reason="Too late")


def test_deciding_the_same_again_writes_to_nobody(nominate, decide):
    made = nominate()
    decide(made)
    before = OutboxMail.objects.count()
    assert decide(made) == []
    assert OutboxMail.objects.count() == before


def test_places_are_respected_and_kept(nominate, decide, asking, register, cast):
    register(asking, cast.learner)
    register(asking, cast.outsider)
    first, second = nominate(), nominate("Baraka Mwangi", "baraka@example.org")
    with pytest.raises(WorkshopFull, match="1 place too few"):
        decide(first, second)
    assert not OutboxMail.objects.filter(key__startswith="nomination_selected").exists()
    decide(first)
    with pytest.raises(WorkshopFull):
        register(asking, cast.editor)
    decide(first, state="reserve")
    register(asking, cast.editor)


@pytest.mark.parametrize("first", ["by themselves", "at the door"])
def test_a_selected_person_who_is_registered_takes_one_place(nominate, decide, asking, register, cast, first):
    made = nominate("Learner", "learner@example.org")
    if first == "by themselves":
        register(asking, cast.learner)
    decide(made)
    if first == "at the door":
        services.register(actor=None, participant=made.participant, workshop=asking, source="walk-in")
    assert Workshop.objects.with_people().get(pk=asking.pk).taken == 1


@pytest.mark.parametrize("email", ["trainer@example.org", "nobody-knows@example.org"])
def test_nobody_decides_on_themselves(nominate, decide, cast, email):
    made = nominate("Quite Another Name", email)
    if email.startswith("nobody"):
        Nomination.objects.filter(pk=made.pk).update(participant=cast.trainer.participant)
    with pytest.raises(OwnNomination):
        decide(made)
    decide(made, who="organiser")


def test_nominations_of_another_workshop_are_not_decided_here(decide):
    with pytest.raises(WorkshopError, match="Choose at least one"):
        decide(factories.NominationFactory())


def test_nothing_is_decided_for_a_workshop_that_is_over_or_cancelled(nominate, decide, asking, cast):
    made = nominate()
    with time_machine.travel(timezone.now() + timedelta(days=30)), pytest.raises(WorkshopOver):
        decide(made)
    services.cancel_workshop(actor=cast.trainer, workshop=asking, reason="Flood")
    with pytest.raises(WorkshopCancelled):
        decide(made)


def test_cancelling_the_workshop_takes_invitations_back(nominate, decide, asking, cast):
    decide(nominate())
    services.cancel_workshop(actor=cast.trainer, workshop=asking, reason="Flood")
    assert mails("achieng@example.org")[-1] == "nomination_taken_back"


# --- The answer -------------------------------------------------------------------------------


@pytest.fixture
def invited(nominate, decide):
    made = nominate(represents="government", organisation="Ministry of then", position="Lawyer")
    decide(made)
    return services.read_nomination(nomination_token(made))


def test_yes_registers_for_whom_the_nomination_says(invited, asking):
    person = invited.participant
    person.country_id, person.organisation = "UG", "Firm of now"
    person.save()
    registration = services.confirm_nomination(nomination=invited)
    assert (registration.source, registration.country_id, registration.organisation, registration.position) == (
        "nomination", "KE", "Ministry of then", "Lawyer"
    )  # fmt: skip
    invited.refresh_from_db()
    assert (invited.state, invited.answered_at is not None) == ("confirmed", True)
    assert mails("achieng@example.org")[-1] == "workshop-registered"
    assert services.read_nomination(nomination_token(invited)) == invited  # the link says so ever after
    with pytest.raises(AlreadyDecided):
        services.confirm_nomination(nomination=invited)


def test_yes_enrols_in_the_cohort_and_offers_an_account(invited, asking):
    asking.cohort = factories.CohortFactory(course=asking.course)
    asking.save()
    services.confirm_nomination(nomination=invited)
    enrolment = Enrolment.objects.get()
    assert (enrolment.source, enrolment.country_id, enrolment.organisation) == ("nomination", "KE", "Ministry of then")
    assert "activate" in mails("achieng@example.org")


def test_a_full_cohort_does_not_take_the_place_in_the_workshop(invited, asking):
    asking.cohort = factories.CohortFactory(course=asking.course, capacity=0)
    asking.save()
    services.confirm_nomination(nomination=invited)
    assert Registration.objects.exists()
    assert not Enrolment.objects.exists()
    assert AuditEntry.objects.filter(action="workshops.nominee_not_enrolled").exists()


def test_who_registered_by_themselves_stays_registered_so(nominate, decide, asking, register):
    made = nominate()
    mine = register(asking, made.participant)
    decide(made)
    assert services.confirm_nomination(nomination=made) == mine
    mine.refresh_from_db()
    assert mine.source == "self"


def test_no_gives_the_place_back_and_the_country_may_nominate_another(invited, asking, nominate):
    services.decline_nomination(nomination=invited)
    assert Workshop.objects.with_people().get(pk=asking.pk).taken == 0
    assert not Registration.objects.exists()
    nominate("Two Person", "two@example.org")
    nominate("Three Person", "three@example.org")


ANSWERS = {"confirm": ("confirmed", "has confirmed and will take part"), "decline": ("declined", "has declined the")}


def answered(nomination, answer):
    return {"confirm": services.confirm_nomination, "decline": services.decline_nomination}[answer](
        nomination=nomination
    )


class TestTheFocalPointIsToldOfTheAnswer:
    def told(self, to="focal_point@example.org"):
        return list(OutboxMail.objects.filter(to=to, key__startswith="nomination-answer:"))

    @pytest.mark.parametrize("answer", ANSWERS)
    def test_once_with_name_workshop_and_answer_and_nothing_else(self, invited, asking, answer):
        before = OutboxMail.objects.filter(to="focal_point@example.org").count()
        answered(invited, answer)
        state, words = ANSWERS[answer]
        (mail,) = self.told()
        assert OutboxMail.objects.filter(to="focal_point@example.org").count() == before + 1
        assert mail.key.startswith(f"nomination-answer:{invited.pk}:") and f":{state}:" in mail.key
        assert mail.subject == "Your nominations: Legal frameworks"
        for part in (mail.text, mail.html):
            assert "Achieng Otieno" in part and "Legal frameworks" in part and words in part
            for secret in ("achieng@example.org", "Ministry", "Lawyer", asking.city or "Nairobi", "registered"):
                assert secret not in part
        tell_answer(Nomination.objects.get())
        assert len(self.told()) == 1

    @pytest.mark.parametrize("answer", ANSWERS)
    def test_in_their_language(self, invited, cast, answer):
        cast.focal_point.language = "fr"
        cast.focal_point.save()
        answered(invited, answer)
        (mail,) = self.told()
        assert mail.language == "fr" and 'lang="fr"' in mail.html

    def test_the_countrys_present_ones_where_the_nominator_is_none_any_more(self, invited, cast):
        revoke_role(actor=None, assignment=cast.focal_point.role_assignments.get())
        grant_role(actor=None, user=cast.outsider, role=Role.FOCAL_POINT, country_id="KE")
        grant_role(actor=None, user=cast.learner, role=Role.FOCAL_POINT, country_id="UG")
        answered(invited, "decline")
        assert self.told() == []
        assert len(self.told("outsider@example.org")) == 1
        assert self.told("learner@example.org") == []

    def test_nobody_is_told_of_their_own_answer(self, nominate, decide, cast):
        made = nominate("Focal Point", "focal_point@example.org", actor=None)
        decide(made)
        answered(services.read_nomination(nomination_token(made)), "confirm")
        assert self.told() == []

    def test_a_nomination_made_again_after_a_no_is_told_again(self, invited, nominate, decide):
        answered(invited, "decline")
        again = nominate()
        assert again.pk == invited.pk
        decide(again)
        answered(services.read_nomination(nomination_token(again)), "decline")
        assert len(self.told()) == 2

    def test_of_who_was_erased_no_mail_is_left(self, invited):
        answered(invited, "confirm")
        erase_person(Person(participant=invited.participant))
        assert self.told() == []


def test_nobody_answers_after_the_workshop(invited):
    with time_machine.travel(timezone.now() + timedelta(days=30)), pytest.raises(WorkshopOver):
        services.confirm_nomination(nomination=invited)


def test_a_link_is_for_one_nomination_and_one_address(invited, nominate):
    with pytest.raises(LinkInvalid):
        services.read_nomination("forged")
    token = nomination_token(invited)
    Nomination.objects.filter(pk=invited.pk).update(email="other@example.org")
    with pytest.raises(AlreadyDecided):
        services.read_nomination(token)
    with pytest.raises(AlreadyDecided):
        services.read_nomination(nomination_token(nominate("Not Yet", "not-yet@example.org")))


def test_the_link_follows_a_record_that_was_merged(invited, asking):
    token = nomination_token(invited)
    kept = factories.ParticipantFactory(name="Achieng Otieno")
    factories.NominationFactory(workshop=asking, participant=kept, country_id="UG")
    merge_participants(actor=None, source=invited.participant, into=kept)
    found = services.read_nomination(token)
    assert (found.participant, found.country_id, found.state) == (kept, "KE", "selected")
    services.confirm_nomination(nomination=found)
    assert Registration.objects.get().participant == kept
