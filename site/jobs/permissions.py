"""Who may do what with jobs."""

from __future__ import annotations

from typing import Any

from institutions.models import Role
from institutions.roles import scope

from .models import Job


def can_retry(user: Any, job: Job) -> bool:
    """Who started it, and organisers of all."""
    return bool(user.is_authenticated) and (job.created_by_id == user.pk or scope(user, Role.ORGANISER).everywhere)
