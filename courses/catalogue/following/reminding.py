"""Who is reminded of what, and when. Pure: facts and an hour in, letters due out; no database, no clock.

**Weekly digest.** On Mondays between 8 and 20 o'clock where the person is. Only of courses that go on: enrolled, not
finished, begun, and the last day not past. Whoever has not been here for ``SILENT_WEEKS`` weeks gets no more digests
until they come back: writing on would only teach them to throw the mails away. The weeks count from the enrolment, and
from the start of the course, at the earliest: who enrolled long before is reminded when it begins.

**Deadline.** Seven days and one day before the last day of a course, in the same hours, where the person is. The day
that counts is the last day in the zone of the cohort; it ends at midnight there.

Each letter has a key: the same letter asked for twice is sent once, and a deadline that was put off gets new letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FROM_HOUR, UNTIL_HOUR = 8, 20
DIGEST_DAY = 0  # Monday
DEADLINE_DAYS = (7, 1)
SILENT_WEEKS = 8


@dataclass(frozen=True)
class Standing:
    """One enrolment as a reminder sees it. ``last_day`` is the day in the cohort's zone until which work counts."""

    enrolment: int
    active: bool
    finished: bool
    starts_on: date | None
    last_day: date | None
    zone: str
    seen_at: datetime | None
    enrolled_at: datetime


def good_hour(now: datetime, zone: str) -> bool:
    """Whether ``now`` is an hour at which one may write to somebody in ``zone``."""
    return FROM_HOUR <= now.astimezone(ZoneInfo(zone)).hour < UNTIL_HOUR


def digest_week(now: datetime, zone: str) -> str:
    """Return the ISO week (``2026-W47``) if a digest is due now in ``zone``; else an empty string."""
    local = now.astimezone(ZoneInfo(zone))
    if local.weekday() != DIGEST_DAY or not good_hour(now, zone):
        return ""
    year, week, _day = local.isocalendar()
    return f"{year}-W{week:02}"


def zones_due(now: datetime, zones: Iterable[str], *, weekly: bool) -> list[str]:
    """Return those of the zones where it is the hour for a digest (``weekly``) or for a reminder of a deadline."""
    return [zone for zone in zones if (digest_week(now, zone) if weekly else good_hour(now, zone))]


def goes_on(standing: Standing, today: date) -> bool:
    """Whether there is anything left to do: enrolled, not finished, begun, and not over; ``today`` in its zone."""
    return (
        standing.active
        and not standing.finished
        and (standing.starts_on is None or standing.starts_on <= today)
        and (standing.last_day is None or standing.last_day >= today)
    )


def wants_digest(standing: Standing, now: datetime) -> bool:
    """Whether a course goes into this week's digest."""
    heard = max(standing.seen_at or standing.enrolled_at, standing.enrolled_at)
    if standing.starts_on is not None:
        heard = max(heard, datetime.combine(standing.starts_on, time.min, tzinfo=ZoneInfo(standing.zone)))
    return goes_on(standing, _today(standing, now)) and now - heard <= timedelta(weeks=SILENT_WEEKS)


def deadline_due(standing: Standing, now: datetime) -> int | None:
    """Return how many days before the last day a reminder is due now (7 or 1); ``None`` when none is.

    The nearest counts: who enrols three days before the end is not told of a week.
    """
    today = _today(standing, now)
    if standing.last_day is None or not goes_on(standing, today):
        return None
    left = (standing.last_day - today).days
    return next((days for days in sorted(DEADLINE_DAYS) if left == days), None)


def ends_at(last_day: date, zone: str) -> datetime:
    """Return the last moment of a day in its zone: the deadline to show in anybody's own time.

    Not the midnight after it: “until 1 May, 00:00” is read as a day more.
    """
    return datetime.combine(last_day, time.max, tzinfo=ZoneInfo(zone))


def _today(standing: Standing, now: datetime) -> date:
    return now.astimezone(ZoneInfo(standing.zone)).date()


def digest_key(account: str, week: str) -> str:
    """Return the key of somebody's digest of a week."""
    return f"digest:{account}:{week}"


def deadline_key(enrolment: int, last_day: date, days: int) -> str:
    """Return the key of a reminder of a deadline."""
    return f"deadline:{enrolment}:{last_day.isoformat()}:{days}"
