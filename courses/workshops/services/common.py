"""What the services of this room share: the lock, the right, the counter of calendars."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.participants.models import Participant

from ..errors import NotYourWorkshop, WorkshopCancelled
from ..models import Workshop
from ..permissions import can_manage


def lock(workshop: Workshop) -> Workshop:
    """Return the workshop freshly read, its row locked until the transaction ends.

    On SQLite every transaction is IMMEDIATE, so only one writes at a time.
    """
    return Workshop.objects.select_for_update(of=("self",)).select_related("programme").get(pk=workshop.pk)


def managed(actor: Any, workshop: Workshop, *, even_cancelled: bool = False) -> Workshop:
    """Return the workshop locked. ``actor`` ``None`` is the system.

    Raises ``NotYourWorkshop`` and ``WorkshopCancelled``.
    """
    if actor is not None and not can_manage(actor, workshop):
        raise NotYourWorkshop(_("This workshop is run by others."))
    workshop = lock(workshop)
    if not even_cancelled and (workshop.state == Workshop.State.CANCELLED or workshop.archived_at):
        raise WorkshopCancelled(_("This workshop has been cancelled and can no longer be changed."))
    return workshop


def places_taken(workshop: Workshop, *, but: Participant | None = None) -> int:
    """Return how many places are given, or kept for people who were selected; those of ``but`` do not count."""
    registered, kept = workshop.registrations.active(), workshop.nominations.awaited()
    if but is not None:
        registered, kept = registered.exclude(participant=but), kept.exclude(participant=but)
    return registered.count() + kept.count()


def touch(workshop: Workshop, *fields: str) -> None:
    """Save fields of the workshop and raise the counter by which calendars know a newer version."""
    workshop.sequence += 1
    workshop.changed_at = timezone.now()
    workshop.save(update_fields=[*fields, "sequence", "changed_at"])
