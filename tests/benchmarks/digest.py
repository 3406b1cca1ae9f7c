"""The weekly digest of 100,000 and of 1,000,000 records of lessons done: time, queries for a portion, memory.

2,500 people, then 25,000, in three languages, each with up to forty lessons done. The work is done in this process, as
the worker does it, so that its memory can be seen.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from .figures import Figure, Row, growth_rows, row
from .learners import enrol, read, settle

FEW, MANY = 2_500, 25_000
LESSONS = 40
PORTION = 500
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def measure() -> list[Row]:
    """Write the digests of 2,500 people, then of 25,000 more."""
    few, many = learners("a", FEW, MONDAY), learners("b", MANY, MONDAY + timedelta(days=7))
    again = Figure(lambda: digests(MONDAY + timedelta(days=7, hours=1)))
    assert (few.result, many.result, again.result) == (FEW, MANY, 0), (few.result, many.result, again.result)
    portions = (MANY - FEW) / PORTION
    return [
        *growth_rows("Weekly digest", few, many, budget=100, portions=portions, each="500 people"),
        row("  people a second", MANY / many.seconds, "per s", 250, MANY / many.seconds >= 250),
        row("  the same week once more: nothing to send", again.seconds, "s", 30),
    ]


def learners(stem: str, number: int, monday: datetime) -> Figure:
    """Return what the digests of so many people took; all who were enrolled before have left."""
    from courses.catalogue.models import Enrolment

    Enrolment.objects.update(state=Enrolment.State.WITHDRAWN)
    cohort, lessons = course(stem)
    enrol(cohort, number, stem=f"{stem}-{cohort.pk}", at=monday - timedelta(days=3))
    read(cohort, lessons, monday)
    settle()
    return Figure(lambda: digests(monday))


def digests(now: datetime) -> int:
    from courses.catalogue.following import reminders

    return reminders.send_digests(now)


def course(stem: str) -> tuple[Any, list[Any]]:
    """Return a cohort of a course of one module, and its lessons but for the last, which nobody has done."""
    from courses.catalogue.models import Cohort, Course, SyllabusEntry
    from institutions.models import Programme
    from modules.records.models import Item

    key = f"digest-{stem}-{uuid.uuid4().hex[:8]}"
    programme = Programme.objects.create(key=key, titles={"en": "Bench"})
    item = Item.objects.create(kind=Item.Kind.COURSE, titles={"en": "Legal frameworks"})
    made = Course.objects.create(key=key, item=item, programme=programme, field="abs")
    module = Item.objects.create(kind=Item.Kind.MODULE, titles={"en": "A module"})
    SyllabusEntry.objects.create(course=made, kind="module", item=module)
    lessons = [
        Item.objects.create(kind=Item.Kind.LESSON, parent=module, order=number, titles={"en": f"Lesson {number}"})
        for number in range(LESSONS + 1)
    ]
    ends_on = (MONDAY + timedelta(days=60)).date()
    return Cohort.objects.create(course=made, titles={"en": "A cohort"}, ends_on=ends_on), lessons[:LESSONS]
