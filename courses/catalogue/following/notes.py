"""Trainers' notes about somebody's way through a course."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError

from ..models import Enrolment, EnrolmentNote
from ..permissions import can_note


class MayNotNote(DomainError):
    """Notes are for those who run the cohort."""

    def __init__(self) -> None:
        super().__init__(_("Only trainers and organisers of the cohort write notes, and never about themselves."))


class NoteEmpty(DomainError):
    """A note without words."""

    def __init__(self) -> None:
        super().__init__(_("Write something first."))


@transaction.atomic
def write_note(*, actor: Any, enrolment: Enrolment, text: str) -> EnrolmentNote:
    """Write a note. The audit entry does not repeat it. Raises ``MayNotNote`` and ``NoteEmpty``."""
    if not can_note(actor, enrolment):
        raise MayNotNote
    if not text.strip():
        raise NoteEmpty
    note = EnrolmentNote.objects.create(enrolment=enrolment, author=actor, text=text.strip())
    audit.record(actor=actor, action="catalogue.write_note", obj=enrolment, note=note.pk)
    return note


@transaction.atomic
def remove_note(*, actor: Any, note: EnrolmentNote) -> None:
    """Remove a note of one's own. Raises ``MayNotNote``."""
    if note.author_id != actor.pk or not can_note(actor, note.enrolment):
        raise MayNotNote
    audit.record(actor=actor, action="catalogue.remove_note", obj=note.enrolment, note=note.pk)
    note.delete()
