"""Two records of one person become one: what happens to two enrolments in the same cohort."""

from __future__ import annotations

from django.utils import timezone

from .models import Enrolment


def reconcile_enrolments(kept: Enrolment, other: Enrolment) -> None:
    """Keep one enrolment: in force if either is, since the earlier day, completed if either is.

    ``other`` stays with the merged record, withdrawn, because attempts and events may name it.
    """
    kept.enrolled_at = min(kept.enrolled_at, other.enrolled_at)
    kept.completed_at = min((at for at in (kept.completed_at, other.completed_at) if at is not None), default=None)
    if other.state == Enrolment.State.ACTIVE:
        kept.state, kept.withdrawn_at = Enrolment.State.ACTIVE, None
    kept.save(update_fields=["enrolled_at", "completed_at", "state", "withdrawn_at"])
    other.state, other.withdrawn_at = Enrolment.State.WITHDRAWN, timezone.now()
    other.save(update_fields=["state", "withdrawn_at"])
