"""Who sees which archive and request: the person alone; what came by letter, those who answer letters."""

from __future__ import annotations

from typing import Any

from django.db import models

from institutions.models import Role
from institutions.roles import scope


class DataExportQuerySet(models.QuerySet):
    """Archives."""

    def visible_to(self, user: Any) -> DataExportQuerySet:
        """One's own; nobody else's, whatever their role."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class ErasureRequestQuerySet(models.QuerySet):
    """Requests for erasure."""

    def visible_to(self, user: Any) -> ErasureRequestQuerySet:
        """One's own."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def by_letter(self, user: Any) -> ErasureRequestQuerySet:
        """Those of people without an account, for organisers of all, who write them down."""
        return self.exclude(identity="") if scope(user, Role.ORGANISER).everywhere else self.none()

    def open(self) -> ErasureRequestQuerySet:
        """Those neither taken back nor done."""
        return self.filter(state__in=["asked", "planned"])
