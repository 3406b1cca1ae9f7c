"""Whoever runs the workshop selects; who is selected is invited."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from courses.workshops import services
from courses.workshops.errors import (
    AlreadyDecided,
    NotYourWorkshop,
    OwnNomination,
    ReasonMissing,
    WorkshopCancelled,
    WorkshopError,
    WorkshopFull,
    WorkshopOver,
)
from courses.workshops.models import Nomination, Workshop
from courses.workshops.services.nomination_mails import nomination_token
from institutions.models import Role
from institutions.services import grant_role, revoke_role
from jobs.models import OutboxMail
from tests import factories

from .pages import mails

pytestmark = pytest.mark.django_db


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
