"""Completion at size: the matrix, its filter, exports, a preview and a recomputation, on generated people.

A completion record is one person held against one requirement: 2,500 people × 40 requirements are 100,000, and 25,000
people are a million. What is measured at both says how it grows: ten times the records may take little more than ten
times as long, as many queries for every 1,000 people, and no more memory.
"""

from __future__ import annotations

import random
from typing import Any

from .figures import Figure, Row, growth_rows, row
from .learners import answer, enrol, read, settle

MODULES, LESSONS, REQUIREMENTS = 20, 3, 40
PEOPLE = 5_000
RECORDS = 100_000, 1_000_000
OPEN = "?requirement={pick}&held=open"
MOODLE_EXPORT = 9.3  # seconds for 5,000 × 20 on two cores like ours


def measure(platform: Any) -> list[Row]:
    """Measure with the database that is set up, while no worker takes part of the machine for what was changed."""
    platform.stop("worker")
    rows = page_rows() + work_rows()
    platform.start("worker")
    return rows


def page_rows() -> list[Row]:
    """The organiser's pages and files at 5,000 × 40, and that they ask no more for every 1,000 people."""
    small, large = School(1_000), School(PEOPLE)
    size, first = f"{PEOPLE:,} × {REQUIREMENTS}", f"{PEOPLE:,} × {REQUIREMENTS // 2}"
    rows = []
    for name, query, budget, portions in (
        ("matrix page", "?", 0.5, 0),
        ("matrix page, filtered for the first time", OPEN, 3.0, 4),
        ("matrix page, filtered again", OPEN, 0.7, 0),
        ("matrix page, by progress", "?sort=-progress", 0.7, 0),
    ):
        few, page = (school.page(query, anew=bool(portions)) for school in (small, large))
        rows.append(row(f"{name}, {size}", page.seconds, "s", budget))
        rows += queries(name, few, page, portions)
    for kind, budget in (("csv", 5.0), ("xlsx", MOODLE_EXPORT)):
        few, file = small.export(kind), large.export(kind)
        rows.append(row(f"{kind.upper()} export, {size}", file.seconds, "s", budget))
        rows.append(row("  of these processor time of the web process", file.worked, "s", budget))
        rows += queries(f"{kind.upper()} export", few, file, 4)
    preview = large.preview()
    rows.append(row(f"preview of a changed rule, {size}", preview.seconds, "s", 5.0))
    large.ask_less()
    file = large.export("csv")
    rows.append(row(f"CSV export, {first}", file.seconds, "s", 3.0))
    factor = MOODLE_EXPORT / file.seconds
    rows.append(row(f"  times faster than Moodle's {MOODLE_EXPORT} s", factor, "times", 1, factor > 1))
    return rows


def queries(name: str, few: Figure, many: Figure, portions: int) -> list[Row]:
    """As many queries for five or ten times the people; where all are judged, as many for every 1,000 of them."""
    if not portions:
        return [row(f"  queries of the {name}, more people", many.queries, "", few.queries)]
    return [row(f"  queries of the {name} for 1,000 people more", (many.queries - few.queries) / portions, "", 25)]


def work_rows() -> list[Row]:
    """Matrix, export and recomputation of 100,000 and of 1,000,000 completion records."""
    small, large = (School(records // REQUIREMENTS) for records in RECORDS)
    few, many = small.page("?"), large.page("?")
    asked = large.page(OPEN, anew=True)
    return [
        row("Matrix page, 100,000 records", few.seconds, "s", 0.5),
        row("Matrix page, 1,000,000 records", many.seconds, "s", 0.5),
        *queries("matrix page", few, many, 0),
        row("Matrix page, 1,000,000 records, when a filter is asked for", asked.seconds, "s", 0.5),
        *growth_rows(
            "everybody judged for the filter, by a job", small.judge(), large.judge(), budget=30, portions=22.5
        ),
        row("Matrix page, 1,000,000 records, filtered", large.page(OPEN).seconds, "s", 2),
        *growth_rows("CSV export", small.export("csv"), large.export("csv"), budget=30, portions=22.5),
        *growth_rows("recomputation", small.recompute(), large.recompute(), budget=30, portions=22.5),
    ]


class School:
    """A course of 20 modules with a quiz each, a rule of 40 requirements, one cohort of ``people``."""

    def __init__(self, people: int) -> None:
        from django.utils import timezone

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
        now = timezone.now()
        enrol(self.cohort, people, stem=key, at=now)
        read(self.cohort, self.lessons, now)
        answer(self.cohort, self.quizzes, now)
        settle()

    def _client(self) -> Any:
        from django.test import Client

        client = Client(SERVER_NAME="localhost")
        client.force_login(self.organiser, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def page(self, query: str, *, anew: bool = False) -> Figure:
        """The matrix page as an organiser gets it; ``anew``: without what was worked out lately."""
        from courses.catalogue.models import CohortSnapshot

        client, address = self._client(), f"/en/cohorts/{self.cohort.pk}/{query.format(pick=self.pick)}"

        def act() -> None:
            response = client.get(address)
            assert response.status_code == 200
            assert response.content.count(b"<tr") > 50 or b"data-job" in response.content, address

        act()  # imports, templates, and who was seen today
        if anew:
            CohortSnapshot.objects.filter(cohort=self.cohort).delete()
        return Figure(act)

    def judge(self) -> Figure:
        """Everybody judged by a job, for filter and order."""
        from courses.catalogue.services import snapshots
        from jobs.running import run
        from jobs.services import start_job

        job = start_job(actor=self.organiser, kind=snapshots.KIND, params={"cohort": self.cohort.pk})
        figure = Figure(lambda: run(job.key))
        job.refresh_from_db()
        assert job.state == "done", job.error
        return figure

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

    def ask_less(self) -> None:
        """Put the rule of half the requirements in force."""
        from courses.catalogue.services import put_rule

        put_rule(actor=None, course=self.course, spec=self.fewer)

    def recompute(self) -> Figure:
        """Bring everybody's completion up to date."""
        from courses.catalogue.models import Enrolment
        from courses.catalogue.services.rules import recompute

        def act() -> None:
            Enrolment.objects.filter(cohort=self.cohort).update(completed_at=None, completed_rule=None)
            assert recompute(actor=None, course=self.course, earlier=[]).completed

        return Figure(act)
