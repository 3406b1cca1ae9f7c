"""Wall time at a venue and the moment it is: no database, no clock.

Wall time with an IANA zone is the truth; UTC is derived (decision 9). Two things can be odd about a wall time:

* It does not exist, because the clocks were set forward over it. People are not allowed to enter one. If a
  later change of a zone's rules makes one, it is moved forward by as much as the clocks were.
* It happens twice, because the clocks were set back over it. The first time is meant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


def to_utc(day: date, at: time, zone: str) -> datetime:
    """Return the moment of a wall time in a zone. Raises ``ZoneInfoNotFoundError`` for an unknown zone."""
    # fold=0 is the first of two; in a gap it reckons with the offset before it, which moves the time forward.
    return datetime.combine(day, at.replace(fold=0), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def exists(day: date, at: time, zone: str) -> bool:
    """Whether the clocks in a zone ever show this wall time."""
    back = to_utc(day, at, zone).astimezone(ZoneInfo(zone))
    return back.replace(tzinfo=None, fold=0) == datetime.combine(day, at.replace(fold=0))


def session_times(day: date, begins: time, finishes: time, zone: str) -> tuple[datetime, datetime]:
    """Return when a session starts and ends, in UTC.

    Should a change of rules push its beginning past its end, it keeps the length it has on paper.
    """
    starts, ends = to_utc(day, begins, zone), to_utc(day, finishes, zone)
    if ends <= starts and finishes > begins:
        ends = starts + (datetime.combine(day, finishes) - datetime.combine(day, begins))
    return starts, ends


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def known(zone: str) -> bool:
    """Whether a name is an IANA time zone."""
    return zone in _names()


def forget_rules() -> None:
    """Read the zones' rules from disk again when next asked: a system update may have brought newer ones."""
    ZoneInfo.clear_cache()
    _names.cache_clear()
