"""Practical skills and assignments: set by organisers, judged by trainers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.personal import forget_labels
from courses.participants.addresses import own_addresses
from courses.participants.permissions import is_own

from ..models import Cohort, Course, Enrolment, PracticalTask, TaskResult
from ..permissions import can_change_course, can_see_progress
from .courses import NotYourProgramme
from .parts import require_unasked
from .standing import refresh_completion


class MayNotJudge(DomainError):
    """Only trainers of the cohort and organisers of its programme, and never oneself."""


@dataclass(frozen=True)
class Judgement:
    """What a trainer says of one person: shown or accepted, or not yet; ``None`` takes back a slip of the finger."""

    met: bool | None
    note: str = ""


@transaction.atomic
def save_task(
    *,
    actor: Any,
    course: Course,
    kind: str,
    titles: Mapping[str, str],
    criteria: Mapping[str, str],
    task: PracticalTask | None = None,
) -> PracticalTask:
    """Add a task to a course, or change one, and return it. Raises ``NotYourProgramme``.

    The kind of a task that exists stays, because rules name it.
    """
    if not can_change_course(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    task = task or PracticalTask(course=course, kind=kind)
    task.titles, task.criteria = dict(titles), dict(criteria)
    task.save()
    audit.record(actor=actor, action="catalogue.save_task", obj=task)
    return task


@transaction.atomic
def archive_task(*, actor: Any, task: PracticalTask, archived: bool = True) -> PracticalTask:
    """Take a task out of use, or back; what was judged stays. Raises ``NotYourProgramme`` and ``StillAsked``."""
    if not can_change_course(actor, task.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if archived:
        require_unasked(task.course, {(task.kind, str(task.pk))})
    task.archived_at = timezone.now() if archived else None
    task.save(update_fields=["archived_at"])
    audit.record(actor=actor, action="catalogue.archive_task" if archived else "catalogue.restore_task", obj=task)
    return task


@transaction.atomic
def record_results(
    *, actor: Any, cohort: Cohort, task: PracticalTask, judgements: Mapping[int, Judgement]
) -> list[TaskResult]:
    """Write down what a trainer saw of people of a cohort (``{participant id: Judgement}``); returns the rows written.

    Somebody who is not active in the cohort is left out. Raises ``MayNotJudge`` for a task of another course, for
    who is neither trainer nor organiser, and for oneself.
    """
    if task.course_id != cohort.course_id or not can_see_progress(actor, cohort):
        raise MayNotJudge(_("Only a trainer of the cohort or an organiser of its programme may do this."))
    enrolments = list(
        cohort.enrolments.active()
        .filter(participant__in=list(judgements))
        .select_related("participant__user", "cohort__course")
    )
    proved = own_addresses(actor)
    if any(is_own(actor, enrolment.participant, proved) for enrolment in enrolments):
        raise MayNotJudge(_("Nobody judges their own work. Ask another trainer."))
    rows = []
    for enrolment in enrolments:
        rows += _record(actor, task, enrolment, judgements[enrolment.participant_id])
    refresh_completion(cohort.course, enrolments)
    return rows


def _record(actor: Any, task: PracticalTask, enrolment: Enrolment, judgement: Judgement) -> list[TaskResult]:
    held = TaskResult.objects.select_for_update().filter(task=task, participant=enrolment.participant_id)
    if judgement.met is None:
        for row in held:
            audit.record(
                actor=actor,
                action="catalogue.take_back_result",
                obj=row,
                met=row.met,
                task=task.pk,
                participant=row.participant_id,
            )
            forget_labels(TaskResult, [row.pk])  # nothing would lead an erasure to its name any more
            row.delete()
        return []
    result, _made = held.update_or_create(
        task=task,
        participant_id=enrolment.participant_id,
        defaults={"met": judgement.met, "note": judgement.note, "judged_by": actor, "judged_at": timezone.now()},
    )
    audit.record(actor=actor, action="catalogue.record_result", obj=result, met=judgement.met)
    return [result]
