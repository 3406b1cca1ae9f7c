"""Two accounts of one person become one: of a lesson that both opened, what was done is done."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.joining import Twice

from .models import LessonProgress


def _pairs(kept: Any, closed: Any) -> list[tuple[LessonProgress, LessonProgress]]:
    """Return ``(row of kept, row of closed)`` of the lessons that both opened."""
    rows = LessonProgress.objects.filter(learner_key__in=[kept.key, closed.key]).select_related("item").order_by("pk")
    mine = {row.item_id: row for row in rows if row.learner_key == kept.key}
    return [(mine[row.item_id], row) for row in rows if row.learner_key == closed.key and row.item_id in mine]


def twice(kept: Any, closed: Any) -> list[Twice]:
    """Say of every lesson that both opened how either stands and what holds."""
    return [
        Twice(_("Lesson “%(title)s”") % {"title": mine.item}, _shown(other), _shown(mine), _what_holds(mine, other))
        for mine, other in _pairs(kept, closed)
    ]


def _shown(row: LessonProgress) -> str:
    if row.done_at is None:
        return _("opened on %(date)s") % {"date": date_format(localtime(row.started_at))}
    return _("done on %(date)s") % {"date": date_format(localtime(row.done_at))}


def _what_holds(mine: LessonProgress, other: LessonProgress) -> str:
    done = [row.done_at for row in (mine, other) if row.done_at is not None]
    if not done:
        return _("Opened. The place read last stays.")
    return _("Done on %(date)s.") % {"date": date_format(localtime(min(done)))}


def join(kept: Any, closed: Any) -> None:
    """Move the lessons that one account opened; of one that both opened the earlier completion holds.

    Where reading stopped is that of the later reading, the version read the newer of those that were done.
    """
    for mine, other in _pairs(kept, closed):
        _add(mine, other)
        other.delete()
    LessonProgress.objects.filter(learner_key=closed.key).update(learner=kept, learner_key=kept.key)


def _add(mine: LessonProgress, other: LessonProgress) -> None:
    if (other.place_at or other.seen_at) > (mine.place_at or mine.seen_at):
        mine.place, mine.place_at = other.place, other.place_at
    read = max((mine, other), key=lambda row: (row.done_at is not None, row.version, row is mine))
    mine.version, mine.language, mine.revision = read.version, read.language, read.revision
    done = [row.done_at for row in (mine, other) if row.done_at is not None]
    mine.done_at = min(done, default=None)
    mine.seen_at = max(mine.seen_at, other.seen_at)
    mine.started_at = min(mine.started_at, other.started_at)
    mine.save()
