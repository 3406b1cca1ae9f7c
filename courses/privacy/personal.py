"""What this room itself holds of people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import AuditEntry
from core.personal import Person, Record, fact
from courses.participants.models import Participant
from courses.participants.personal import records_of

from .models import DataExport, ErasureRequest


def export(person: Person) -> Iterator[Record]:
    """Archives and requests for erasure, and who has seen the person's data."""
    if person.user is not None:
        for archive in DataExport.objects.filter(user=person.user):
            yield [
                fact("what", _("What"), "export", _("Archive of my data")),
                fact("requested_at", _("Asked for"), archive.requested_at),
                fact("fetched_at", _("Fetched"), archive.fetched_at),
            ]
        for request in ErasureRequest.objects.filter(user=person.user):
            yield [
                fact("what", _("What"), "erasure", _("Request for erasure")),
                fact("requested_at", _("Asked for"), request.asked_at),
                fact("state", _("State"), request.state, request.get_state_display()),
            ]
    for entry in views_of(person.participant):
        yield [
            fact("what", _("What"), entry.action, words_of(entry.action)),
            fact("by", _("By"), entry.actor_label),
            fact("at", _("Date"), entry.at),
        ]


def erase(person: Person) -> int:
    """Remove the archives with their files. The request itself loses its account and keeps its dates."""
    if person.user is None:
        return 0
    return remove_exports(DataExport.objects.filter(user=person.user))


def views_of(participant: Participant | None) -> Any:
    """Return the entries of who saw or took out somebody's data, newest first; of records merged into theirs, too."""
    keys = [str(record.pk) for record in records_of(Person(participant=participant))]
    rows = AuditEntry.objects.of_seeing().filter(object_type=Participant._meta.label_lower, object_id__in=keys)
    return rows.order_by("-at", "-id")


def words_of(action: str) -> str:
    """Return in words where somebody saw or took out data, from the name of the act."""
    room, _dot, act = action.partition(".")
    where = {
        "participants": _("Record of the person"),
        "catalogue": _("Course and progress"),
        "workshops": _("Workshop: registration and attendance"),
        "certificates": _("Certificate"),
    }.get(room, room)
    if act == "export":
        return _("Taken out as a file: %(what)s") % {"what": where}
    return where


def old_exports(before: datetime) -> Any:
    """Archives whose time is over, or that never came to be."""
    return DataExport.objects.filter(requested_at__lt=before)


def remove_exports(rows: Any) -> int:
    """Delete archives with their files."""
    count = 0
    for export in rows:
        if export.archive:
            export.archive.delete(save=False)
        else:  # of a worker that was stopped between storing and entering it
            export.archive.storage.delete(export.file_name)
        export.delete()
        count += 1
    return count


def old_erasures(before: datetime) -> Any:
    """Requests taken back or done."""
    return ErasureRequest.objects.filter(ended_at__lt=before, ended_at__lte=timezone.now())
