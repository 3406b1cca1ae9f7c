"""Reading items."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class ItemQuerySet(models.QuerySet):
    """Learning items."""

    def live(self) -> ItemQuerySet:
        """Those not retired."""
        return self.filter(retired_at__isnull=True)

    def touch(self) -> int:
        """Say that something shown of these items changed: every process then forgets what it cached of them."""
        return self.update(changed_at=timezone.now())
