"""Which of two answers to a question is the later one. Pure: no database, no clock.

Answers may reach the server in another order than they were given: a tab that was offline, a second tab or device.
An answer takes the place of the newest one on the server when

* there is none yet; or
* whoever gave it had seen the newest one (``seen``: the id of the last answer that their page knew of); or
* it replaced the newest one in the same browser before that was confirmed (``replaces``: keys of those); or
* none of that is known to hold, and it was given at the same time or later.

Otherwise it is late: kept, but not counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Saved:
    """An answer on the server. Ids rise in the order of arrival."""

    id: int
    key: UUID
    given_at: datetime


def is_late(newest: Saved | None, *, given_at: datetime, seen: int = 0, replaces: Collection[UUID] = ()) -> bool:
    """Return whether an answer given at ``given_at`` comes after one that is newer than it."""
    if newest is None or newest.id <= seen or newest.key in replaces:
        return False
    return given_at < newest.given_at
