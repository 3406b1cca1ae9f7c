"""What an organiser does with a list of people: bring it, say what its columns hold, decide, confirm, give up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from institutions.models import Programme
from institutions.roles import is_organiser
from jobs.services import start_job

from ..models import ColumnChoice, ImportRow, PeopleImport
from . import columns
from .reading import open_table
from .registry import Place, place_of
from .writing import to_write_to

CHECK_JOB, WRITE_JOB, MAIL_JOB = "participants.check", "participants.write", "participants.invite"
State, Verdict = PeopleImport.State, ImportRow.Verdict


class NotYourImport(DomainError):
    """The list belongs to a programme of others."""

    def __init__(self) -> None:
        super().__init__(_("Only organisers of the programme bring in lists of people."))


class WrongStep(DomainError):
    """The import has gone on, or is not that far."""

    def __init__(self) -> None:
        super().__init__(_("This list has gone on since. Please look again."))


class PlaceClosed(DomainError):
    """What the list leads to is in the archive."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The course or cohort is in the archive and takes nobody any more. "
                "Bring the list without it, or to another."
            )
        )


class FileGone(DomainError):
    """The file went because somebody in it was forgotten."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody on this list has asked to be forgotten, so its file is gone and it cannot be read again. "
                "Import it as it stands, without them, or give it up and bring a new one."
            )
        )


class WrongColumns(DomainError):
    """The columns do not say who somebody is."""


class NotReady(DomainError):
    """Something has to be decided before anything is written."""


def _own(actor: Any, batch: PeopleImport, *states: str) -> PeopleImport:
    """Return the import locked. Raises ``NotYourImport`` or ``WrongStep``."""
    batch = PeopleImport.objects.select_for_update(of=("self",)).select_related("programme").get(pk=batch.pk)
    if not PeopleImport.objects.visible_to(actor).filter(pk=batch.pk).exists():
        raise NotYourImport
    if batch.state not in states:
        raise WrongStep
    return batch


def bring_list(
    *, actor: Any, programme: Programme, file: Any, destination: str = "", language: str = ""
) -> PeopleImport:
    """Take a file in; nothing of it is read yet but its headings.

    ``destination`` is a place of the registry that the actor may bring people to, or empty: without one only
    organisers of the whole programme bring lists, not those of one course. Raises ``NotYourImport``, ``PlaceClosed``,
    ``reading.UnreadableFile``, or ``WrongStep`` for a place of another programme.
    """
    place = place_of(actor, destination) if destination else None
    if place is None and (destination or not is_organiser(actor, programme.pk)):
        raise NotYourImport
    if place is not None and place.programme_id != programme.pk:
        raise WrongStep
    _require_open(place)
    name = PurePath(file.name).name[-200:]
    table = open_table(file.file if hasattr(file, "file") else file, name)
    batch = PeopleImport(
        programme=programme,
        destination=destination,
        file_name=name,
        kind=table.kind,
        encoding=table.encoding,
        headings=table.headings,
        language=language,
        created_by=actor,
    )
    batch.mapping = columns.guess(table.headings, remembered(programme))
    file.seek(0)
    batch.file.save(f"{batch.key}.{table.kind}", File(file), save=False)
    with transaction.atomic():
        batch.save()
        audit.record(actor=actor, action="participants.bring_list", obj=batch)
    return batch


def _require_open(place: Place | None) -> None:
    if place is not None and not place.is_open:
        raise PlaceClosed


def remembered(programme: Programme) -> dict[str, str]:
    """Return what headings meant in the programme's earlier lists."""
    return dict(ColumnChoice.objects.filter(programme=programme).values_list("heading", "column"))


@transaction.atomic
def read_as(*, actor: Any, batch: PeopleImport, encoding: str) -> PeopleImport:
    """Read a text file in another encoding: its letters looked wrong. Raises what ``bring_list`` does, ``FileGone``."""
    batch = _own(actor, batch, State.UPLOADED, State.CHECKED)
    if not batch.file:
        raise FileGone
    with batch.file.open("rb") as file:
        table = open_table(file, batch.file_name, encoding=encoding)
    batch.encoding, batch.headings = table.encoding, table.headings
    batch.mapping = columns.guess(table.headings, remembered(batch.programme))
    batch.state = State.UPLOADED
    batch.save(update_fields=["encoding", "headings", "mapping", "state"])
    return batch


@transaction.atomic
def choose_columns(*, actor: Any, batch: PeopleImport, mapping: Mapping[int, str]) -> PeopleImport:
    """Say what the columns hold, remember it for the programme, and start the dry run.

    May be done again until the list is confirmed. Raises ``WrongColumns``, ``NotYourImport``, ``WrongStep``,
    ``FileGone``.
    """
    batch = _own(actor, batch, State.UPLOADED, State.CHECKING, State.CHECKED)
    if not batch.file:
        raise FileGone
    chosen = {int(place): str(column) for place, column in mapping.items() if column}
    twice = {column for column in chosen.values() if list(chosen.values()).count(column) > 1}
    if twice:
        label = str(columns.Column(min(twice)).label)
        raise WrongColumns(_("Two columns are given as “%(column)s”. Choose one of them.") % {"column": label})
    if not columns.has_name(chosen):
        raise WrongColumns(_("Choose the column with the full name, or those with the given and the family name."))
    headings = [columns.plain(heading)[:200] for heading in batch.headings]
    for place, words in enumerate(headings):
        if words and headings.count(words) == 1:  # of two equal headings neither says what the next list means by it
            ColumnChoice.objects.update_or_create(
                programme=batch.programme, heading=words, defaults={"column": chosen.get(place, "")}
            )
    batch.rows.all().delete()
    batch.mapping, batch.state = {str(place): column for place, column in chosen.items()}, State.CHECKING
    batch.check_job = start_job(actor=actor, kind=CHECK_JOB, params={"import": str(batch.key)})
    batch.save(update_fields=["mapping", "state", "check_job"])
    return batch


@transaction.atomic
def decide(*, actor: Any, batch: PeopleImport, decisions: Mapping[int, str]) -> int:
    """Keep a person's answers where matching was unsure, or was sure and is wrong; return how many changed.

    ``decisions`` is ``{row number: "new", "skip", "" or the reference of one of its candidates}``; anything
    else is passed over. Raises ``NotYourImport`` or ``WrongStep``.
    """
    batch = _own(actor, batch, State.CHECKED)
    changed = []
    rows = batch.rows.filter(number__in=decisions, verdict__in=(Verdict.UNSURE, Verdict.SURE))
    for row in rows:
        answer = decisions[row.number]
        if answer in {"", "new", "skip", *(match["ref"] for match in row.matches)} and answer != row.decision:
            row.decision = answer
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["decision"])
    return len(changed)


def summary(batch: PeopleImport) -> dict[str, int]:
    """Return the counts of a dry run or of what came of it. One query."""
    unsure = Q(verdict=Verdict.UNSURE)
    counts = {
        "rows": Count("pk"),
        "bad": Count("pk", filter=Q(verdict=Verdict.BAD)),
        "new": Count("pk", filter=Q(verdict=Verdict.NEW)),
        "sure": Count("pk", filter=Q(verdict=Verdict.SURE)),
        "unsure": Count("pk", filter=unsure),
        "undecided": Count("pk", filter=unsure & Q(decision="")),
        "skipped": Count("pk", filter=Q(decision="skip")),
        "created": Count("pk", filter=Q(outcome=ImportRow.Outcome.CREATED)),
        "found": Count("pk", filter=Q(outcome=ImportRow.Outcome.FOUND)),
        "left_out": Count("pk", filter=Q(outcome=ImportRow.Outcome.LEFT_OUT)),
        "brought": Count("pk", filter=Q(brought=True)),
        "without_address": Count("pk", filter=~Q(verdict=Verdict.BAD) & ~Q(data__has_key="email")),
    }
    found = batch.rows.aggregate(**counts)
    found["good"] = found["rows"] - found["bad"] - found["undecided"] - found["skipped"]
    return found


@transaction.atomic
def confirm(*, actor: Any, batch: PeopleImport, only_good: bool = False) -> PeopleImport:
    """Have the list written. Raises ``NotReady`` while rows are bad or undecided, unless ``only_good`` leaves them out.

    Also raises ``NotReady`` when nothing would be written; ``NotYourImport``, ``WrongStep``, ``PlaceClosed``.
    """
    batch = _own(actor, batch, State.CHECKED)
    _require_open(place_of(actor, batch.destination))
    counts = summary(batch)
    if (counts["bad"] or counts["undecided"]) and not only_good:
        raise NotReady(
            _("Some rows have a problem or wait for a decision. Mend the list, decide, or leave these rows out.")
        )
    if not counts["good"]:
        raise NotReady(_("There is nothing to import: no row is without a problem."))
    batch.rows.filter(verdict=Verdict.UNSURE, decision="").update(decision="skip")
    batch.state, batch.only_good, batch.confirmed_at = State.WRITING, only_good, timezone.now()
    batch.write_job = start_job(actor=actor, kind=WRITE_JOB, params={"import": str(batch.key)}, total=counts["rows"])
    batch.save(update_fields=["state", "only_good", "confirmed_at", "write_job"])
    audit.record(actor=actor, action="participants.confirm_import", obj=batch, only_good=only_good)
    return batch


@transaction.atomic
def give_up(*, actor: Any, batch: PeopleImport) -> PeopleImport:
    """Give a list up before it is written: its rows and its file go. Raises ``NotYourImport`` or ``WrongStep``."""
    batch = _own(actor, batch, State.UPLOADED, State.CHECKING, State.CHECKED)
    batch.rows.all().delete()
    batch.state, name, storage = State.CANCELLED, str(batch.file.name), batch.file.storage
    batch.file = ""  # type: ignore[assignment]
    batch.save(update_fields=["state", "file"])
    if name:
        transaction.on_commit(lambda: storage.delete(name))
    audit.record(actor=actor, action="participants.give_up_import", obj=batch)
    return batch


@transaction.atomic
def send_activation_mails(*, actor: Any, batch: PeopleImport) -> PeopleImport:
    """Write to the people of an imported list. Nobody gets the same mail twice, however often it is asked for.

    Raises ``NotReady`` when a mailing is under way or nobody can be written to; ``NotYourImport``, ``WrongStep``.
    """
    batch = _own(actor, batch, State.DONE)
    if batch.mail_job is not None and not batch.mail_job.is_final:
        raise NotReady(_("The mails are being sent already."))
    total = to_write_to(batch).count()
    if not total:
        raise NotReady(_("Nobody on this list is left to write to."))
    batch.mail_job = start_job(actor=actor, kind=MAIL_JOB, params={"import": str(batch.key)}, total=total)
    batch.save(update_fields=["mail_job"])
    audit.record(actor=actor, action="participants.send_activation_mails", obj=batch, mails=total)
    return batch


def forget_old(before: Any) -> int:
    """Delete lists older than ``before`` with their rows and files; the people stay. Returns how many."""
    old = PeopleImport.objects.filter(created_at__lt=before).exclude(state=State.WRITING)
    count = 0
    for batch in old:
        if batch.file:
            batch.file.delete(save=False)
        batch.delete()
        count += 1
    return count
