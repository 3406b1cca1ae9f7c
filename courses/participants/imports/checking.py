"""The dry run: read the list, name every bad row, find who is known. Changes nothing but its own rows."""

from __future__ import annotations

import json
import tempfile
from typing import Any

from django.db import transaction

from institutions.models import Country
from jobs.models import Job
from jobs.services import advance

from ..matching import Verdict
from ..models import ImportRow, PeopleImport
from .candidates import match_rows, verdict_of
from .reading import Table, open_table
from .rows import Problem, Vocabulary, fingerprint, read_row, vocabulary

CHUNK = 500
VERDICTS = {
    Verdict.NONE: ImportRow.Verdict.NEW,
    Verdict.UNSURE: ImportRow.Verdict.UNSURE,
    Verdict.SURE: ImportRow.Verdict.SURE,
}


def check(job: Job) -> None:
    """Do the dry run of an import; a worker that takes over goes on after the last row that was looked at."""
    batch = PeopleImport.objects.select_related("created_by").get(key=job.params["import"])
    if batch.check_job_id != job.pk or batch.state != PeopleImport.State.CHECKING:
        return  # the columns were chosen anew since
    words = vocabulary(tuple(Country.objects.order_by("iso2").values_list("iso2", "iso3", "name")))
    with batch.file.open("rb") as file, tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        table = open_table(file, batch.file_name, encoding=batch.encoding)
        total = _keep(job, table, file, kept)
        last = batch.rows.order_by("-number").values_list("number", flat=True).first() or 0
        done, chunk = batch.rows.count(), []
        for number, cells in map(json.loads, kept):
            if number <= last:
                continue
            chunk.append((number, cells))
            if len(chunk) == CHUNK:
                done += _look(batch, chunk, words)
                chunk = []
                advance(job, done, total)
        if chunk:
            done += _look(batch, chunk, words)
    batch.state = PeopleImport.State.CHECKED
    changed = PeopleImport.objects.filter(pk=batch.pk, check_job=job, state=PeopleImport.State.CHECKING)
    changed.update(state=PeopleImport.State.CHECKED)
    advance(job, done, total)


def _keep(job: Job, table: Table, file: Any, kept: Any) -> int:
    """Count the rows, and keep them on disk as they are read: the cells of a workbook take long to read twice."""
    total = 0
    for total, row in enumerate(table.rows(file), start=1):
        kept.write(json.dumps(row) + "\n")
        if total % 10_000 == 0:
            advance(job, job.done)  # keeps the lease
    kept.seek(0)
    return total


def _look(batch: PeopleImport, chunk: list[tuple[int, list[str]]], words: Vocabulary) -> int:
    """Look at some rows and keep what was found, in one transaction."""
    mapping = {int(place): column for place, column in batch.mapping.items()}
    rows = []
    for number, cells in chunk:
        read = read_row(cells, mapping, words, len(batch.headings))
        row = ImportRow(batch=batch, number=number, cells=cells[: len(batch.headings) + 1], data=read.data)
        row.problems = [problem.as_json() for problem in read.problems]
        row.fingerprint = "" if read.problems else fingerprint(read.data)
        rows.append(row)
    with transaction.atomic():
        _mark_doubles(batch, rows)
        good = [row for row in rows if not row.problems]
        for row, found in zip(good, match_rows(batch.created_by, [row.data for row in good]), strict=True):
            row.verdict = VERDICTS[verdict_of(found)]
            row.matches = [{"ref": ref, "reasons": [str(r) for r in result.reasons]} for ref, result in found]
            if _is_own(batch, row):
                row.problems = [Problem("own").as_json()]
        for row in rows:
            if row.problems:
                row.verdict, row.matches = ImportRow.Verdict.BAD, []
        ImportRow.objects.bulk_create(rows)
    return len(rows)


def _mark_doubles(batch: PeopleImport, rows: list[ImportRow]) -> None:
    """A person who stands in the list twice is taken from the first row."""
    prints = {row.fingerprint for row in rows if row.fingerprint}
    earlier = batch.rows.filter(fingerprint__in=prints).exclude(verdict=ImportRow.Verdict.BAD)
    seen = dict(earlier.values_list("fingerprint", "number"))
    for row in rows:
        if not row.fingerprint:
            continue
        first = seen.setdefault(row.fingerprint, row.number)
        if first != row.number:
            row.problems = [Problem("duplicate", value=str(first)).as_json()]


def _is_own(batch: PeopleImport, row: ImportRow) -> bool:
    """Whether a row is surely the person who brings the list; only where the list leads somewhere."""
    if not batch.destination or batch.created_by is None or row.verdict != ImportRow.Verdict.SURE:
        return False
    own = getattr(batch.created_by, "participant", None)
    refs = {f"account:{batch.created_by_id}"} | ({f"person:{own.pk}"} if own else set())
    return row.matches[0]["ref"] in refs
