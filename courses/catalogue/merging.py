"""Two records of one person become one: two enrolments or applications, two results of the same task."""

from __future__ import annotations

from django.utils import timezone

from .models import Application, Enrolment, TaskResult


def reconcile_enrolments(kept: Enrolment, other: Enrolment) -> None:
    """Keep one enrolment: in force if either is, since the earlier day, completed if either is.

    ``other`` stays with the merged record, withdrawn, because attempts and events may name it.
    """
    kept.enrolled_at = min(kept.enrolled_at, other.enrolled_at)
    kept.completed_at = min((at for at in (kept.completed_at, other.completed_at) if at is not None), default=None)
    if other.state == Enrolment.State.ACTIVE:
        kept.state, kept.withdrawn_at = Enrolment.State.ACTIVE, None
    kept.save(update_fields=["enrolled_at", "completed_at", "state", "withdrawn_at"])
    held = set(kept.waivers.in_force().values_list("kind", "ref"))
    for waiver in other.waivers.in_force():
        if (waiver.kind, waiver.ref) not in held:
            waiver.enrolment = kept
            waiver.save(update_fields=["enrolment"])
    other.state, other.withdrawn_at = Enrolment.State.WITHDRAWN, timezone.now()
    other.save(update_fields=["state", "withdrawn_at"])


def reconcile_task_results(kept: TaskResult, other: TaskResult) -> None:
    """Keep what was shown or accepted in either record; of two alike the one already kept."""
    if other.met and not kept.met:
        kept.met, kept.note, kept.judged_by, kept.judged_at = True, other.note, other.judged_by, other.judged_at
        kept.save(update_fields=["met", "note", "judged_by", "judged_at"])


def reconcile_applications(kept: Application, other: Application) -> None:
    """Of two open applications to the same cohort one stays; on the waiting list the older place counts."""
    if other.state == Application.State.WAITING:
        since = min(at for at in (kept.waiting_since, other.waiting_since) if at is not None)
        kept.state, kept.waiting_since = Application.State.WAITING, since
        kept.save(update_fields=["state", "waiting_since"])
    other.state, other.decided_at = Application.State.TAKEN_BACK, timezone.now()
    other.save(update_fields=["state", "decided_at"])
