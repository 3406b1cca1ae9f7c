"""The audit trail: who did what to which record, when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

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
