"""The dry run: read the list, name every bad row, find who is known. Changes nothing but its own rows."""

from __future__ import annotations

import json
import tempfile
from typing import Any

from django.db import transaction
from django.db.models import Q

from institutions.models import Country
from jobs.models import Job
from jobs.services import JobLost, advance

from ..addresses import own_addresses
from ..matching import Description, Verdict, key_of
from ..models import ImportRow, PeopleImport
from .candidates import match_rows, verdict_of
from .reading import Table, open_table
from .rows import Problem, Vocabulary, description_of, read_row, same_person, vocabulary

CHUNK = 500
ALIKE = 50
"""With how many earlier rows of one name or address a row is compared; a list has hardly more."""
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
                done += _look(batch, job, chunk, words)
                chunk = []
                advance(job, done, total)
        if chunk:
            done += _look(batch, job, chunk, words)
    _wanted(batch, job).update(state=PeopleImport.State.CHECKED)
    advance(job, done, total)


def _wanted(batch: PeopleImport, job: Job) -> Any:
    """The import, as long as this dry run is the one it waits for."""
    return PeopleImport.objects.filter(pk=batch.pk, check_job=job, state=PeopleImport.State.CHECKING)


def _keep(job: Job, table: Table, file: Any, kept: Any) -> int:
    """Count the rows, and keep them on disk as they are read: the cells of a workbook take long to read twice."""
    total = 0
    for total, row in enumerate(table.rows(file), start=1):
        kept.write(json.dumps(row) + "\n")
        if total % 10_000 == 0:
            advance(job, job.done)  # keeps the lease
    kept.seek(0)
    return total


def _look(batch: PeopleImport, job: Job, chunk: list[tuple[int, list[str]]], words: Vocabulary) -> int:
    """Look at some rows and keep what was found, in one transaction.

    Raises ``JobLost`` when the list was given up, its columns were chosen anew, or somebody in it was forgotten since:
    the rows that went then do not come back.
    """
    mapping = {int(place): column for place, column in batch.mapping.items()}
    rows = []
    for number, cells in chunk:
        read = read_row(cells, mapping, words, len(batch.headings))
        row = ImportRow(batch=batch, number=number, cells=cells[: len(batch.headings) + 1], data=read.data)
        row.problems = [problem.as_json() for problem in read.problems]
        if not read.problems:
            row.fingerprint, row.address = key_of(read.data["name"]), read.data.get("email", "").lower()
        rows.append(row)
    proved = own_addresses(batch.created_by)
    with transaction.atomic():
        if _wanted(batch, job).select_for_update().first() is None:
            raise JobLost(str(job.key))
        _mark_doubles(batch, rows)
        good = [row for row in rows if not row.problems]
        for row, found in zip(good, match_rows(batch.created_by, [row.data for row in good]), strict=True):
            row.verdict = VERDICTS[verdict_of(found)]
            row.matches = [{"ref": ref, "reasons": [str(r) for r in result.reasons]} for ref, result in found]
            if _is_own(batch, row, proved):
                row.problems = [Problem("own").as_json()]
        for row in rows:
            if row.problems:
                row.verdict, row.matches = ImportRow.Verdict.BAD, []
        ImportRow.objects.bulk_create(rows)
    return len(rows)


def _mark_doubles(batch: PeopleImport, rows: list[ImportRow]) -> None:
    """Name, in the row of somebody who stood in the list before, the number of the first (``rows.same_person``)."""
    names = {row.fingerprint for row in rows if row.fingerprint}
    addresses = {row.address for row in rows if row.address}
    earlier = batch.rows.filter(Q(fingerprint__in=names) | Q(address__in=addresses)).exclude(
        verdict=ImportRow.Verdict.BAD
    )
    seen: dict[tuple[str, str], list[tuple[int, Description]]] = {}
    for before in earlier.order_by("number").only("number", "fingerprint", "address", "data")[: CHUNK * ALIKE]:
        _remember(seen, before)
    for row in rows:
        if not row.fingerprint:
            continue
        mine = description_of(row.data)
        alike = [pair for key in _keys(row) for pair in seen.get(key, [])]
        first = min((number for number, other in alike if same_person(mine, other)), default=None)
        if first is None:
            _remember(seen, row)
        else:
            row.problems = [Problem("duplicate", value=str(first)).as_json()]


def _keys(row: ImportRow) -> list[tuple[str, str]]:
    return [("name", row.fingerprint), *([("address", row.address)] if row.address else [])]


def _remember(seen: dict[tuple[str, str], list[tuple[int, Description]]], row: ImportRow) -> None:
    for key in _keys(row):
        alike = seen.setdefault(key, [])
        if len(alike) < ALIKE:
            alike.append((row.number, description_of(row.data)))


def _is_own(batch: PeopleImport, row: ImportRow, proved: set[str]) -> bool:
    """Whether a row is surely the person who brings the list, or has an address of theirs and is nobody else.

    Only where the list leads somewhere. Nobody brings themselves in by a second record (``permissions.is_own``).
    """
    if not batch.destination or batch.created_by is None:
        return False
    if row.verdict != ImportRow.Verdict.SURE:
        return row.address in proved
    own = getattr(batch.created_by, "participant", None)
    refs = {f"account:{batch.created_by_id}"} | ({f"person:{own.pk}"} if own else set())
    return row.matches[0]["ref"] in refs
