"""The dates that a new cohort begins with. Pure.

A cohort has three parts unless its organiser says otherwise: four weeks of e-learning; a workshop of five days in
the week after it, from Monday to Friday; and a forum of four weeks that follows it up, from the day after. People
can enrol until the day before the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

LEARNING_DAYS = 28
WORKSHOP_DAYS = 5
FORUM_DAYS = 28


@dataclass(frozen=True)
class Proposal:
    """The parts of a cohort as ``(first day, last day)``, and the whole."""

    learning: tuple[date, date]
    workshop: tuple[date, date]
    forum: tuple[date, date]
    enrolment_closes_on: date

    @property
    def starts_on(self) -> date:
        return self.learning[0]

    @property
    def ends_on(self) -> date:
        return self.forum[1]


def propose(first: date) -> Proposal:
    """Return the dates of a cohort that begins on ``first``."""
    learned = first + timedelta(days=LEARNING_DAYS - 1)
    monday = learned + timedelta(days=7 - learned.weekday())
    friday = monday + timedelta(days=WORKSHOP_DAYS - 1)
    return Proposal(
        learning=(first, learned),
        workshop=(monday, friday),
        forum=(friday + timedelta(days=1), friday + timedelta(days=FORUM_DAYS)),
        enrolment_closes_on=first - timedelta(days=1),
    )


def next_monday(today: date) -> date:
    """Return the first Monday at least two weeks from a day: time enough to enrol."""
    soon = today + timedelta(days=14)
    return soon + timedelta(days=(7 - soon.weekday()) % 7)
