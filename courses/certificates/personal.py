"""What this room holds of people: the ledger, which outlives them (decision 6)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.personal import Person, Record, fact, forget_labels
from courses.participants.models import Participant
from courses.participants.personal import records_of
from modules.records.models import Event

from . import services
from .issuing import file_name
from .models import Batch, Certificate

GONE = "–"
WITHDRAW = "certificates"
"""The option by which a person who is erased withdraws names and files, too."""


def _of(person: Person) -> Any:
    return Certificate.objects.filter(participant__in=records_of(person))


def export(person: Person) -> Iterator[Record]:
    """Every certificate as the ledger has it."""
    for row in _of(person).select_related("superseded_by"):
        yield [
            fact("serial", _("Number"), row.serial),
            fact("kind", _("Kind"), row.kind, row.get_kind_display()),
            fact("state", _("State"), row.state, row.get_state_display()),
            fact("name", _("Name as printed"), row.name),
            fact("printed", _("As printed"), row.printed, row.printed.get("title", "")),
            fact("evidence", _("Why it was issued"), row.evidence, ""),
            fact("hours", _("Hours"), row.hours),
            fact("issued_at", _("Issued"), row.issued_at),
            fact("sha256", _("Fingerprint of the file"), row.sha256),
            fact("withdrawn_at", _("Name and file withdrawn"), row.withdrawn_at),
        ]


def files(person: Person) -> Iterator[tuple[str, Any]]:
    """The PDFs as issued."""
    for row in _of(person).exclude(pdf=""):
        if row.pdf.storage.exists(row.pdf.name):
            yield f"{row.serial}-{file_name(row)}", row.pdf.open("rb")


def erase(person: Person) -> int:
    """The ledger stays, parted from the rest: its rows go to a record of their own that leads to nothing else.

    Name and file, and why one was revoked or issued anew, go only where the holder asked for it. A batch that names
    the person names that record instead. Which enrolment a certificate was earned in goes from its evidence, and its
    number from the learning event.
    """
    rows = _of(person).select_related("batch", "participant")
    certificates = list(rows)
    if not certificates:
        return 0
    holder = Participant.objects.create(name=_("Erased person"), erased_at=timezone.now())
    old_ids = {record.pk for record in records_of(person)}
    for batch in {row.batch for row in certificates if row.batch is not None}:
        people = [holder.pk if pk in old_ids else pk for pk in batch.participants]
        Batch.objects.filter(pk=batch.pk).update(participants=people)
    if WITHDRAW in person.options:
        for row in certificates:
            if row.withdrawn_at is None:
                printed = {**row.printed, "name_latin": ""}
                Certificate.objects.filter(pk=row.pk).update(withdrawn_at=timezone.now(), name="", printed=printed)
            transaction.on_commit(partial(services.remove_withdrawn_files, row.pk))
        forget_labels(Certificate, [row.pk for row in certificates])
        Certificate.objects.filter(pk__in=[row.pk for row in certificates]).exclude(reason="").update(reason=GONE)
    _part_from_learning(certificates)
    # Two valid ones of a kind and subject cannot meet: they belonged to one person before.
    return Certificate.objects.filter(pk__in=[row.pk for row in certificates]).update(participant=holder)


def _part_from_learning(certificates: list[Certificate]) -> None:
    """Take from certificates and events what leads from one to the other, and the words in which waivers were given.

    That a requirement was waived stays in the evidence.
    """
    for row in certificates:
        evidence = {key: value for key, value in row.evidence.items() if key != "enrolment"}
        if "requirements" in evidence:
            evidence["requirements"] = [
                {**asked, "waived": True} if "waived" in asked else asked for asked in evidence["requirements"]
            ]
        Certificate.objects.filter(pk=row.pk).update(evidence=evidence)
    serials = [row.serial for row in certificates]
    for event in Event.objects.filter(verb=Event.Verb.EARNED, result__certificate__in=serials):
        rest = {key: value for key, value in event.result.items() if key != "certificate"}
        Event.objects.filter(pk=event.pk).update(result=rest)
