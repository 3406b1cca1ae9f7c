"""The weekly digest of 10,000 people with 100,000 records of lessons done: time, queries for a portion, memory.

The work is done in this process, as the worker does it, so that its memory can be seen. The same is measured at a
tenth of the people: the queries for a portion of 500 must be the same, and the memory must not grow with people.
"""

from __future__ import annotations

import resource
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

FEW, MANY = 1_000, 10_000
LESSONS = 10
LANGUAGES = ["en", "fr", "ar"]
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def measure() -> list[dict[str, Any]]:
    """Digest 1,000 people, then 10,000 more, each with ten lessons done."""
    cohort, lessons = course()
    enrol(cohort, lessons, FEW, "a")
    small = digest(MONDAY)
    peak_before = peak()
    enrol(cohort, lessons, MANY, "b")
    prepared = peak()
    large = digest(MONDAY + timedelta(days=7))
    again = digest(MONDAY + timedelta(days=7, hours=1))
    total = FEW + MANY
    assert (small["sent"], large["sent"], again["sent"]) == (FEW, total, 0), (small, large, again)
    portions = -(-total // 500)
    asked = large["queries"] / portions
    grown = peak() - max(peak_before, prepared)
    return [
        row(f"weekly digest of {total:,} people, {total * LESSONS:,} records", large["seconds"], "s", None, True),
        row("  people a second", total / large["seconds"], "per s", None, True),
        row("  queries for a portion of 500 people", asked, "", 25, asked < 25),
        row("  the same at 1,000 people", small["queries"] / 2, "", None, True),
        row("  memory beyond that of 1,000 people", grown, "MB", 20, grown < 20),
        row("  the same week once more: nothing to send", again["seconds"], "s", None, True),
    ]


def row(name: str, value: float, unit: str, budget: float | None, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok}


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def course() -> tuple[Any, list[Any]]:
    """A course of one module with ten lessons and one more that nobody has done."""
    from courses.catalogue.models import Cohort, Course, SyllabusEntry
    from institutions.models import Programme
    from modules.records.models import Item

    mark = uuid.uuid4().hex[:8]
    programme = Programme.objects.create(key=f"bench-{mark}", titles={"en": "Bench"})
    item = Item.objects.create(kind=Item.Kind.COURSE, titles={"en": "Legal frameworks"})
    made = Course.objects.create(key=f"bench-{mark}", item=item, programme=programme, field="abs")
    module = Item.objects.create(kind=Item.Kind.MODULE, titles={"en": "A module"})
    SyllabusEntry.objects.create(course=made, kind="module", item=module)
    lessons = [
        Item.objects.create(kind=Item.Kind.LESSON, parent=module, order=number, titles={"en": f"Lesson {number}"})
        for number in range(LESSONS + 1)
    ]
    ends_on = (MONDAY + timedelta(days=60)).date()
    return Cohort.objects.create(course=made, titles={"en": "A cohort"}, ends_on=ends_on), lessons


def enrol(cohort: Any, lessons: list[Any], number: int, mark: str) -> None:
    from accounts.models import User
    from courses.catalogue.models import Enrolment
    from courses.participants.models import Participant
    from modules.lessons.models import LessonProgress

    for start in range(0, number, 500):
        numbers = range(start, min(start + 500, number))
        users = User.objects.bulk_create(
            [
                User(email=f"{mark}{n}-{cohort.pk}@bench.example", name=f"Person {n}", language=LANGUAGES[n % 3])
                for n in numbers
            ]
        )
        people = Participant.objects.bulk_create([Participant(user=user, name=user.name) for user in users])
        Enrolment.objects.bulk_create(
            [Enrolment(participant=person, cohort=cohort, enrolled_at=MONDAY - timedelta(days=3)) for person in people]
        )
        LessonProgress.objects.bulk_create(
            [
                LessonProgress(learner=user, learner_key=user.key, item=lesson, seen_at=MONDAY, done_at=MONDAY)
                for user in users
                for lesson in lessons[:LESSONS]
            ]
        )


def digest(now: datetime) -> dict[str, float]:
    """Send what is due and return how many, in which time, with how many queries."""
    from django.db import connection, reset_queries

    from courses.catalogue.following import reminders

    count = 0

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    reset_queries()
    start = time.perf_counter()
    with connection.execute_wrapper(counted):
        sent = reminders.send_digests(now)
    return {"sent": sent, "seconds": time.perf_counter() - start, "queries": count}
