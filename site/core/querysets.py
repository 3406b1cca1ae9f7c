"""Who sees the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

_readers: list[Callable[[Any], bool]] = []


def register_audit_reader(reads: Callable[[Any], bool]) -> None:
    """Register ``reads(user) -> bool``: a room above says who may read the whole trail."""
    if reads not in _readers:
        _readers.append(reads)


class AuditEntryQuerySet(models.QuerySet):
    """Audit entries."""

    def visible_to(self, user: Any) -> AuditEntryQuerySet:
        """Everything for those whom a room above names (organisers of all); one's own acts for others."""
        if not user.is_authenticated:
            return self.none()
        if any(reads(user) for reads in _readers):
            return self.all()
        return self.filter(actor_id=user.pk)
