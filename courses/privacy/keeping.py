"""Retention: what has been kept long enough goes, a piece at a time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.personal import Retention, retentions

log = logging.getLogger("privacy")
PIECE = 500


@dataclass(frozen=True)
class Line:
    """One kind of record in the report: how long it is kept, how many are due, how many went."""

    kind: str
    title: str
    days: int
    due: int
    gone: int = 0


def report(now: datetime | None = None) -> list[Line]:
    """Return what would go now, without touching anything."""
    now = now or timezone.now()
    return [
        Line(kind.kind, str(kind.title), kind.days, 0 if (rows := kind.overdue(now)) is None else rows.count())
        for kind in retentions()
    ]


def enforce(now: datetime | None = None) -> list[Line]:
    """Let go what has been kept long enough; returns the report with what went. Safe to stop and to run again.

    A kind that fails is logged, and stops no other.
    """
    now = now or timezone.now()
    lines = []
    for kind in retentions():
        rows = kind.overdue(now)
        due = 0 if rows is None else rows.count()
        gone = 0
        try:
            gone = 0 if rows is None else _purge(kind, rows)
        except Exception as error:  # the other kinds go all the same, and this one is tried again the next night
            log.error("retention of %s failed: %s", kind.kind, type(error).__name__)
        lines.append(Line(kind.kind, str(kind.title), kind.days, due, gone))
    return lines


def _purge(kind: Retention, rows: Any) -> int:
    """Purge in pieces of ``PIECE``: memory does not grow with rows, and no transaction is long."""
    gone, last = 0, 0
    while True:
        piece = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PIECE])
        if not piece:
            return gone
        gone += kind.purge(rows.model._base_manager.filter(pk__in=piece))
        last = piece[-1]
