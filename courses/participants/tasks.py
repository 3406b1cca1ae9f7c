"""Background work about people."""

from __future__ import annotations

from celery import shared_task

from . import services


@shared_task
def refresh_due_roles() -> None:
    """Once a day: roles follow designations that began or ended. Safe to run twice."""
    services.refresh_due_roles()
