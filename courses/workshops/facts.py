"""How much of a workshop people attended, for completion and certificates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.catalogue.completion import Fact, Leaf, Outcome
from courses.catalogue.models import Course, Enrolment, SyllabusEntry
from courses.participants.models import Participant

from .models import Attendance, Registration, Session, Workshop


@dataclass(frozen=True)
class AttendanceFact:
    """Minutes attended of the minutes offered."""

    minutes: int = 0
    offered: int = 0
    days: int = 0
    days_offered: int = 0
    recorded: bool = True
    """Whether anything was noted of the person, be it absence. Without that, 0 minutes say nothing."""

    @property
    def value(self) -> float:
        """0–100; exact where it is whole, so that 58 of 100 minutes are the 58 % that a rule may ask for."""
        return min(100.0, self.minutes * 100 / self.offered) if self.offered else 0.0

    @property
    def percent(self) -> int:
        """0–100, rounded down, so that 100 is said only of all of it."""
        return min(100, self.minutes * 100 // self.offered) if self.offered else 0


def attendance_of(workshop: Workshop, participants: Iterable[Participant | int]) -> dict[int, AttendanceFact]:
    """Return ``{participant id: AttendanceFact}`` for the people asked about. Two queries."""
    ids = [person if isinstance(person, int) else person.pk for person in participants]
    offered = sum(session.minutes for session in workshop.sessions.all())
    rows = Attendance.objects.filter(session__workshop=workshop, participant__in=ids).values_list("participant")
    minutes = dict(rows.annotate(total=Sum("minutes")).order_by())
    return {pk: of_minutes(minutes.get(pk), offered) for pk in ids}


def of_minutes(attended: int | None, offered: int) -> AttendanceFact:
    """Return what somebody attended of the minutes offered: never more than these; ``None``: nothing noted. Pure."""
    return AttendanceFact(min(attended or 0, offered), offered, recorded=attended is not None)


def live_session_facts(
    course: Course, enrolments: list[Enrolment], asked: Set[str] = frozenset()
) -> dict[int, dict[str, Fact]]:
    """Facts of all live sessions of the syllabus; ``ref`` is the entry's id. Four queries.

    What counts is the share of a workshop's offered minutes that somebody attended, the minutes, and the days; a day
    from half of its minutes on. Attendance in any workshop of the course counts in every cohort of the course: it
    belongs to the person and goes along when they move. After an enrolment's last day only the workshops of its own
    cohort count, whenever attendance is recorded; other workshops then count in the next cohort.
    Registered but not (yet) there is 0 of the minutes offered, and said only of the course's own workshops and those
    of the enrolment's cohort. Several entries ask for as many workshops, see ``best_of_each``; what is required comes
    first, so that an optional webinar takes nothing from the workshop that has to be attended.
    """
    entries = [entry for entry in course.syllabus.all() if entry.kind == SyllabusEntry.Kind.LIVE_SESSION]
    entries.sort(key=lambda entry: not entry.required)  # stable: in the order of the syllabus among equals
    people = {enrolment.participant_id for enrolment in enrolments}
    workshops = list(Workshop.objects.filter(course=course).prefetch_related("sessions"))
    offered = {workshop.pk: _by_day(workshop.sessions.all()) for workshop in workshops}
    attended: dict[tuple[int, int], dict[Any, int]] = {}
    registrations = Registration.objects.active().filter(workshop__in=offered, participant__in=people)
    for pair in registrations.exclude(workshop__state=Workshop.State.CANCELLED).values_list("participant", "workshop"):
        attended[pair] = {}
    rows = Attendance.objects.filter(session__workshop__in=offered, participant__in=people)
    for participant_id, workshop_id, day, total in (
        rows.values_list("participant", "session__workshop", "session__day").annotate(total=Sum("minutes")).order_by()
    ):
        attended.setdefault((participant_id, workshop_id), {})[day] = total
    cohort_of = {workshop.pk: workshop.cohort_id for workshop in workshops}
    by_person: dict[int, list[tuple[int, dict[Any, int]]]] = {}
    for (participant_id, workshop_id), minutes in attended.items():
        by_person.setdefault(participant_id, []).append((workshop_id, minutes))
    found: dict[int, dict[str, Fact]] = {}
    for enrolment in enrolments:
        own, last = [], enrolment.last_day
        for workshop_id, minutes in by_person.get(enrolment.participant_id, ()):
            days, mine = offered[workshop_id], cohort_of[workshop_id] == enrolment.cohort_id
            if last is not None and not mine:
                minutes = {day: some for day, some in minutes.items() if day <= last}
            to_come = mine or (cohort_of[workshop_id] is None and (last is None or any(day <= last for day in days)))
            fact = _of_days(minutes, days)
            if fact.minutes or to_come:
                own.append(fact)
        facts = best_of_each(own)
        found[enrolment.pk] = {str(entry.pk): fact for entry, fact in zip(entries, facts, strict=False)}
    return found


def best_of_each(workshops: Iterable[AttendanceFact]) -> list[Fact]:
    """Return what somebody attended as facts: the best of each measure first, the next best second, and so on. Pure.

    Share, minutes and days are put in order apart, so that another workshop never lowers any of them: whoever was
    there for two long days and then for the whole of a short webinar keeps the two days and their minutes.
    """
    workshops = list(workshops)
    values = sorted((one.value for one in workshops), reverse=True)
    minutes = sorted(((one.minutes, one.offered) for one in workshops), reverse=True)
    days = sorted(((one.days, one.days_offered) for one in workshops), reverse=True)
    noted = sorted((one.recorded for one in workshops), reverse=True)
    return [
        Fact(value, done, total, some_days, all_days, minutes=done, noted=recorded)
        for value, (done, total), (some_days, all_days), recorded in zip(values, minutes, days, noted, strict=True)
    ]


def _by_day(sessions: Iterable[Session]) -> dict[Any, int]:
    days: dict[Any, int] = {}
    for session in sessions:
        days[session.day] = days.get(session.day, 0) + session.minutes
    return days


def _of_days(attended: Mapping[Any, int], offered: Mapping[Any, int]) -> AttendanceFact:
    """Minutes and days of one person in one workshop, never more than was offered."""
    total = sum(offered.values())
    days = sum(2 * attended.get(day, 0) >= minutes for day, minutes in offered.items())
    return AttendanceFact(min(sum(attended.values()), total), total, days, len(offered), recorded=bool(attended))


def days_attended(sessions: Iterable[Session], minutes: Mapping[int, int]) -> AttendanceFact:
    """Return minutes and days of one person in these sessions; ``minutes``: those noted by session, 0 for absence."""
    sessions = list(sessions)
    attended: dict[Any, int] = {}
    for session in sessions:
        if session.pk in minutes:
            attended[session.day] = attended.get(session.day, 0) + minutes[session.pk]
    return _of_days(attended, _by_day(sessions))


def workshops_of(course: Course) -> str:
    """Return the address of the course's workshops."""
    return f"{reverse('workshops')}?course={course.key}"


def explain(outcome: Outcome) -> str:
    """Say how much of the workshop somebody attended."""
    fact = outcome.fact
    numbers = {"done": fact.done, "total": fact.total, "needed": int(outcome.at_least), "percent": int(fact.value)}
    if outcome.measure != "percent" and fact.total:
        return _explain_number(outcome)
    if outcome.met:
        return _("Attended %(percent)d %% of the time (%(needed)d %% needed).") % numbers
    if not fact.total:
        return _("Not registered for a workshop of this course yet.")
    if not fact.noted:
        return _("Registered; no attendance is recorded yet (%(needed)d %% of the time needed).") % numbers
    return _("Attended %(percent)d %% of the time so far; %(needed)d %% needed.") % numbers


def _explain_number(outcome: Outcome) -> str:
    """Say it in days or minutes, as the rule asks."""
    fact = outcome.fact
    if not fact.noted:
        return _("Registered; no attendance is recorded yet.")
    if outcome.measure == "days":
        numbers = {"done": fact.days, "total": fact.days_total, "needed": int(outcome.at_least)}
        words = ngettext(
            "Attended %(done)d of %(total)d day (%(needed)d needed).",
            "Attended %(done)d of %(total)d days (%(needed)d needed).",
            fact.days_total,
        )
        return words % numbers
    numbers = {"done": fact.done, "total": fact.total, "needed": int(outcome.at_least)}
    words = ngettext(
        "Attended %(done)d of %(total)d minute (%(needed)d needed).",
        "Attended %(done)d of %(total)d minutes (%(needed)d needed).",
        fact.total,
    )
    return words % numbers


def asked(title: str, leaf: Leaf) -> str:
    """Say in words how much of a workshop a rule asks for."""
    needed = int(leaf.at_least)
    words = {"title": title, "needed": needed}
    if leaf.measure == "days":
        return ngettext("%(title)s: at least %(needed)d day", "%(title)s: at least %(needed)d days", needed) % words
    if leaf.measure == "count":
        return _("%(title)s: at least %(needed)d minutes") % words
    return _("%(title)s: at least %(needed)d %% of the time offered") % words
