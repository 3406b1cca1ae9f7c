"""Writing down the people of a list that was confirmed, a chunk to a transaction."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance

from ..activation import invite_many
from ..addresses import own_addresses
from ..models import ImportRow, Participant, PeopleImport
from ..permissions import is_own
from ..services import DETAILS, RecordGone, still_present
from .candidates import ACCOUNT, PERSON, match_rows, verdict_of
from .registry import destination_of, place_of
from .rows import Problem

CHUNK = 500
Outcome, Verdict = ImportRow.Outcome, ImportRow.Verdict


def write(job: Job) -> None:
    """Write the rows that wait. What a worker that died had written stays and is not written again."""
    batch = PeopleImport.objects.select_related("created_by", "programme").get(key=job.params["import"])
    if batch.write_job_id != job.pk or batch.state != PeopleImport.State.WRITING:
        return
    waiting = batch.rows.filter(outcome=Outcome.WAITING).order_by("number")
    total = batch.rows.count()
    done = total - waiting.count()
    while True:
        with transaction.atomic():
            chunk = list(waiting.select_for_update()[:CHUNK])
            if chunk:
                _write_chunk(batch, chunk)
            else:
                _finish(batch)
        done += len(chunk)
        advance(job, done, total)
        if not chunk:
            batch.file.delete(save=False)
            return


def _write_chunk(batch: PeopleImport, rows: list[ImportRow]) -> None:
    actor = batch.created_by
    written = [row for row in rows if row.verdict != Verdict.BAD and row.decision != "skip"]
    refs = {row.number: _reference(row) for row in written}
    # Somebody may have been written down since the dry run: by another organiser, or by themselves.
    fresh = [row for row in written if not refs[row.number] and row.verdict == Verdict.NEW]
    for row, found in zip(fresh, match_rows(actor, [row.data for row in fresh]), strict=True):
        if found and verdict_of(found) == 2:
            refs[row.number] = found[0][0]
    people = _known(set(refs.values()) - {""})
    made: list[tuple[ImportRow, Participant]] = []
    for row in written:
        person = people.get(refs[row.number])
        if person is None or person.pk is None:
            person = person or Participant()
            _fill(person, row, batch)
            person.created_by = actor
            made.append((row, person))
        row.participant, row.outcome = person, Outcome.FOUND
        if refs[row.number].startswith(f"{ACCOUNT}:"):
            people[refs[row.number]] = person
    unique = list({id(person): person for _row, person in made}.values())
    Participant.objects.bulk_create(unique)
    audit.record_many(actor=actor, action="participants.create", objects=unique, imported=str(batch.key))
    for row, person in made:
        row.participant, row.outcome = person, Outcome.CREATED
    _bring(batch, written)
    for row in rows:
        if row.outcome == Outcome.WAITING:
            row.outcome = Outcome.LEFT_OUT
    ImportRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["batch", "number"],
        update_fields=["participant", "outcome", "brought", "problems"],
    )


def _reference(row: ImportRow) -> str:
    if row.verdict == Verdict.SURE and not row.decision:
        return row.matches[0]["ref"]
    return row.decision if row.decision not in ("", "new", "skip") else ""


def _known(refs: set[str]) -> dict[str, Participant]:
    """Return the records that references name; for an account, its record or a new one that hangs on it."""
    ids = {int(ref.partition(":")[2]) for ref in refs if ref.startswith(f"{PERSON}:")}
    accounts = {int(ref.partition(":")[2]) for ref in refs if ref.startswith(f"{ACCOUNT}:")}
    known: dict[str, Participant] = {}
    for person in Participant.objects.filter(pk__in=ids).select_related("merged_into__user", "user"):
        known[f"{PERSON}:{person.pk}"] = person.merged_into or person
    owned = {person.user_id: person for person in Participant.objects.filter(user__in=accounts).select_related("user")}
    for pk in accounts:
        known[f"{ACCOUNT}:{pk}"] = owned.get(pk) or Participant(user_id=pk)
    return known


def _fill(person: Participant, row: ImportRow, batch: PeopleImport) -> None:
    """Write what a row says into a new record. Nothing in a record that was there is ever overwritten."""
    for name in DETAILS:
        if name == "country":
            person.country_id = row.data.get("country") or None
        else:
            setattr(person, name, row.data.get(name, ""))
    person.language = person.language or batch.language or settings.LANGUAGE_CODE


def _bring(batch: PeopleImport, rows: list[ImportRow]) -> None:
    """Bring the people to the destination, if the list has one; who finds no place is named."""
    destination = destination_of(batch.destination)
    if destination is None:
        return
    actor = batch.created_by
    people = [row.participant for row in rows if row.participant]
    try:
        brought = destination.bring(actor=actor, ref=batch.destination, people=people)
    except DomainError as error:
        brought, refusal = set(), Problem("refused", value=str(error))
    else:
        refusal = Problem("full")
    for row in rows:
        row.brought = row.participant is not None and row.participant.pk in brought
    left = [row for row in rows if not row.brought]
    if not left:
        return
    proved = own_addresses(actor)
    present = still_present(row.participant for row in left if row.participant)
    for row in left:
        problem = refusal
        if row.participant is not None and row.participant.pk not in present:
            problem = Problem("refused", value=str(RecordGone()))
        elif row.participant is not None and is_own(actor, row.participant, proved):
            problem = Problem("own")
        row.problems = [problem.as_json()]


def _finish(batch: PeopleImport) -> None:
    PeopleImport.objects.filter(pk=batch.pk).update(state=PeopleImport.State.DONE)
    counts = {str(outcome): batch.rows.filter(outcome=outcome).count() for outcome in Outcome if outcome != "waiting"}
    audit.record(actor=batch.created_by, action="participants.import", obj=batch, **counts)


def to_write_to(batch: PeopleImport) -> Any:
    """Return the rows whose people can get a mail: an address and no account yet, or a place this list brought them to.

    Not those who were written to: each row says so itself, for the outbox forgets sooner than the list.
    """
    rows = batch.rows.filter(
        outcome__in=(Outcome.CREATED, Outcome.FOUND), participant__isnull=False, told_at__isnull=True
    )
    rows = rows.filter(Q(participant__user__isnull=True) | Q(brought=True))
    return rows.exclude(participant__email="", participant__user__isnull=True)


def send_mails(job: Job) -> None:
    """Write the activation mails into the outbox, batch by batch.

    Who had an account before is told of the place instead, where this list brought them there; who found no place
    there reads of none.
    """
    batch = PeopleImport.objects.select_related("programme").get(key=job.params["import"])
    if batch.mail_job_id != job.pk:
        return
    destination, place = destination_of(batch.destination), place_of(None, batch.destination)
    rows = to_write_to(batch).select_related("participant__user").order_by("number")
    total, done, last = rows.count(), 0, 0
    title = place.title if place else ""
    while chunk := list(rows.filter(number__gt=last)[:CHUNK]):
        people = [(row.participant, row.brought) for row in chunk if row.participant]
        with transaction.atomic():
            for inside in (True, False):
                strangers = [person for person, brought in people if person.user_id is None and brought is inside]
                invite_many(participants=strangers, key=str(batch.key), place=title if inside else "")
            known = [person for person, _brought in people if person.user_id]
            if destination and known:
                destination.tell(batch.destination, known, batch.confirmed_at or batch.created_at)
            batch.rows.filter(pk__in=[row.pk for row in chunk]).update(told_at=timezone.now())
        last, done = chunk[-1].number, done + len(chunk)
        advance(job, done, total)
