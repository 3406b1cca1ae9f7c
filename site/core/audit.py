"""The audit trail: who did what to which record, when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from .models import AuditEntry


def record(*, actor: Any, action: str, obj: models.Model, **data: Any) -> AuditEntry:
    """Write one audit entry inside the caller's transaction.

    ``actor`` is a user or ``None`` for the system; ``action`` is ``"room.act"``; ``data`` must be
    JSON-serialisable and hold no more personal data than the act needs.
    """
    entry = _entry(actor, action, obj, data)
    entry.save()
    return entry


def record_many(*, actor: Any, action: str, objects: Sequence[models.Model], **data: Any) -> None:
    """Write the same act on many records, an entry for each, in few statements; otherwise as ``record``."""
    AuditEntry.objects.bulk_create([_entry(actor, action, obj, data) for obj in objects], batch_size=500)


def _entry(actor: Any, action: str, obj: models.Model, data: dict[str, Any]) -> AuditEntry:
    known = actor is not None and getattr(actor, "pk", None)
    return AuditEntry(
        actor=actor if known else None,
        actor_label=str(actor)[:255] if known else "",
        action=action,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        object_label=str(obj)[:255],
        data=data,
    )


SEEN_PIECE = 500


def seen(*, actor: Any, action: str, people: Iterable[models.Model]) -> None:
    """Write that ``actor`` saw or took out personal data of others: once per person, viewer, action and day (UTC).

    ``action`` is ``"room.view"`` or ``"room.export"``. One query for every 500 people; their names are not copied.
    Written in one order, whatever the page's: two pages opened at once would wait for each other for ever.
    """
    if not getattr(actor, "pk", None):
        return
    today, label = timezone.now().date().isoformat(), str(actor)[:255]
    entries = [
        AuditEntry(
            actor=actor,
            actor_label=label,
            action=action,
            object_type=person._meta.label_lower,
            object_id=str(person.pk),
            once=f"{today}:{actor.pk}:{action}:{person._meta.label_lower}:{person.pk}",
        )
        for person in sorted(people, key=lambda person: person.pk)
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=SEEN_PIECE, ignore_conflicts=True)
