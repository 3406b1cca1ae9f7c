"""Bringing in a list of people: dry run, writing down, enrolling, mails; time, and memory at ten times the rows.

The figure to beat is Moodle's on the same machine: 10,000 people imported and enrolled in 56 s. The work is done in
this process, as a worker would, so that its memory can be seen; what the web process does is measured apart.
"""

from __future__ import annotations

import csv
import io
import resource
import time
from typing import Any

FEW, MANY = 1_000, 10_000
BUDGET = 56.0
COUNTRIES = ["Kenya", "الأردن", "Côte d'Ivoire", "Российская Федерация", "中国", "Perú", "FJ", "IND"]
GIVEN = ["Amina", "Wei", "José", "Olga", "Fatima", "Kofi", "Sione", "Priya", "Marie-Claire", "Ahmed"]


def measure(platform: Any) -> list[dict[str, Any]]:
    """Bring a list of 1,000 and one of 10,000 people as text, and one of 10,000 as a workbook."""
    platform.stop("worker")  # else it would do the work before us
    small = bring(FEW, "csv", "a")
    before = peak()
    large = bring(MANY, "csv", "b")
    grown = peak() - before
    book = bring(MANY, "xlsx", "c")
    platform.start("worker")
    whole = large["check"] + large["write"]
    return [
        row("10,000 people imported and enrolled (dry run and writing)", whole, "s", BUDGET, whole < BUDGET),
        row("  times faster than Moodle", BUDGET / whole, "times", 1, whole < BUDGET),
        row("  of these processor time of the worker", large["check-busy"] + large["write-busy"], "s", None, True),
        row("  dry run alone", large["check"], "s", None, True),
        row("  writing alone", large["write"], "s", None, True),
        row("  10,000 activation mails into the outbox", large["mails"], "s", None, True),
        row("  the request that brings the file", large["request"], "s", 2, large["request"] < 2),
        row("  the same as a workbook (XLSX)", book["check"] + book["write"], "s", BUDGET, True),
        row("  memory beyond that of 1,000 rows", grown, "MB", 20, grown < 20),
        row("  queries for each person", large["queries"] / MANY, "", None, large["queries"] < MANY),
        row("  queries at 1,000", small["queries"] / FEW, "", None, True),
    ]


def bring(number: int, kind: str, mark: str) -> dict[str, float]:
    """Bring a list as an organiser does and return the seconds of each step."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection

    from accounts.models import User
    from courses.catalogue.models import Cohort
    from courses.participants.imports import services
    from courses.participants.models import PeopleImport
    from jobs.running import run

    actor = User.objects.get(email="organiser@example.org")
    cohort = Cohort.objects.filter(self_paced=True, archived_at=None).select_related("course__programme").first()
    assert cohort is not None
    seconds: dict[str, float] = {"queries": 0}
    start = time.perf_counter()
    batch = services.bring_list(
        actor=actor,
        programme=cohort.course.programme,
        file=SimpleUploadedFile(f"people.{kind}", FILES[kind](people(number, mark))),
        destination=f"cohort:{cohort.pk}",
        language="en",
    )
    chosen = {int(place): column for place, column in batch.mapping.items()}
    batch = services.choose_columns(actor=actor, batch=batch, mapping=chosen)
    seconds["request"] = time.perf_counter() - start

    def work(step: str, job: Any) -> None:
        number = 0

        def counting(execute: Any, *args: Any) -> Any:  # keeps no statement, so that memory is that of the work
            nonlocal number
            number += 1
            return execute(*args)

        start, busy = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(counting):
            run(job.key)
        seconds[step], seconds[f"{step}-busy"] = time.perf_counter() - start, time.process_time() - busy
        if step != "mails":
            seconds["queries"] += number
        job.refresh_from_db()
        assert job.state == "done", job.error

    work("check", batch.check_job)
    batch = PeopleImport.objects.get(pk=batch.pk)
    work("write", services.confirm(actor=actor, batch=batch).write_job)
    batch.refresh_from_db()
    assert services.summary(batch)["brought"] == number
    if kind == "csv":
        work("mails", services.send_activation_mails(actor=actor, batch=batch).mail_job)
    return seconds


def people(number: int, mark: str) -> list[list[str]]:
    head = ["Full name", "E-mail", "Country", "Organisation", "Position", "Language"]
    return [head] + [
        [
            f"{GIVEN[n % 10]} {mark.upper()}{n:05d} Family{n % 997}",
            f"{mark}{n}@imported.example",
            COUNTRIES[n % 8],
            f"Ministry {n % 50}",
            "Officer",
            "fr" if n % 3 else "en",
        ]
        for n in range(number)
    ]


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in rows:
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FILES = {"csv": as_csv, "xlsx": as_xlsx}


def peak() -> float:
    """The most memory this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(name: str, value: float, unit: str, budget: float | None, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "unit": unit, "budget": budget, "ok": ok}
