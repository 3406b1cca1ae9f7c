"""The heartbeat: worker and scheduler each write a row, ``/healthz`` reads them.

The worker's is written by a small thread of its main process, not by a task: it stays fresh while
every slot of the pool is busy with a long job, it needs no round trip through the queue, and it stops
when the process stops. That messages come through is told by the jobs themselves, which the sweeper
watches. The scheduler's is written in its own loop, so it stops when the loop hangs.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from .models import Heartbeat

log = logging.getLogger("jobs")

WORKER, SCHEDULER = "worker", "scheduler"
PARTS = (WORKER, SCHEDULER)
EVERY = 10.0
STALE = timedelta(seconds=60)

_stopped = threading.Event()


def beat(part: str) -> None:
    """Say that a part is alive. A database that does not answer is logged, never raised."""
    try:
        Heartbeat.objects.update_or_create(part=part, defaults={"at": timezone.now()})
    except DatabaseError as error:
        log.warning("heartbeat of %s: %s", part, type(error).__name__)
        connection.close()  # the next beat opens a new one


def stale_parts() -> dict[str, int | None]:
    """Return the parts that have been silent too long, with their silence in seconds (``None``: never heard)."""
    now = timezone.now()
    heard = dict(Heartbeat.objects.values_list("part", "at"))
    return {
        part: round((now - heard[part]).total_seconds()) if part in heard else None
        for part in PARTS
        if part not in heard or now - heard[part] > STALE
    }


class Throttled:
    """Beats at most every ``EVERY`` seconds, however often it is called."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.last = float("-inf")

    def __call__(self) -> None:
        if time.monotonic() - self.last >= EVERY:
            self.last = time.monotonic()
            beat(self.part)


def _pulse() -> None:
    while True:
        beat(WORKER)
        connection.close()  # none is held over a fork of the pool
        if _stopped.wait(EVERY):
            return


@worker_ready.connect
def start_pulse(**kwargs: Any) -> None:
    """Start the worker's heartbeat once it takes work."""
    _stopped.clear()
    threading.Thread(target=_pulse, name="heartbeat", daemon=True).start()


@worker_shutting_down.connect
def stop_pulse(**kwargs: Any) -> None:
    """A worker that is going does not say that it is there."""
    _stopped.set()
