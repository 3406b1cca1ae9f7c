"""The scheduler, with a heartbeat."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler


class HeartbeatScheduler(PersistentScheduler):
    """Celery's scheduler; says in the database that its loop turns (see ``heartbeat``)."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        from .heartbeat import SCHEDULER, Throttled

        if not hasattr(self, "_pulse"):
            self._pulse = Throttled(SCHEDULER)
        self._pulse()
        return super().tick(*args, **kwargs)
