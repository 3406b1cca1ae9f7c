"""Two records of one person become one: two registrations, nominations or marks of attendance in one workshop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from courses.participants.models import REPRESENTATION_FIELDS
from courses.participants.services import Conflict, Sentence

from .models import Attendance, Nomination, Registration, Workshop
from .services.common import places_taken

Registered = Registration.State
Nominated = Nomination.State
_FURTHEST = (
    Nominated.CONFIRMED, Nominated.SELECTED, Nominated.RESERVE, Nominated.NOMINATED, Nominated.NOT_SELECTED,
    Nominated.DECLINED, Nominated.WITHDRAWN,
)  # fmt: skip


def reconcile_registrations(kept: Registration, other: Registration) -> None:
    """Two records of one person, both registered for a workshop, became one: a registration that holds wins."""
    if kept.state == Registered.CANCELLED and other.state == Registered.REGISTERED:
        for name in (*REPRESENTATION_FIELDS, "source", "registered_at", "state", "cancelled_at"):
            setattr(kept, name, getattr(other, name))
        kept.save()
    other.state, other.cancelled_at = Registered.CANCELLED, other.cancelled_at or timezone.now()
    other.save(update_fields=["state", "cancelled_at"])


def tell_registrations(kept: Registration, other: Registration) -> Conflict:
    """Say of two registrations in one workshop how either stands, and which of them will hold."""
    return Conflict(
        capfirst(str(Registration._meta.verbose_name)), _shown(other), _shown(kept), _what_holds(kept, other)
    )


def _shown(row: Registration) -> str:
    moment = row.cancelled_at if row.state == Registered.CANCELLED and row.cancelled_at else row.registered_at
    return f"{row.workshop}: {row.get_state_display()}, {date_format(localtime(moment))} ({row.get_source_display()})"


def _what_holds(kept: Registration, other: Registration) -> str:
    if kept.state == other.state == Registered.CANCELLED:
        return _("Both stay cancelled.")
    if kept.state == Registered.CANCELLED:
        return _("The registration of the record that goes holds, and moves with everything it says.")
    if other.state == Registered.CANCELLED:
        return _("The registration of the record that stays holds.")
    return _("The registration of the record that stays holds. The other is cancelled and gives its place back.")


def registrations_back(rows: list[tuple[Registration, Mapping[str, Any]]]) -> list[Sentence]:
    """Return what to say before undoing a merge gives registrations their state again, and where that is too many.

    The record that went gets a registration back that holds; the one that stayed keeps its own, or gets a cancelled
    one back: both are named. The place that the merge freed may be given to somebody else by now, who keeps it.
    """
    said, more = [], Counter[Workshop]()
    turned = {row.workshop_id for row, values in rows if values.get("state") == Registered.CANCELLED}
    for row, values in rows:
        words = {"workshop": row.workshop.title}
        if values.get("state") == Registered.REGISTERED:
            said.append(Sentence(_("“%(workshop)s”: the record that went is registered again.") % words))
            if row.workshop_id not in turned and _stands(row):
                said.append(Sentence(_("“%(workshop)s”: the record that stayed stays registered.") % words))
            more[row.workshop] += 1
        elif values.get("state") == Registered.CANCELLED:
            said.append(
                Sentence(_("“%(workshop)s”: the registration of the record that stayed is cancelled again.") % words)
            )
            more[row.workshop] -= 1
    full = _("“%(workshop)s” is full by now: with both registrations it has one person more than places.")
    return said + _one_too_many(full, more)


def _stands(row: Registration) -> bool:
    """Whether the record that stayed, too, is registered for the workshop of a registration of the one that went."""
    into = row.participant.merged_into_id
    return row.workshop.registrations.active().filter(participant=into).exists()


def nominations_back(rows: list[tuple[Nomination, Mapping[str, Any]]]) -> list[Sentence]:
    """Return what to say before undoing a merge gives nominations their state again, and where places do not suffice.

    Both are named: that of the record that went, and that of the one that stayed, whether it changes or not.
    """
    said, more = [], Counter[Workshop]()
    then = {row.pk: str(values.get("state", row.state)) for row, values in rows}
    for row, _values in rows:
        if row.participant.merged_into_id is None:
            continue
        kept = row.workshop.nominations.filter(participant=row.participant.merged_into_id).first()
        words = {"workshop": row.workshop.title, "goes": Nominated(then[row.pk]).label}
        if kept is None:
            said.append(Sentence(_("“%(workshop)s”: the record that went: %(goes)s.") % words))
        else:
            words["stays"] = Nominated(then.get(kept.pk, kept.state)).label
            text = _("“%(workshop)s”, nominations: the record that went: %(goes)s; the record that stayed: %(stays)s.")
            said.append(Sentence(text % words))
    for row, values in rows:
        if "state" in values:
            more[row.workshop] += (values["state"] == Nominated.SELECTED) - (row.state == Nominated.SELECTED)
    full = _("“%(workshop)s” is full by now: with both nominations one place more is kept than there are.")
    return said + _one_too_many(full, more)


def _is_too_small(workshop: Workshop, more: int) -> bool:
    if workshop.capacity is None or workshop.is_over or workshop.state == Workshop.State.CANCELLED:
        return False
    return more > 0 and places_taken(workshop) + more > workshop.capacity


def _one_too_many(words: str, more: Mapping[Workshop, int]) -> list[Sentence]:
    return [
        Sentence(words % {"workshop": workshop.title}, warning=True)
        for workshop, count in more.items()
        if _is_too_small(workshop, count)
    ]


def reconcile_nominations(kept: Nomination, other: Nomination) -> None:
    """Two records of one person, both put forward for a workshop, became one: the nomination that came further wins."""
    if _FURTHEST.index(Nominated(other.state)) < _FURTHEST.index(Nominated(kept.state)):
        for name in (
            *REPRESENTATION_FIELDS, "name", "name_latin", "email", "gender", "language", "note", "state", "reason",
            "nominated_by_id", "nominated_at", "decided_by_id", "decided_at", "answered_at",
        ):  # fmt: skip
            setattr(kept, name, getattr(other, name))
        kept.save()
    other.state = Nominated.WITHDRAWN
    other.save(update_fields=["state"])


def reconcile_attendance(kept: Attendance, other: Attendance) -> None:
    """Two records of one person, both marked in a session, became one: the longer attendance counts."""
    if other.minutes > kept.minutes:
        kept.state, kept.minutes, kept.recorded_by = other.state, other.minutes, other.recorded_by
        kept.save()
    other.delete()
