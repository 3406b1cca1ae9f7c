"""Recording who was there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import AuditEntry
from courses.participants.models import Participant
from courses.workshops import errors, services
from courses.workshops.models import Attendance, Workshop
from courses.workshops.services import Mark


def state_of(registration):
    row = Attendance.objects.filter(participant=registration.participant_id).first()
    return (row.state, row.minutes) if row else None


@pytest.mark.parametrize(
    ("mark", "kept"),
    [
        ("present", ("present", 90)),
        ("absent", ("absent", 0)),
        (Mark("partly", 30), ("partly", 30)),
        (Mark("partly", 1), ("partly", 1)),
        (Mark("partly", 89), ("partly", 89)),
        (Mark("present", 5), ("present", 90)),
    ],
)
def test_a_mark_is_kept_with_its_minutes(workshop, session, cast, register, mark, kept):
    registration = register(workshop, cast.learner)
    assert (
        services.record_attendance(actor=cast.trainer, session=session, marks={registration.participant_id: mark}) == 1
    )
    assert state_of(registration) == kept
    assert Attendance.objects.get().recorded_by == cast.trainer


@pytest.mark.parametrize("minutes", [None, 0, -5, 90, 91, 10_000])
def test_minutes_must_fit_the_session(workshop, session, cast, register, minutes):
    registration = register(workshop, cast.learner)
    with pytest.raises(errors.WrongMinutes, match="89"):
        services.record_attendance(
            actor=cast.trainer, session=session, marks={registration.participant_id: Mark("partly", minutes)}
        )
    assert state_of(registration) is None


def test_one_wrong_mark_keeps_all_from_being_saved(workshop, session, cast, register):
    good, bad = register(workshop, cast.learner), register(workshop, cast.outsider)
    marks = {good.participant_id: "present", bad.participant_id: Mark("partly", 500)}
    with pytest.raises(errors.WrongMinutes):
        services.record_attendance(actor=cast.trainer, session=session, marks=marks)
    assert not Attendance.objects.exists()


def test_a_mark_is_corrected_and_taken_back_and_the_trail_tells(workshop, session, cast, register):
    registration = register(workshop, cast.learner)
    person = registration.participant_id
    for mark in ("present", "absent", None):
        services.record_attendance(actor=cast.trainer, session=session, marks={person: mark})
    assert state_of(registration) is None
    changes = [
        entry.data["changes"][str(person)]
        for entry in AuditEntry.objects.filter(action="workshops.record_attendance").order_by("pk")
    ]
    assert changes == [[None, ["present", 90]], [["present", 90], ["absent", 0]], [["absent", 0], None]]


def test_saving_the_same_again_changes_nothing(workshop, session, cast, register):
    marks = {register(workshop, cast.learner).participant_id: "present"}
    assert services.record_attendance(actor=cast.trainer, session=session, marks=marks) == 1
    assert services.record_attendance(actor=cast.organiser, session=session, marks=marks) == 0
    assert Attendance.objects.get().recorded_by == cast.trainer
    assert AuditEntry.objects.filter(action="workshops.record_attendance").count() == 1


def test_nobody_records_for_themselves(workshop, session, cast, register):
    register(workshop, cast.trainer)
    own = Participant.objects.get(user=cast.trainer)
    with pytest.raises(errors.OwnAttendance):
        services.record_attendance(actor=cast.trainer, session=session, marks={own.pk: "present"})
    assert services.record_attendance(actor=cast.organiser, session=session, marks={own.pk: "present"}) == 1


@pytest.mark.parametrize("who", ["other_trainer", "learner", "focal_point", "other_organiser"])
def test_only_those_who_run_the_workshop_record(workshop, session, cast, register, who):
    marks = {register(workshop, cast.learner).participant_id: "present"}
    with pytest.raises(errors.NotYourWorkshop):
        services.record_attendance(actor=getattr(cast, who), session=session, marks=marks)


def test_people_who_never_registered_are_not_recorded(workshop, session, cast):
    with pytest.raises(errors.NotRegistered):
        services.record_attendance(
            actor=cast.trainer, session=session, marks={Participant.objects.get(user=cast.learner).pk: "present"}
        )


def test_a_day_to_come_cannot_be_recorded(workshop, add_session, cast, register):
    tomorrow = add_session(workshop, "Closing", days=1)
    marks = {register(workshop, cast.learner).participant_id: "present"}
    with pytest.raises(errors.SessionNotYet, match="Closing"):
        services.record_attendance(actor=cast.trainer, session=tomorrow, marks=marks)


def test_attendance_survives_the_registration(workshop, session, cast, register):
    registration = register(workshop, cast.learner)
    services.record_attendance(actor=cast.trainer, session=session, marks={registration.participant_id: "present"})
    services.cancel_registration(actor=cast.learner, registration=registration)
    assert state_of(registration) == ("present", 90)


def test_a_whole_sheet_is_saved_or_nothing(workshop, session, add_session, cast, register):
    tomorrow = add_session(workshop, "Closing", days=1)
    person = register(workshop, cast.learner).participant_id
    with pytest.raises(errors.SessionNotYet):
        services.record_sheet(
            actor=cast.trainer,
            workshop=workshop,
            sheet={session: {person: "present"}, tomorrow: {person: "present"}},
        )
    assert not Attendance.objects.exists()


def test_a_past_workshop_can_still_be_recorded(workshop, session, cast, register):
    registration = register(workshop, cast.learner)
    Workshop.objects.filter(pk=workshop.pk).update(
        state="held", starts_on=workshop.today - timedelta(days=5), ends_on=workshop.today
    )
    assert services.record_attendance(
        actor=cast.trainer, session=session, marks={registration.participant_id: "present"}
    )
