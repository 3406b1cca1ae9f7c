"""What a focal point sees of the people put forward from the own country: plain values, and nothing besides.

A focal point sees nomination, attendance and certificates of own nominees; never grades, posts, roadmaps, evaluations,
notes or who came by themselves (docs/privacy.md). What was put forward is the nomination, and the registration or
enrolment that came of it, not the person: a course that a nominee follows besides, of their own will, is not shown.
The name is the one that the focal point wrote, not that of a record which may have been here before. The page is
handed these values instead of records, so a template cannot reach further than this file does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from courses.catalogue.models import Enrolment
from courses.participants.models import Participant

from .facts import AttendanceFact, days_attended
from .models import Attendance, Nomination, Registration


@dataclass(frozen=True)
class Award:
    """A certificate as a focal point sees it; the serial leads to the public check."""

    serial: str
    kind: str
    state: str
    issued_at: datetime


@dataclass(frozen=True)
class Sitting:
    """One session of a workshop and whether the nominee was there; an empty word where nobody noted it."""

    title: str
    day: date
    was_there: str


@dataclass(frozen=True)
class Nominee:
    """One person put forward for one workshop or cohort."""

    country: str
    name: str
    title: str
    starts_on: date | None
    state: str
    attendance: AttendanceFact | None = None
    sittings: tuple[Sitting, ...] = ()
    awards: tuple[Award, ...] = ()
    reason: str = ""
    withdraw: int | None = None
    """The key of the nomination while it can be taken back."""


Subject = tuple[int, str]
"""A participant's id and what they were put forward for: ``"workshop:1"`` or ``"cohort:1"``."""

Awards = Callable[[Collection[Subject]], dict[Subject, list[Award]]]
_awards: list[Awards] = []


def register_awards(awards: Awards) -> None:
    """Register ``awards(subjects)``, which returns the certificates of these people about these subjects alone."""
    _awards.append(awards)


def nominees(countries: Collection[str]) -> tuple[list[Nominee], list[Participant]]:
    """Return everybody put forward from these countries, the newest first, and whose data that is.

    A constant number of queries. Whoever was erased or merged into another record is left out.
    """
    here = {"participant__merged_into__isnull": True, "participant__erased_at__isnull": True}
    nominations = list(
        Nomination.objects.present()
        .filter(country__in=countries, workshop__archived_at__isnull=True)
        .select_related("participant", "workshop")
        .prefetch_related("workshop__texts")
    )
    registrations = list(
        Registration.objects.nominated_from(countries)
        .filter(workshop__archived_at__isnull=True, **here)
        .select_related("participant", "workshop")
        .prefetch_related("workshop__texts", "workshop__sessions")
    )
    enrolments = list(
        Enrolment.objects.nominated_from(countries)
        .filter(cohort__archived_at__isnull=True, **here)
        .select_related("participant", "cohort__course__item")
    )
    awarded = _awarded([*map(_about, registrations), *map(_about, enrolments)])
    marks = _marks(registrations)
    words = {(row.participant_id, row.workshop_id, row.country_id): row for row in nominations}
    found = []
    for row in registrations:
        nomination = words.pop((row.participant_id, row.workshop_id, row.country_id), None)
        found.append(_registered(row, marks, awarded, nomination))
    found += [put_forward(row) for row in words.values()]
    found += [_enrolled(row, awarded, _name(row, nominations)) for row in enrolments]
    found.sort(key=lambda one: (one.name, one.title))
    found.sort(key=lambda one: one.starts_on or date.min, reverse=True)
    rows = (*nominations, *registrations, *enrolments)
    return found, list({row.participant_id: row.participant for row in rows}.values())


def put_forward(row: Nomination) -> Nominee:
    """Return a nomination of which no registration came; needs ``workshop`` with its texts."""
    return Nominee(
        country=str(row.country_id),
        name=row.name,
        title=row.workshop.title,
        starts_on=row.workshop.starts_on,
        state=str(row.get_state_display()),
        reason=row.reason,
        withdraw=row.pk if row.state == Nomination.State.NOMINATED else None,
    )


def _name(row: Enrolment, nominations: Iterable[Nomination]) -> str:
    """The name under which the country put somebody forward for a workshop of the cohort, else that of the record."""
    for nomination in nominations:
        if (nomination.participant_id, nomination.workshop.cohort_id) == (row.participant_id, row.cohort_id):
            return nomination.name
    return row.participant.name


def _about(row: Registration | Enrolment) -> Subject:
    subject = f"workshop:{row.workshop_id}" if isinstance(row, Registration) else f"cohort:{row.cohort_id}"
    return row.participant_id, subject


def _awarded(subjects: Collection[Subject]) -> dict[Subject, list[Award]]:
    found: dict[Subject, list[Award]] = {}
    for awards in _awards:
        for subject, some in awards(subjects).items():
            found.setdefault(subject, []).extend(some)
    return found


def _marks(registrations: Iterable[Registration]) -> dict[tuple[int, int], Attendance]:
    people = {row.participant_id for row in registrations}
    workshops = {row.workshop_id for row in registrations}
    rows = Attendance.objects.filter(participant__in=people, session__workshop__in=workshops)
    return {(row.participant_id, row.session_id): row for row in rows}


def _registered(
    row: Registration,
    marks: dict[tuple[int, int], Attendance],
    awarded: dict[Subject, list[Award]],
    nomination: Nomination | None,
) -> Nominee:
    sessions = [session for session in row.workshop.sessions.all() if session.day <= row.workshop.today]
    noted = {session.pk: marks.get((row.participant_id, session.pk)) for session in sessions}
    minutes = {pk: mark.minutes for pk, mark in noted.items() if mark is not None}
    return Nominee(
        country=str(row.country_id),
        name=nomination.name if nomination is not None else row.participant.name,
        title=row.workshop.title,
        starts_on=row.workshop.starts_on,
        state=str(row.get_state_display()),
        attendance=days_attended(sessions, minutes) if sessions else None,
        sittings=tuple(
            Sitting(session.title, session.day, str(mark.get_state_display()) if (mark := noted[session.pk]) else "")
            for session in sessions
        ),
        awards=tuple(awarded.get(_about(row), ())),
    )


def _enrolled(row: Enrolment, awarded: dict[Subject, list[Award]], name: str) -> Nominee:
    return Nominee(
        country=str(row.country_id),
        name=name,
        title=f"{row.cohort.course}, {row.cohort.title}",
        starts_on=row.cohort.starts_on,
        state=str(row.get_state_display()),
        awards=tuple(awarded.get(_about(row), ())),
    )
