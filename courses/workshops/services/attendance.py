"""Who was there, session by session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from courses.catalogue.services import notice_participants
from courses.participants.addresses import own_addresses
from courses.participants.models import Participant
from courses.participants.permissions import is_own

from ..errors import NotRegistered, OwnAttendance, SessionNotYet, WrongMinutes
from ..models import Attendance, Session, Workshop
from .common import managed


@dataclass(frozen=True)
class Mark:
    """What is recorded of one person in one session. ``minutes`` only for part of the time."""

    state: str
    minutes: int | None = None


@transaction.atomic
def record_attendance(*, actor: Any, session: Session, marks: Mapping[int, Mark | str | None]) -> int:
    """Record a session's attendance and return how many records changed.

    ``marks`` is ``{participant id: state or Mark}``; ``None`` takes a record back. Raises ``NotYourWorkshop``,
    ``OwnAttendance``, ``NotRegistered`` for people who were never registered, ``SessionNotYet`` before the
    session's day at the venue, ``WrongMinutes``. All or nothing.
    """
    workshop = managed(actor, session.workshop)
    if not marks:
        return 0
    session = Session.objects.select_for_update().get(pk=session.pk)
    if workshop.today < session.day:
        raise SessionNotYet(
            _("“%(session)s” takes place on %(date)s. Attendance can be recorded from that day on.")
            % {"session": session.title, "date": date_format(session.day)}
        )
    _require_others(actor, marks)
    registered = set(workshop.registrations.filter(participant__in=marks).values_list("participant", flat=True))
    if set(marks) - registered:
        raise NotRegistered(_("Somebody on this list is not registered for the workshop. Load the page again."))
    held = {row.participant_id: row for row in session.attendance.filter(participant__in=marks)}
    changes: dict[str, list[Any]] = {}
    written, taken_back = [], []
    for participant_id, mark in marks.items():
        row = held.get(participant_id)
        was = [row.state, row.minutes] if row else None
        if mark is None:
            if row is not None:
                taken_back.append(row.pk)
                changes[str(participant_id)] = [was, None]
            continue
        mark = mark if isinstance(mark, Mark) else Mark(str(mark))
        now = [str(Attendance.State(mark.state)), _minutes(mark, session)]
        if was == now:
            continue
        row = row or Attendance(session=session, participant_id=participant_id)
        row.state, row.minutes = now  # type: ignore[assignment]
        row.recorded_by, row.recorded_at = actor, timezone.now()
        written.append(row)
        changes[str(participant_id)] = [was, now]
    if not changes:
        return 0
    Attendance.objects.filter(pk__in=taken_back).delete()
    Attendance.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["session", "participant"],
        update_fields=["state", "minutes", "recorded_by", "recorded_at"],
    )
    audit.record(actor=actor, action="workshops.record_attendance", obj=session, workshop=workshop.key, changes=changes)
    transaction.on_commit(partial(notice_participants, list(marks)))
    return len(changes)


@transaction.atomic
def record_sheet(*, actor: Any, workshop: Workshop, sheet: Mapping[Session, Mapping[int, Mark | str | None]]) -> int:
    """Record several sessions at once, all or nothing; raises what ``record_attendance`` does."""
    return sum(record_attendance(actor=actor, session=session, marks=marks) for session, marks in sheet.items())


def _require_others(actor: Any, marks: Mapping[int, Any]) -> None:
    if actor is None:
        return
    proved = own_addresses(actor)
    others = Participant.objects.filter(pk__in=marks).only("user", "email")
    if any(is_own(actor, person, proved) for person in others):
        raise OwnAttendance(_("You cannot record your own attendance. Ask another trainer or an organiser."))


def _minutes(mark: Mark, session: Session) -> int:
    if mark.state == Attendance.State.ABSENT:
        return 0
    if mark.state == Attendance.State.PRESENT:
        return session.minutes
    if mark.minutes is None or not 0 < mark.minutes < session.minutes:
        raise WrongMinutes(
            ngettext(
                "Part of the time is between 1 minute and %(minutes)d minute.",
                "Part of the time is between 1 minute and %(minutes)d minutes.",
                session.minutes - 1,
            )
            % {"minutes": session.minutes - 1}
        )
    return mark.minutes
