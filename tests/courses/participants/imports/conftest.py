"""Lists of people, as organisers bring them."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from openpyxl import Workbook

from courses.participants.imports import services
from courses.participants.models import PeopleImport
from jobs.running import work_off
from tests import factories

HEAD = ["Full name", "E-mail", "Country", "Organisation", "Language"]
GOOD = [
    ["Amina Diallo", "amina@lists.example", "Kenya", "Ministry of Environment", "en"],
    ["ليلى العمري", "layla@lists.example", "Maroc", "", "ar"],
    ["欧阳雪梅", "", "China", "海关", "zh-hans"],
]


def csv_file(rows, name="people.csv", encoding="utf-8", delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


def xlsx_file(rows, name="people.xlsx"):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


@pytest.fixture
def cohort(programme):
    return factories.CohortFactory(course=factories.CourseFactory(programme=programme))


@pytest.fixture
def bring(cast, programme):
    """Bring a list and look at it; returns the import after its dry run."""

    def brought(rows, *, head=HEAD, cohort=None, actor=None, file=None, mapping=None) -> PeopleImport:
        actor = actor or cast.organiser
        with TestCase.captureOnCommitCallbacks(execute=False):
            batch = services.bring_list(
                actor=actor,
                programme=programme,
                file=file or csv_file([head, *rows]),
                destination=f"cohort:{cohort.pk}" if cohort else "",
                language="en",
            )
            chosen = mapping or {int(place): column for place, column in batch.mapping.items()}
            services.choose_columns(actor=actor, batch=batch, mapping=chosen)
        work_off()
        batch.refresh_from_db()
        assert batch.state == "checked", batch.check_job.error
        return batch

    return brought


@pytest.fixture
def finish(cast):
    """Confirm an import and have it written."""

    def finished(batch, **answers) -> PeopleImport:
        services.confirm(actor=cast.organiser, batch=batch, **answers)
        work_off()
        batch.refresh_from_db()
        assert batch.state == "done", batch.write_job.error
        return batch

    return finished
