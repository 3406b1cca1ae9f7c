"""Attendance as a form: people by sessions, or the people of one session.

What was on the screen travels with the form, so that only what somebody changed is recorded and two trainers
who work at the same time do not undo each other's marks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.participants.models import Participant

from .models import Attendance, Session
from .services import Mark

State = Attendance.State
NOT_RECORDED: Promise = gettext_lazy("Not recorded")
QUARTERS = (25, 50, 75)
NAMED = re.compile(r"m-[0-9]{1,18}-([0-9]{1,18})")


@dataclass
class Cell:
    """One person in one session, as shown and as typed."""

    session: Session
    person: Participant
    value: str = ""
    minutes: str = ""
    error: str = ""
    locked: bool = False
    future: bool = False

    @property
    def name(self) -> str:
        return f"m-{self.session.pk}-{self.person.pk}"

    @property
    def minutes_name(self) -> str:
        return f"t-{self.session.pk}-{self.person.pk}"

    @property
    def word(self) -> str:
        """What is recorded, in words."""
        code, _colon, minutes = self.value.partition(":")
        if code == State.PARTLY:
            return _("%(minutes)s min") % {"minutes": minutes or self.minutes}
        return str(State(code).label) if code else str(NOT_RECORDED)

    @property
    def choices(self) -> list[dict[str, Any]]:
        """For a select: each state once, part of the time in quarters and as it is recorded."""
        length = self.session.minutes
        parts = {round(length * quarter / 100) for quarter in QUARTERS} - {0, length}
        code, _colon, held = self.value.partition(":")
        if code == State.PARTLY and held.isdecimal():
            parts.add(int(held))
        options = [
            ("", "—"),
            (str(State.PRESENT), str(State.PRESENT.label)),
            (str(State.ABSENT), str(State.ABSENT.label)),
        ]
        options += [(f"partly:{part}", _("%(minutes)s min") % {"minutes": part}) for part in sorted(parts)]
        return [{"value": value, "label": label, "chosen": value == self.value} for value, label in options]

    @property
    def states(self) -> list[dict[str, Any]]:
        """For radio buttons: each state once; minutes are typed beside."""
        code = self.value.partition(":")[0]
        options = [*State.choices, ("", NOT_RECORDED)]
        return [{"value": value, "label": label, "chosen": value == code} for value, label in options]


@dataclass
class Row:
    """One person and their cells."""

    person: Participant
    where: str
    cells: list[Cell] = field(default_factory=list)
    fact: Any = None


@dataclass
class Sheet:
    """The form: rows of cells, what was seen, and after ``read`` the marks that changed."""

    sessions: Sequence[Session]
    rows: list[Row]
    marks: dict[Session, dict[int, Mark | None]] = field(default_factory=dict)
    valid: bool = True
    recorded: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recorded = {cell.name: cell.value for cell in self.cells() if not cell.locked and not cell.future}

    @property
    def seen(self) -> str:
        """What was recorded when the page was made, to be sent along."""
        return json.dumps(self.recorded)

    def cells(self) -> Iterable[Cell]:
        for row in self.rows:
            yield from row.cells

    def read(self, data: Mapping[str, str]) -> bool:
        """Read what was sent; returns whether everything can be recorded. Errors stand in their cells."""
        try:
            seen = json.loads(data.get("seen", "{}"))
        except ValueError:
            seen = {}
        if isinstance(seen, dict):
            self.recorded |= {name: str(value) for name, value in seen.items() if name in self.recorded}
        everybody = str(data.get("everybody", ""))
        for cell in self.cells():
            if cell.locked or cell.future or cell.name not in data:
                continue
            typed = self._typed(cell, data)
            if everybody == str(cell.session.pk) and not typed:
                typed = str(State.PRESENT)
            cell.value = typed
            if typed == self.recorded[cell.name]:
                continue
            mark = self._mark(cell)
            if cell.error:
                self.valid = False
            else:
                self.marks.setdefault(cell.session, {})[cell.person.pk] = mark
        return self.valid

    @staticmethod
    def _typed(cell: Cell, data: Mapping[str, str]) -> str:
        typed = str(data.get(cell.name, ""))
        if typed == State.PARTLY:  # from radio buttons, with the minutes beside
            cell.minutes = str(data.get(cell.minutes_name, "")).strip()
            return f"partly:{cell.minutes}"
        return typed

    @staticmethod
    def _mark(cell: Cell) -> Mark | None:
        code, _colon, minutes = cell.value.partition(":")
        if not code:
            return None
        if code not in State.values:
            cell.error = _("Choose one of the answers.")
            return None
        if code != State.PARTLY:
            return Mark(code)
        if not (minutes.isdecimal() and len(minutes) < 6 and 0 < int(minutes) < cell.session.minutes):
            cell.error = _("How many minutes? Between 1 and %(last)d.") % {"last": cell.session.minutes - 1}
            return None
        return Mark(code, int(minutes))


def named(data: Iterable[str]) -> set[int]:
    """Return the ids of the people whose cells a form that was sent names."""
    return {int(found[1]) for name in data if (found := NAMED.fullmatch(name))}


def value_of(row: Attendance | None) -> str:
    """Return how a cell writes what is recorded."""
    if row is None:
        return ""
    return f"partly:{row.minutes}" if row.state == State.PARTLY else str(row.state)
