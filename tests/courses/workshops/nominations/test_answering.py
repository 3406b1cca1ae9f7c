"""Whoever is selected says yes or no by a link; the focal point who nominated is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.links import LinkInvalid
from core.models import AuditEntry
from core.personal import Person
from courses.catalogue.models import Enrolment
from courses.participants.services import merge_participants
from courses.privacy.erasing import erase_person
from courses.workshops import services
from courses.workshops.errors import (
    AlreadyDecided,
    WorkshopOver,
)
from courses.workshops.models import Nomination, Registration, Workshop
from courses.workshops.services.nomination_mails import nomination_token, tell_answer
from institutions.models import Role
from institutions.services import grant_role, revoke_role
from jobs.models import OutboxMail
from tests import factories

from .pages import mails

pytestmark = pytest.mark.django_db


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
