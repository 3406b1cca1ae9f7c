"""Bringing in a list of people: dry run, writing down, enrolling, mails; time, queries, memory, and how they grow.

The figure to beat is Moodle's on the same machine: 10,000 people imported and enrolled in 56 s. The cohort they come
into asks 40 requirements of each: 2,500 people are 100,000 completion records, 25,000 people a million. The work is
done in this process, as a worker would, so that its memory can be seen; what the web process does is measured apart.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from .completion import School
from .figures import QUERIES, Figure, Row, growth_rows, row

MOODLE = 56.0
PORTION = 500
WRITTEN_ON_SQLITE = 60
"""Queries for a portion that is written. Django gives SQLite 999 parameters a statement, so that 500 people, their
enrolments, the trail of both and the rows of the list go in by 38 statements; on PostgreSQL by 5."""
FEW, PEOPLE, MANY = 2_500, 10_000, 25_000
COUNTRIES = ["Kenya", "الأردن", "Côte d'Ivoire", "Российская Федерация", "中国", "Perú", "FJ", "IND"]
GIVEN = ["Amina", "Wei", "José", "Olga", "Fatima", "Kofi", "Sione", "Priya", "Marie-Claire", "Ahmed"]


def measure(platform: Any) -> list[Row]:
    """Bring lists of 2,500, 10,000 and 25,000 people as text, and one of 10,000 as a workbook."""
    from django.db import connection

    platform.stop("worker")  # else it would do the work before us
    school = School(0)
    small = bring(school, FEW, "csv", "a")
    beside = bring(school, PEOPLE, "csv", "b")
    large = bring(school, MANY, "csv", "c")
    book = bring(school, PEOPLE, "xlsx", "d")
    platform.start("worker")
    whole, sheet = (one["check"].seconds + one["write"].seconds for one in (beside, book))
    worked = beside["check"].worked + beside["write"].worked
    portions = (MANY - FEW) / PORTION
    written = QUERIES if connection.vendor == "postgresql" else WRITTEN_ON_SQLITE
    names = (("check", "Dry run of people", QUERIES), ("write", "People written and enrolled", written))
    return [
        row("10,000 people imported and enrolled (dry run and writing)", whole, "s", MOODLE),
        row("  times faster than Moodle", MOODLE / whole, "times", 1, whole < MOODLE),
        row("  of these processor time of the worker", worked, "s", 20),
        row("  the request that brings the file", beside["request"].seconds, "s", 2),
        row("  10,000 activation mails into the outbox", beside["mails"].seconds, "s", 20),
        row("  the same from a workbook (XLSX)", sheet, "s", MOODLE),
        row("  memory of the workbook beside the text", book["check"].megabytes, "MB", beside["check"].megabytes + 20),
        *[
            line
            for step, name, asked in names
            for line in growth_rows(
                name,
                small[step],
                large[step],
                budget=60,
                portions=portions,
                each=f"{PORTION} rows",
                queries=asked,
            )
        ],
        *growth_rows(
            "Activation mails", small["mails"], large["mails"], budget=50, portions=portions, each=f"{PORTION} rows"
        ),
    ]


def bring(school: School, number: int, kind: str, mark: str) -> dict[str, Figure]:
    """Bring a list as an organiser does and return what each step took."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from courses.participants.imports import services
    from courses.participants.models import PeopleImport
    from jobs.running import run

    actor, content = school.organiser, FILES[kind](people(number, mark))

    def ask() -> Any:
        batch = services.bring_list(
            actor=actor,
            programme=school.course.programme,
            file=SimpleUploadedFile(f"people.{kind}", content),
            destination=f"cohort:{school.cohort.pk}",
            language="en",
        )
        chosen = {int(place): column for place, column in batch.mapping.items()}
        return services.choose_columns(actor=actor, batch=batch, mapping=chosen)

    def work(job: Any) -> Figure:
        figure = Figure(lambda: run(job.key))
        job.refresh_from_db()
        assert job.state == "done", job.error
        return figure

    found = {"request": Figure(ask)}
    batch = found["request"].result
    found["check"] = work(batch.check_job)
    batch = PeopleImport.objects.get(pk=batch.pk)
    found["write"] = work(services.confirm(actor=actor, batch=batch).write_job)
    batch.refresh_from_db()
    assert services.summary(batch)["brought"] == number
    found["mails"] = work(services.send_activation_mails(actor=actor, batch=batch).mail_job)
    return found


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

    book = Workbook()  # as spreadsheet programs write it; written row by row it would not say how large it is
    sheet = book.active
    for cells in rows:
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FILES = {"csv": as_csv, "xlsx": as_xlsx}
