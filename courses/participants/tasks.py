"""Background work about people."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from . import services
from .imports.services import forget_old

KEEP_IMPORTS = timedelta(days=90)


@shared_task
def refresh_due_roles() -> None:
    """Once a day: roles follow designations that began or ended. Safe to run twice."""
    services.refresh_due_roles()


@shared_task
def forget_imports() -> None:
    """Once a day: lists that were brought long ago go, with their rows; the people stay. Safe to run twice."""
    forget_old(timezone.now() - KEEP_IMPORTS)


@shared_task
def forget_merges() -> None:
    """Once a day: what undoing an old merge would need goes. Safe to run twice."""
    services.forget_merges(timezone.now() - timedelta(days=services.UNDO_DAYS))
