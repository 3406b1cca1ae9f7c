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

    def of_seeing(self) -> AuditEntryQuerySet:
        """Who saw or took out personal data of others."""
        return self.filter(models.Q(action__endswith=".view") | models.Q(action__endswith=".export"))

    def of_acting(self) -> AuditEntryQuerySet:
        """What was done, without what was only looked at."""
        return self.exclude(action__endswith=".view").exclude(action__endswith=".export")

    def about(self, obj: models.Model) -> AuditEntryQuerySet:
        """What was done with one object."""
        return self.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
