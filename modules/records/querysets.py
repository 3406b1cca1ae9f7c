"""Reading items."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from core.caching import renew

ITEMS = "items"
"""The generation of all items together: renewed when one is written, retired, or touched."""


class ItemQuerySet(models.QuerySet):
    """Learning items."""

    def live(self) -> ItemQuerySet:
        """Those not retired."""
        return self.filter(retired_at__isnull=True)

    def touch(self) -> int:
        """Say that something shown of these items changed: every process then forgets what it cached of them."""
        touched = self.update(changed_at=timezone.now())
        renew(ITEMS)
        return touched
