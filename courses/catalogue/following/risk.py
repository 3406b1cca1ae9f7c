"""Who may be lost on the way, and why. Pure: signs of one enrolment and the thresholds in, reasons out.

- **Silent**: nothing read or answered for ``silent_days`` days, counted from the day of the enrolment at the earliest,
  or from the start of the cohort if that is later: what somebody read elsewhere before says nothing of this course.
- **Failed**: a quiz of the course not passed after ``failures`` attempts or more.
- **Deadline near**: at most ``deadline_days`` days left and not finished. Who is over the last day is not at risk any
  more.

Days are those of ``now``'s time zone: give it in the cohort's. Somebody who has finished or left is never at risk.
More signs never make somebody less at risk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why somebody is on the list, most urgent first."""

    DEADLINE = "deadline"
    FAILED = "failed"
    SILENT = "silent"


@dataclass(frozen=True)
class Thresholds:
    """From when on something is a sign."""

    silent_days: int = 14
    failures: int = 2
    deadline_days: int = 7


@dataclass(frozen=True)
class Signs:
    """What is known of one enrolment. ``failures``: the most attempts failed in one quiz that is not passed."""

    active: bool
    finished: bool
    enrolled_at: datetime
    starts_on: date | None = None
    last_day: date | None = None
    seen_at: datetime | None = None
    failures: int = 0


def silent_for(signs: Signs, now: datetime) -> int:
    """Return for how many whole days nothing has been heard; 0 before the cohort starts."""
    since = max(signs.seen_at or signs.enrolled_at, signs.enrolled_at)
    days = (now - since).days
    if signs.starts_on is not None:
        days = min(days, (now.date() - signs.starts_on).days)
    return max(0, days)


def reasons(signs: Signs, thresholds: Thresholds, now: datetime) -> tuple[Reason, ...]:
    """Return why somebody is at risk, most urgent first; empty when not."""
    today = now.date()
    if not signs.active or signs.finished or (signs.last_day is not None and signs.last_day < today):
        return ()
    found = []
    if signs.last_day is not None and (signs.last_day - today).days <= thresholds.deadline_days:
        found.append(Reason.DEADLINE)
    if signs.failures >= thresholds.failures:
        found.append(Reason.FAILED)
    if silent_for(signs, now) >= thresholds.silent_days:
        found.append(Reason.SILENT)
    return tuple(found)
