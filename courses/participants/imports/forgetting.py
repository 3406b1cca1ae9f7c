"""Lists of people and one who is being forgotten: which rows are theirs, and how a list is left without them."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from core import audit
from core.personal import Person

from ..models import ImportRow, Participant, PeopleImport
from .candidates import ACCOUNT, PERSON
from .reading import UnreadableFile, open_table

State, Verdict, Outcome = PeopleImport.State, ImportRow.Verdict, ImportRow.Outcome
BETWEEN = re.compile(r"[\s<>,;:|\"'()\[\]]+|mailto:")
EMPTY: dict[str, Any] = {"cells": [], "data": {}, "problems": [], "fingerprint": "", "address": "", "matches": []}


def rows_of(person: Person, records: Collection[Participant], own: Collection[str]) -> list[ImportRow]:
    """Return the rows of lists that are about a person, whatever came of them.

    Those written down as them, those that would be, those with an address of theirs (``own``, in lower case) in any
    cell, and the doubles of all these. Not those of which they are one who it might be.
    """
    refs = references(person, records)
    rows = [
        *ImportRow.objects.filter(participant__in=records),
        *(row for row in _naming(refs) if chosen(row) in refs),
        *_with_address(own),
    ]
    return list({row.pk: row for row in [*rows, *_doubles_of(rows)]}.values())


def _with_address(own: Collection[str]) -> list[ImportRow]:
    written = Q()
    for address in own:
        written |= Q(address=address) | Q(data__email__iexact=address) | Q(cells__icontains=address)
    if not written:
        return []
    # The database finds too many: "ann@x.org" is also in "joann@x.org".
    found = ImportRow.objects.filter(written)
    return [row for row in found if holds([*row.cells, row.address, row.data.get("email", "")], own)]


def _doubles_of(rows: Collection[ImportRow]) -> list[ImportRow]:
    """Return the rows that were refused as the same person as one of these."""
    numbers: dict[int, set[str]] = {}
    for row in rows:
        numbers.setdefault(row.batch_id, set()).add(str(row.number))
    refused = ImportRow.objects.filter(batch__in=numbers, verdict=Verdict.BAD, problems__icontains='"duplicate"')
    return [
        row
        for row in refused
        if any(p["code"] == "duplicate" and p["value"] in numbers[row.batch_id] for p in row.problems)
    ]


def leave_out(person: Person, records: Collection[Participant], own: Collection[str]) -> int:
    """Empty the rows of a person and leave them out of lists that are not written yet; returns how many rows.

    Where they were only one of those a row might be of, the row stays, without them. A list that could be read again
    from a file with their address is not: one that was looked at loses its file, another is given up.
    """
    refs = references(person, records)
    # Locked first: a dry run under way adds no row between the search and the end of this transaction.
    open_lists = PeopleImport.objects.select_for_update(of=("self",)).order_by("pk")
    not_written = list(open_lists.filter(state__in=(State.UPLOADED, State.CHECKING, State.CHECKED)))
    rows = rows_of(person, records, own)
    theirs = ImportRow.objects.filter(pk__in=[row.pk for row in rows])
    theirs.filter(outcome=Outcome.WAITING).update(decision="skip", verdict=Verdict.NEW)
    count = theirs.update(**EMPTY)
    for row in _naming(refs).filter(outcome=Outcome.WAITING):
        row.matches = [match for match in row.matches if match["ref"] not in refs]
        if not row.matches:
            row.verdict = Verdict.NEW
        row.save(update_fields=["matches", "verdict"])
    touched = {row.batch_id for row in rows}
    for batch in not_written:
        if batch.state == State.CHECKED:
            # Its rows do not tell all: a title above the headings is in the file alone.
            if batch.pk in touched or (own and _file_holds(batch, own)):
                _drop_file(batch)
        elif own and _file_holds(batch, own):
            batch.rows.all().delete()
            batch.state = State.CANCELLED
            _drop_file(batch)
            audit.record(actor=None, action="participants.give_up_import", obj=batch)
    return count


def references(person: Person, records: Collection[Participant]) -> set[str]:
    """Return the references by which rows name a person: each record, and the account."""
    refs = {f"{PERSON}:{record.pk}" for record in records}
    return refs | ({f"{ACCOUNT}:{person.user.pk}"} if person.user is not None else set())


def chosen(row: ImportRow) -> str:
    """Return the reference of whom a row would be written as; empty for somebody new or for nobody."""
    if row.verdict == Verdict.SURE and not row.decision and row.matches:
        return str(row.matches[0]["ref"])
    return row.decision if row.decision not in ("", "new", "skip") else ""


def holds(cells: Collection[str], addresses: Collection[str]) -> bool:
    """Whether one of the addresses stands in one of the cells, alone or between other words."""
    return any(not set(addresses).isdisjoint(BETWEEN.split(str(cell).lower())) for cell in cells)


def _naming(refs: Collection[str]) -> Any:
    """Rows that name one of the references as somebody they may be of, or were decided to be of."""
    named = Q(pk__in=[])
    for ref in refs:
        named |= Q(matches__icontains=f'"{ref}"') | Q(decision=ref)
    return ImportRow.objects.filter(named)


def _file_holds(batch: PeopleImport, addresses: Collection[str]) -> bool:
    """Whether the file of a list holds one of the addresses; one that cannot be read might."""
    if not batch.file:
        return False
    try:
        with batch.file.open("rb") as file:
            table = open_table(file, batch.file_name, encoding=batch.encoding)
            return any(holds(cells, addresses) for _number, cells in table.whole(file))
    except (UnreadableFile, OSError):
        return True


def _drop_file(batch: PeopleImport) -> None:
    if batch.file:
        transaction.on_commit(partial(batch.file.storage.delete, str(batch.file.name)))
    batch.file = ""  # type: ignore[assignment]
    batch.save(update_fields=["file", "state"])
