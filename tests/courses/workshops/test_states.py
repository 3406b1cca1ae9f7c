"""Announcing, opening, closing, cancelling, holding, archiving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core.models import AuditEntry
from courses.workshops import errors, services
from courses.workshops.models import Workshop
from jobs.models import OutboxMail
from tests import factories


@pytest.fixture
def set_state(workshop):
    def setting(state, **fields):
        Workshop.objects.filter(pk=workshop.pk).update(state=state, **fields)
        workshop.refresh_from_db()
        return workshop

    return setting


@pytest.mark.parametrize(
    ("act", "state", "after"),
    [
        ("announce", "proposed", "announced"),
        ("open_registration", "proposed", "open"),
        ("open_registration", "announced", "open"),
        ("open_registration", "closed", "open"),
        ("close_registration", "open", "closed"),
        ("announce", "open", None),
        ("announce", "closed", None),
        ("open_registration", "open", None),
        ("close_registration", "proposed", None),
        ("close_registration", "closed", None),
    ],
)
def test_each_act_fits_certain_states(set_state, cast, act, state, after):
    workshop = set_state(state)
    if after is None:
        with pytest.raises(errors.WrongState):
            getattr(services, act)(actor=cast.trainer, workshop=workshop)
        return
    assert getattr(services, act)(actor=cast.trainer, workshop=workshop).state == after
    assert AuditEntry.objects.get(action=f"workshops.{act}").data == {"was": state}


@pytest.mark.parametrize("who", ["other_trainer", "learner", "focal_point", "other_organiser"])
def test_nobody_else_changes_the_state(set_state, cast, who):
    workshop = set_state("proposed")
    with pytest.raises(errors.NotYourWorkshop):
        services.open_registration(actor=getattr(cast, who), workshop=workshop)


def test_registration_does_not_open_after_its_last_day(set_state, cast, workshop):
    workshop = set_state("closed", registration_closes_on=workshop.today - timedelta(days=1))
    with pytest.raises(errors.RegistrationClosed):
        services.open_registration(actor=cast.trainer, workshop=workshop)


def test_registration_does_not_open_when_it_is_over(set_state, cast, workshop):
    past = {"starts_on": workshop.today - timedelta(days=9), "ends_on": workshop.today - timedelta(days=8)}
    with pytest.raises(errors.WorkshopOver):
        services.open_registration(actor=cast.trainer, workshop=set_state("closed", **past))


def test_cancelling_tells_everybody_registered_why(workshop, cast, register):
    register(workshop, cast.learner)
    given_back = register(workshop, cast.outsider)
    services.cancel_registration(actor=None, registration=given_back)
    OutboxMail.objects.all().delete()
    services.cancel_workshop(actor=cast.trainer, workshop=workshop, reason="The venue was flooded.")
    mail = OutboxMail.objects.get()
    assert mail.to == "learner@example.org"
    assert mail.subject.startswith("Cancelled: Legal frameworks")
    assert "The venue was flooded." in mail.text
    assert "The venue was flooded." in mail.html


def test_cancelling_asks_for_a_reason_and_happens_once(workshop, cast):
    with pytest.raises(errors.WorkshopError) as caught:
        services.cancel_workshop(actor=cast.trainer, workshop=workshop, reason="  ")
    assert caught.value.field == "reason"
    services.cancel_workshop(actor=cast.trainer, workshop=workshop, reason="Flood")
    with pytest.raises(errors.WrongState):
        services.cancel_workshop(actor=cast.trainer, workshop=workshop, reason="Flood")


def test_what_is_over_is_not_cancelled(set_state, cast):
    with pytest.raises(errors.WorkshopOver):
        services.cancel_workshop(actor=cast.trainer, workshop=set_state("held"), reason="Late")


def test_the_database_itself_asks_for_a_reason(workshop):
    with pytest.raises(IntegrityError), transaction.atomic():
        Workshop.objects.filter(pk=workshop.pk).update(state="cancelled")


def test_a_cancelled_workshop_no_longer_changes(workshop, session, cast, register):
    registration = register(workshop, cast.learner)
    services.cancel_workshop(actor=cast.trainer, workshop=workshop, reason="Flood")
    for act in (
        lambda: services.open_registration(actor=cast.trainer, workshop=workshop),
        lambda: services.change_workshop(actor=cast.trainer, workshop=workshop, city="Elsewhere"),
        lambda: services.record_attendance(
            actor=cast.trainer, session=session, marks={registration.participant_id: "present"}
        ),
    ):
        with pytest.raises(errors.WorkshopCancelled):
            act()


@pytest.mark.parametrize(
    ("zone", "held"),
    [("Pacific/Kiritimati", True), ("UTC", False), ("Pacific/Pago_Pago", False)],
)
def test_a_workshop_is_held_when_its_last_day_is_past_at_the_venue(db, zone, held):
    made = factories.WorkshopFactory(starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 1), time_zone=zone, state="open")
    with time_machine.travel(datetime(2026, 9, 1, 23, tzinfo=UTC), tick=False):
        assert services.hold_past_workshops() == held
    made.refresh_from_db()
    assert (made.state == "held") is held


def test_drafts_and_cancelled_workshops_are_never_held(db):
    past = {"starts_on": date(2020, 9, 1), "ends_on": date(2020, 9, 1)}
    factories.WorkshopFactory(state="proposed", **past)
    factories.WorkshopFactory(state="cancelled", cancel_reason="Flood", **past)
    assert services.hold_past_workshops() == 0


def test_only_organisers_archive_and_not_under_people(workshop, cast, register):
    with pytest.raises(errors.NotYourWorkshop):
        services.archive_workshop(actor=cast.trainer, workshop=workshop)
    register(workshop, cast.learner)
    with pytest.raises(errors.WrongState):
        services.archive_workshop(actor=cast.organiser, workshop=workshop)
    services.cancel_workshop(actor=cast.organiser, workshop=workshop, reason="Flood")
    assert services.archive_workshop(actor=cast.organiser, workshop=workshop).archived_at
    assert workshop not in Workshop.objects.public()
