"""What the queue's messages start."""

from __future__ import annotations

from celery import shared_task

from . import services


@shared_task(name="modules.assessments.tasks.close_overdue")
def close_overdue() -> None:
    """Grade the attempts whose time is over; every minute."""
    services.close_overdue()
