"""What the scheduler starts for privacy. Each is safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from . import erasing, keeping

log = logging.getLogger("jobs")


@shared_task
def erase_due() -> None:
    """Once an hour: forget those whose days of grace are over."""
    erasing.erase_due()


@shared_task
def enforce_retention() -> None:
    """Once a night: let go what has been kept long enough."""
    for line in keeping.enforce():
        if line.gone:
            log.info("retention: %s of %s", line.gone, line.kind)
