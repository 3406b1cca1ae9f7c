"""Facts about reading, for completion rules and reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Q, Sum

from modules.records.models import Item

from .models import LessonProgress

BATCH = 5000  # parameters of one query
LIVE = Q(retired_at__isnull=True)


class Lessons(NamedTuple):
    """How many lessons of a module count: the live ones; all that it had, when every one is ``gone``."""

    number: int
    gone: bool


def lesson_totals(module_item_ids: Iterable[int]) -> dict[int, Lessons]:
    """Return ``{module item id: Lessons}``, without modules that never had any. One query."""
    lessons = Item.objects.filter(kind=Item.Kind.LESSON, parent_id__in=list(module_item_ids))
    counted = lessons.order_by().values_list("parent_id").annotate(Count("pk"), live=Count("pk", filter=LIVE))
    return {module: Lessons(live or number, gone=not live) for module, number, live in counted}


def lessons_done(
    learner_keys: Iterable[UUID],
    module_item_ids: Iterable[int],
    until: Mapping[UUID, datetime] | None = None,
    totals: Mapping[int, Lessons] | None = None,
) -> dict[UUID, dict[int, tuple[int, int, int]]]:
    """Return ``{learner key: {module item id: (done, total, minutes)}}`` for everybody and every module asked for.

    Counts live lessons only, so ``done`` is never above ``total``; of a module that has none any more, those it had:
    whoever had done them has done it. ``minutes`` is the reading time that the authors
    gave to the lessons done, not how long a page was open. ``until`` leaves out what somebody named there did from
    that moment on. ``totals``: as ``lesson_totals`` returns them, where they are known. Two queries, one with
    ``totals``, one more with ``until`` (and as many again for every 5,000 learners).
    """
    keys, modules = list(dict.fromkeys(learner_keys)), list(dict.fromkeys(module_item_ids))
    totals = lesson_totals(modules) if totals is None else totals
    numbers = {module: totals[module].number for module in modules if module in totals}
    gone = [module for module in numbers if totals[module].gone]
    lessons = Item.objects.filter(kind=Item.Kind.LESSON, parent_id__in=modules)
    lessons = lessons.filter(LIVE | Q(parent_id__in=gone)) if gone else lessons.filter(LIVE)
    nothing = {module: (0, numbers.get(module, 0), 0) for module in modules}
    found = {key: nothing.copy() for key in keys}
    for some in batches(keys):
        rows = (
            LessonProgress.objects.done()
            .filter(learner_key__in=some, item__in=lessons)
            .order_by()
            .values_list("learner_key", "item__parent_id")
            .annotate(Count("pk"), Sum("item__minutes"))
        )
        for key, module, done, minutes in rows:
            found[key][module] = (done, max(done, numbers.get(module, 0)), minutes)
        late = [key for key in some if key in until] if until else []
        if until and late:
            after = (
                LessonProgress.objects.done()
                .filter(learner_key__in=late, item__in=lessons, done_at__gte=min(until.values()))
                .order_by()
                .values_list("learner_key", "item__parent_id", "item__minutes", "done_at")
            )
            for key, module, minutes, done_at in after:
                if done_at >= until[key]:
                    done, total, all_minutes = found[key][module]
                    found[key][module] = (done - 1, total, all_minutes - minutes)
    return found


def batches(keys: list[UUID]) -> Iterator[list[UUID]]:
    """Yield the keys in pieces that a database takes as parameters."""
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def last_read(learner_keys: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return ``{learner key: when they last opened a lesson}``. One query for every 5,000 learners."""
    found: dict[UUID, datetime] = {}
    for some in batches(list(dict.fromkeys(learner_keys))):
        rows = LessonProgress.objects.filter(learner_key__in=some).order_by()
        found |= dict(rows.values_list("learner_key").annotate(Max("seen_at")))
    return found
