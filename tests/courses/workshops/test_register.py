"""Registering and cancelling: who, when, how many, and what is kept."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.models import AuditEntry
from courses.participants.models import Participant
from courses.participants.services import RecordGone, merge_participants, save_details
from courses.workshops import errors, services
from courses.workshops.models import Registration, Workshop
from jobs.models import OutboxMail
from tests import factories


def own(user):
    return Participant.objects.get(user=user)


def test_a_learner_registers_and_is_told_by_mail(workshop, session, cast):
    registration = services.register(
        actor=cast.learner, participant=own(cast.learner), workshop=workshop, language="en"
    )
    assert registration.state == "registered"
    assert registration.source == "self"
    assert AuditEntry.objects.get(action="workshops.register").actor == cast.learner
    mail = OutboxMail.objects.get()
    assert mail.to == "learner@example.org"
    assert mail.subject == "You are registered: Legal frameworks"
    for words in ("Dear Learner", "Opening", "09:00–10:30", "Nairobi time (UTC+3)", "/calendar/", ".ics"):
        assert words in mail.text, words
    assert "Add to my calendar" in mail.html


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh-hans"])
def test_the_mail_speaks_the_language_of_the_page(workshop, session, cast, language):
    services.register(actor=cast.learner, participant=own(cast.learner), workshop=workshop, language=language)
    mail = OutboxMail.objects.get()
    assert mail.language == language
    assert f"/{language}/workshops/" in mail.text


def test_nobody_is_registered_on_a_record_that_was_erased_or_merged_since_it_was_read(workshop, cast):
    erased, merged = factories.ParticipantFactory(), factories.ParticipantFactory()
    Participant.objects.filter(pk=erased.pk).update(erased_at=timezone.now())
    Participant.objects.filter(pk=merged.pk).update(merged_into=factories.ParticipantFactory())
    for gone in (erased, merged):
        with pytest.raises(RecordGone):
            services.register(actor=None, participant=gone, workshop=workshop)
    assert not workshop.registrations.exists()


def test_whom_one_represents_is_kept_as_it_was(workshop, cast):
    person = own(cast.learner)
    details = {"organisation": "Ministry", "position": "Lawyer", "country": "KE", "represents": "government"}
    save_details(actor=cast.learner, user=cast.learner, data=details)
    person.refresh_from_db()
    registration = services.register(actor=cast.learner, participant=person, workshop=workshop)
    save_details(actor=cast.learner, user=cast.learner, data={"organisation": "University", "country": "UG"})
    registration.refresh_from_db()
    assert (registration.organisation, registration.position) == ("Ministry", "Lawyer")
    assert (registration.country_id, registration.represents) == ("KE", "government")


def test_coming_back_takes_the_present_details_and_one_row(workshop, cast):
    registration = services.register(actor=cast.learner, participant=own(cast.learner), workshop=workshop)
    services.cancel_registration(actor=cast.learner, registration=registration)
    save_details(actor=cast.learner, user=cast.learner, data={"organisation": "University"})
    again = services.register(actor=cast.learner, participant=own(cast.learner), workshop=workshop)
    assert again.pk == registration.pk
    assert (again.state, again.organisation, again.cancelled_at) == ("registered", "University", None)
    assert OutboxMail.objects.count() == 3  # registered, cancelled, registered


def test_nobody_registers_twice(workshop, cast):
    services.register(actor=cast.learner, participant=own(cast.learner), workshop=workshop)
    with pytest.raises(errors.AlreadyRegistered):
        services.register(actor=cast.learner, participant=own(cast.learner), workshop=workshop)
    assert Registration.objects.count() == 1


def test_the_last_place_is_given_once(workshop, cast, register):
    for user in (cast.learner, cast.outsider, cast.focal_point):
        register(workshop, user)
    with pytest.raises(errors.WorkshopFull):
        register(workshop, cast.organiser)


def test_a_cancelled_place_is_free_again(workshop, cast, register):
    rows = [register(workshop, user) for user in (cast.learner, cast.outsider, cast.focal_point)]
    services.cancel_registration(actor=cast.learner, registration=rows[0])
    assert register(workshop, cast.organiser).state == "registered"


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"state": "proposed"}, errors.RegistrationClosed, "not opened"),
        ({"state": "announced"}, errors.RegistrationClosed, "not opened"),
        ({"state": "closed"}, errors.RegistrationClosed, "is closed"),
        ({"state": "held"}, errors.RegistrationClosed, "is over"),
        ({"state": "cancelled", "cancel_reason": "Flood"}, errors.WorkshopCancelled, "cancelled"),
        ({"last_day": -1}, errors.RegistrationClosed, "closed on"),
        ({"past": True}, errors.RegistrationClosed, "is over"),
    ],
)
def test_outside_the_window_the_reason_is_said(workshop, cast, fields, error, words):
    if (days := fields.pop("last_day", None)) is not None:
        fields["registration_closes_on"] = workshop.today + timedelta(days=days)
    if fields.pop("past", False):
        fields |= {"starts_on": workshop.today - timedelta(days=3), "ends_on": workshop.today - timedelta(days=2)}
    Workshop.objects.filter(pk=workshop.pk).update(**fields)
    with pytest.raises(error, match=words):
        services.register(actor=cast.learner, participant=own(cast.learner), workshop=workshop)
    assert not OutboxMail.objects.exists()


def test_the_last_day_itself_is_open(workshop, cast):
    Workshop.objects.filter(pk=workshop.pk).update(registration_closes_on=workshop.today)
    assert services.register(actor=cast.learner, participant=own(cast.learner), workshop=workshop)


def test_nobody_registers_another_person(workshop, cast):
    with pytest.raises(errors.NotYourRegistration):
        services.register(actor=cast.learner, participant=own(cast.outsider), workshop=workshop)
    with pytest.raises(errors.NotYourRegistration):
        services.register(actor=cast.learner, participant=own(cast.outsider), workshop=workshop, source="organiser")
    with pytest.raises(errors.NotYourRegistration):
        services.register(
            actor=cast.other_trainer, participant=own(cast.outsider), workshop=workshop, source="organiser"
        )


# --- At the door ------------------------------------------------------------------------------


def test_somebody_at_the_door_needs_no_account_and_may_share_an_address(workshop, cast):
    Workshop.objects.filter(pk=workshop.pk).update(state="closed")
    rows = [
        services.register_at_the_door(
            actor=cast.trainer, workshop=workshop, name=name, email="office@example.org", organisation="Ministry"
        )
        for name in ("Abebe Bikila", "አበበ ቢቂላ")
    ]
    assert [row.participant.user for row in rows] == [None, None]
    assert {row.source for row in rows} == {"walk-in"}
    assert {row.organisation for row in rows} == {"Ministry"}
    assert set(OutboxMail.objects.values_list("to", flat=True)) == {"office@example.org"}


def test_without_an_address_there_is_no_mail(workshop, cast):
    services.register_at_the_door(actor=cast.trainer, workshop=workshop, name="Abebe Bikila")
    assert not OutboxMail.objects.exists()


def test_a_full_workshop_is_full_at_the_door_too_and_makes_no_person(workshop, cast):
    Workshop.objects.filter(pk=workshop.pk).update(capacity=1)
    services.register_at_the_door(actor=cast.trainer, workshop=workshop, name="Abebe Bikila")
    people = Participant.objects.count()
    with pytest.raises(errors.WorkshopFull, match="Raise"):
        services.register_at_the_door(actor=cast.trainer, workshop=workshop, name="Haile")
    assert Participant.objects.count() == people


def test_who_came_is_written_down_afterwards_without_a_mail(workshop, cast):
    past = {"starts_on": workshop.today - timedelta(days=3), "ends_on": workshop.today - timedelta(days=2)}
    Workshop.objects.filter(pk=workshop.pk).update(state="held", **past)
    services.register_at_the_door(actor=cast.trainer, workshop=workshop, name="Abebe", email="a@example.org")
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("who", ["other_trainer", "learner", "focal_point"])
def test_the_door_is_kept_by_those_who_run_the_workshop(workshop, cast, who):
    with pytest.raises(errors.NotYourRegistration):
        services.register_at_the_door(actor=getattr(cast, who), workshop=workshop, name="Abebe")


# --- Cancelling -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "may"),
    [("learner", True), ("trainer", True), ("organiser", True), ("outsider", False), ("other_trainer", False)],
)
def test_one_cancels_for_oneself_and_trainers_for_all(workshop, cast, register, who, may):
    registration = register(workshop, cast.learner)
    if not may:
        with pytest.raises(errors.NotYourRegistration):
            services.cancel_registration(actor=getattr(cast, who), registration=registration)
        return
    done = services.cancel_registration(actor=getattr(cast, who), registration=registration)
    assert done.state == "cancelled"
    assert done.cancelled_at
    text = OutboxMail.objects.get(subject__startswith="Your registration is cancelled").text
    assert ("as you asked" in text) is (who == "learner")


def test_cancelling_twice_is_told(workshop, cast, register):
    registration = register(workshop, cast.learner)
    services.cancel_registration(actor=cast.learner, registration=registration)
    with pytest.raises(errors.NotRegistered):
        services.cancel_registration(actor=cast.learner, registration=registration)


def test_what_is_over_stays_on_record(workshop, cast, register):
    registration = register(workshop, cast.learner)
    Workshop.objects.filter(pk=workshop.pk).update(state="held")
    with pytest.raises(errors.WorkshopOver):
        services.cancel_registration(actor=cast.learner, registration=registration)


# --- Many at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_places_are_never_given_twice_under_load():
    """Ten people, three places, at the same moment."""
    workshop = factories.WorkshopFactory(capacity=3)
    people = [factories.ParticipantFactory() for _ in range(10)]
    start, outcomes = threading.Barrier(len(people)), []

    def one(person):
        start.wait()
        try:
            services.register(actor=None, participant=person, workshop=workshop)
            outcomes.append("registered")
        except errors.WorkshopFull:
            outcomes.append("full")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 7 + ["registered"] * 3
    assert workshop.registrations.active().count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_person_twice_at_once_is_registered_once():
    workshop, person = factories.WorkshopFactory(), factories.ParticipantFactory()
    start, outcomes = threading.Barrier(4), []

    def one():
        start.wait()
        try:
            services.register(actor=None, participant=person, workshop=workshop)
            outcomes.append("registered")
        except errors.AlreadyRegistered:
            outcomes.append("already")
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already"] * 3 + ["registered"]


# --- Two records of one person ----------------------------------------------------------------


def test_merged_records_leave_one_registration_that_holds(workshop, session, cast, register):
    kept, other = (factories.ParticipantFactory(name="Abebe Bikila") for _ in range(2))
    first, second = register(workshop, kept), register(workshop, other)
    services.record_attendance(actor=cast.trainer, session=session, marks={kept.pk: "absent", other.pk: "present"})
    services.cancel_registration(actor=None, registration=first)
    merge_participants(actor=None, source=other, into=kept)
    assert workshop.registrations.active().get().participant == kept
    assert session.attendance.get(participant=kept).state == "present"
    assert not session.attendance.filter(participant=other).exists()
    second.refresh_from_db()
    assert second.state == "cancelled"
