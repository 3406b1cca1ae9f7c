"""Completion at size: the matrix, its filter, the export, a preview and a recomputation, on generated people.

A completion record is one person held against one requirement: 5,000 people × 40 requirements are 200,000.
``CAMPUS_BENCH_RECORDS=1000000`` measures export and recomputation once more with a million. Memory is what the process
grows beyond what it held before, at its highest (Linux tells it).
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODULES, LESSONS, REQUIREMENTS = 20, 3, 40
PEOPLE = 5000
SMALL = 500
MOODLE_EXPORT = 9.3  # seconds for 5,000 × 20 on two cores like ours
Row = dict[str, Any]


def measure() -> list[Row]:
    """Measure with the database that is set up."""
    rows = page_rows(PEOPLE) + work_rows(100_000)
    if os.environ.get("CAMPUS_BENCH_RECORDS"):
        rows += work_rows(int(os.environ["CAMPUS_BENCH_RECORDS"]))
    return rows


def page_rows(people: int) -> list[Row]:
    """The organiser's pages at ``people`` × 40, and that they ask no more than for a tenth of the people."""
    small, large = School(people // 10), School(people)
    size = f"{people:,} × {REQUIREMENTS}"
    asked = [
        ("matrix page", "", 1.0),
        ("matrix page, filtered by requirement", f"?requirement={large.pick}&held=open", 5.0),
        ("matrix page, by progress", "?sort=-progress", 5.0),
    ]
    rows = []
    for name, query, budget in asked:
        few = small.page(query.replace(large.pick, small.pick))
        page = large.page(query)
        rows.append(row(f"{name}, {size}", page.seconds, "s", budget, page.seconds <= budget))
        rows.append(growth(f"queries of the {name}", few.queries, page.queries))
    few, many = small.export("csv"), large.export("csv")
    rows.append(row(f"CSV export, {size}", many.seconds, "s", MOODLE_EXPORT, many.seconds <= MOODLE_EXPORT))
    rows.append(row(f"CSV export, {size}: queries", many.queries, "", None, True))
    rows.append(memory(f"CSV export, {size}", few, many))
    sheet = large.export("xlsx")
    rows.append(row(f"XLSX export, {size}", sheet.seconds, "s", None, True))
    preview = large.preview()
    rows.append(row(f"preview of a changed rule, {size}", preview.seconds, "s", None, True))
    return rows


def work_rows(records: int) -> list[Row]:
    """Export and recomputation of ``records`` completion records beside a fifth of them."""
    people = records // REQUIREMENTS
    small, large = School(people // 5), School(people)
    rows = []
    for name, few, many in (
        ("CSV export", small.export("csv"), large.export("csv")),
        ("recomputation", small.recompute(), large.recompute()),
    ):
        title = f"{name}, {records:,} records"
        rows.append(row(title, many.seconds, "s", None, True))
        rows.append(row(f"{title}: queries", many.queries, "", None, True))
        rows.append(memory(title, few, many))
    return rows


class Figure:
    """One measured act: seconds by the clock and of this process, memory, and in a second round its queries."""

    def __init__(self, act: Callable[[], Any]) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        before = _resident(reset=True)
        start, worked = time.perf_counter(), time.process_time()
        act()
        self.seconds, self.worked = time.perf_counter() - start, time.process_time() - worked
        self.megabytes = max(0.0, _resident() - before)
        with CaptureQueriesContext(connection) as asked:
            act()
        self.queries = len(asked)


class School:
    """A course of 20 modules with a quiz each, a rule of 40 requirements, one cohort of ``people``."""

    def __init__(self, people: int) -> None:
        from accounts.models import User
        from courses.catalogue.models import Cohort, Course, SyllabusEntry
        from courses.catalogue.services import put_rule
        from institutions.models import Programme, Role
        from institutions.services import grant_role
        from modules.assessments.models import Quiz
        from modules.records.models import Item

        key = f"bench-{people}-{random.getrandbits(32):x}"
        programme = Programme.objects.create(key=key, titles={"en": "Measured"})
        self.organiser = User.objects.create(email=f"{key}@example.org")
        grant_role(actor=None, user=self.organiser, role=Role.ORGANISER, programme=programme)
        item = Item.objects.create(kind="course", titles={"en": "Measured course"})
        self.course = Course.objects.create(key=key, item=item, programme=programme, field="abs", hours=40)
        self.cohort = Cohort.objects.create(course=self.course, titles={"en": "Measured cohort"})
        self.lessons: list[Any] = []
        self.quizzes: list[Any] = []
        parts = []
        for order in range(MODULES):
            module = Item.objects.create(kind="module", titles={"en": f"Module {order + 1}"})
            SyllabusEntry.objects.create(course=self.course, kind="module", item=module, order=order)
            for place in range(LESSONS):
                self.lessons.append(
                    Item.objects.create(
                        kind="lesson", parent=module, titles={"en": f"Lesson {place}"}, minutes=15, order=place
                    )
                )
            quiz_item = Item.objects.create(kind="quiz", parent=module, titles={"en": "Quiz"}, order=9)
            self.quizzes.append(Quiz.objects.create(item=quiz_item))
            parts.append({"kind": "lessons", "ref": str(module.pk), "at_least": 100, "weight": 2})
            parts.append({"kind": "quiz", "ref": str(module.pk), "at_least": 80})
        self.pick = f"lessons:{parts[0]['ref']}"
        put_rule(actor=None, course=self.course, spec={"all": parts})
        self.fewer = {"all": parts[: REQUIREMENTS // 2]}
        self._people(people)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _people(self, number: int) -> None:
        """Write people, enrolments, lessons done and graded attempts; a third has done everything."""
        from django.utils import timezone

        from accounts.models import User
        from courses.catalogue.models import Enrolment
        from courses.participants.models import Participant
        from modules.assessments.models import Attempt
        from modules.lessons.models import LessonProgress

        dice, now, stem = random.Random(7), timezone.now(), self.course.key
        for start in range(0, number, 500):
            some = range(start, min(start + 500, number))
            users = User.objects.bulk_create([User(email=f"{stem}-{n}@example.org", password="!") for n in some])
            participants = Participant.objects.bulk_create(
                [Participant(name=f"Person {n:06}", user=user) for n, user in zip(some, users, strict=True)]
            )
            Enrolment.objects.bulk_create([Enrolment(participant=p, cohort=self.cohort) for p in participants])
            done, tried = [], []
            for user in users:
                share = dice.choice((0.2, 0.6, 1.0))
                for lesson in self.lessons:
                    if dice.random() <= share:
                        done.append(
                            LessonProgress(learner=user, learner_key=user.key, item=lesson, seen_at=now, done_at=now)
                        )
                for quiz in self.quizzes:
                    if dice.random() <= share:
                        percent = 100 if share == 1.0 else dice.randint(30, 100)
                        tried.append(
                            Attempt(
                                quiz=quiz,
                                learner=user,
                                learner_key=user.key,
                                number=1,
                                seed=1,
                                state=Attempt.State.GRADED,
                                percent=percent,
                                passed=percent >= 80,
                                submitted_at=now,
                            )
                        )
            LessonProgress.objects.bulk_create(done, batch_size=2000)
            Attempt.objects.bulk_create(tried, batch_size=2000)

    def _client(self) -> Any:
        from django.test import Client

        client = Client(SERVER_NAME="localhost")
        client.force_login(self.organiser, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def page(self, query: str) -> Figure:
        """The matrix page as an organiser gets it."""
        client, address = self._client(), f"/en/cohorts/{self.cohort.pk}/{query}"

        def act() -> None:
            response = client.get(address)
            assert response.status_code == 200 and len(response.context["rows"]) == 50, address

        act()  # imports, templates, and who was seen today
        return Figure(act)

    def export(self, kind: str) -> Figure:
        """The whole cohort as a file."""
        client, address = self._client(), f"/en/cohorts/{self.cohort.pk}/export/"

        def act() -> None:
            response = client.post(address, {"format": kind})
            assert response.status_code == 200
            for _piece in response.streaming_content:
                pass

        return Figure(act)

    def preview(self) -> Figure:
        """What a rule of half the requirements would change."""
        from courses.catalogue.services.rules import preview_of

        return Figure(lambda: preview_of(self.course, self.fewer))

    def recompute(self) -> Figure:
        """Bring everybody's completion up to date."""
        from courses.catalogue.models import Enrolment
        from courses.catalogue.services.rules import recompute

        def act() -> None:
            Enrolment.objects.filter(cohort=self.cohort).update(completed_at=None, completed_rule=None)
            assert recompute(actor=None, course=self.course, earlier=[]).completed

        return Figure(act)


def _resident(*, reset: bool = False) -> float:
    """Return the most memory this process has held since the last reset, in megabytes."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def row(name: str, value: float, unit: str, budget: float | None, ok: bool) -> Row:
    value = value if isinstance(value, int) else round(value, 2)
    return {"name": name[0].upper() + name[1:], "value": value, "unit": unit, "budget": budget, "ok": ok}


def growth(name: str, few: int, many: int) -> Row:
    return row(f"{name}, ten times the people", many, f"(before: {few})", few, many <= few)


def memory(name: str, few: Figure, many: Figure) -> Row:
    """Memory may grow with a portion of people, not with all of them: hardly more than for fewer people."""
    budget = round(few.megabytes + 60, 1)
    return row(f"{name}: memory beside {few.megabytes:.0f} MB", many.megabytes, "MB", budget, many.megabytes <= budget)


if __name__ == "__main__":
    import sys

    sys.path[:0] = [str(Path(__file__).resolve().parents[2] / folder) for folder in ("site", "")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    for line in measure():
        print(line, flush=True)
