"""More time for one learner, also in an attempt that is running."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.personal import forget_labels

from ..models import Attempt, Quiz, TimeAllowance
from ..permissions import grants_time
from ..querysets import AttemptQuerySet
from ..rules import rules_for


class InvalidAllowance(DomainError):
    """Extra time that makes no sense, or is one's own."""


@transaction.atomic
def grant_time(
    *, actor: Any, quiz: Quiz, learner: Any, reason: str, minutes: int | None = None, percent: int | None = None
) -> TimeAllowance:
    """Give a learner extra minutes, or extra per cent of the time limit, and return the allowance.

    It takes the place of an earlier one. An attempt that is running gets its new end at once, where that is later.
    Raises ``InvalidAllowance``: for oneself, for somebody who does not take the quiz for a course of the actor's,
    without a reason, or unless exactly one of minutes and per cent is given.
    """
    if not grants_time(actor):
        raise InvalidAllowance(_("Only organisers can give extra time."))
    if actor == learner:
        raise InvalidAllowance(_("You cannot give extra time to yourself. Ask another organiser."))
    if bool(minutes) == bool(percent):
        raise InvalidAllowance(_("Give either minutes or per cent."))
    if not reason.strip():
        raise InvalidAllowance(_("Give the reason."))
    if quiz.time_limit is None:
        raise InvalidAllowance(_("This quiz has no time limit."))
    allowance, _new = TimeAllowance.objects.update_or_create(
        quiz=quiz,
        learner_key=learner.key,
        defaults={
            "learner": learner,
            "minutes": minutes or None,
            "percent": percent or None,
            "reason": reason.strip(),
            "granted_by": actor,
        },
    )
    if not TimeAllowance.objects.visible_to(actor).filter(pk=allowance.pk).exists():
        raise InvalidAllowance(_("This person does not take the quiz for a course that you organise."))
    audit.record(
        actor=actor,
        action="assessments.grant_time",
        obj=allowance,
        quiz=quiz.pk,
        minutes=minutes or 0,
        percent=percent or 0,
    )
    lengthen_running(Attempt.objects.filter(quiz=quiz, learner=learner))
    return allowance


def lengthen_running(attempts: AttemptQuerySet) -> None:
    """Give those of these attempts that are running the end that the rules say now, where that is later.

    To be called in a transaction, after what gives somebody more time. No attempt is ever shortened.
    """
    running = attempts.filter(state=Attempt.State.OPEN, learner__isnull=False, deadline_at__isnull=False)
    for attempt in running.select_for_update(of=("self",)).select_related("learner", "quiz__item"):
        end = rules_for(attempt.learner, attempt.quiz).deadline(attempt.started_at)
        if end is None or end > attempt.deadline_at:
            attempt.deadline_at = end
            attempt.save(update_fields=["deadline_at"])


@transaction.atomic
def withdraw_time(*, actor: Any, allowance: TimeAllowance) -> None:
    """Take extra time back for the attempts to come; one that is running keeps its end.

    Raises ``InvalidAllowance`` for who may not see it.
    """
    if not TimeAllowance.objects.visible_to(actor).filter(pk=allowance.pk).exists():
        raise InvalidAllowance(_("Only organisers can give extra time."))
    audit.record(
        actor=actor,
        action="assessments.withdraw_time",
        obj=allowance,
        quiz=allowance.quiz_id,
        learner=allowance.learner_id,
    )
    forget_labels(TimeAllowance, [allowance.pk])  # nothing would lead an erasure to its name any more
    allowance.delete()
