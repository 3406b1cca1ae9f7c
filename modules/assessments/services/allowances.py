"""More time for one learner, also in an attempt that is running."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError

from ..models import Attempt, Quiz, TimeAllowance
from ..permissions import grants_time
from ..rules import rules_for


class InvalidAllowance(DomainError):
    """Extra time that makes no sense, or is one's own."""


@transaction.atomic
def grant_time(
    *, actor: Any, quiz: Quiz, learner: Any, reason: str, minutes: int | None = None, percent: int | None = None
) -> TimeAllowance:
    """Give a learner extra minutes, or extra per cent of the time limit, and return the allowance.

    It takes the place of an earlier one. An attempt that is running gets its new end at once. Raises
    ``InvalidAllowance``: for oneself, without a reason, or unless exactly one of minutes and per cent is given.
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
    audit.record(
        actor=actor,
        action="assessments.grant_time",
        obj=allowance,
        quiz=quiz.pk,
        minutes=minutes or 0,
        percent=percent or 0,
    )
    running = Attempt.objects.select_for_update().filter(quiz=quiz, learner_key=learner.key, state=Attempt.State.OPEN)
    for attempt in running:
        attempt.deadline_at = rules_for(learner, quiz).deadline(attempt.started_at)
        attempt.save(update_fields=["deadline_at"])
    return allowance


@transaction.atomic
def withdraw_time(*, actor: Any, allowance: TimeAllowance) -> None:
    """Take extra time back for the attempts to come; one that is running keeps its end."""
    if not grants_time(actor) or actor.key == allowance.learner_key:
        raise InvalidAllowance(_("Only organisers can give extra time."))
    audit.record(actor=actor, action="assessments.withdraw_time", obj=allowance, quiz=allowance.quiz_id)
    allowance.delete()
