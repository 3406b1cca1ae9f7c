"""The result of an attempt, once every question has its points."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from django.db import transaction

from modules.records.models import Event
from modules.records.services import log_event

from .. import scoring
from ..models import Attempt, Quiz
from ..signals import attempt_graded


def conclude(attempt: Attempt, *, stays_passed: bool = False) -> bool:
    """Give a handed-in attempt its result if every question has its points; say whether the result is new or another.

    ``stays_passed``: what had passed by the pass mark of its day has passed still. To be called within a transaction
    that holds the attempt. Writes the learning event and sends ``attempt_graded``.
    """
    rows = list(attempt.questions.values_list("points", "max_points"))
    if any(points is None for points, _most in rows):
        return False
    quiz = Quiz.objects.select_related("item").get(pk=attempt.quiz_id)
    earned, weights = [points or Decimal(0) for points, _most in rows], [most for _points, most in rows]
    before = (attempt.state, attempt.percent, attempt.passed)
    attempt.points, attempt.max_points = sum(earned), sum(weights)
    attempt.percent = scoring.percent(earned, weights)
    attempt.passed = attempt.percent >= quiz.pass_mark or (stays_passed and bool(attempt.passed))
    attempt.state = Attempt.State.GRADED
    if (attempt.state, attempt.percent, attempt.passed) == before:
        return False
    attempt.save()
    if attempt.learner is not None:
        log_event(
            user=attempt.learner,
            verb=Event.Verb.PASSED if attempt.passed else Event.Verb.FAILED,
            item=quiz.item,
            context=attempt.context,
            language=attempt.language,
            attempt=str(attempt.key),
            number=attempt.number,
            percent=str(attempt.percent),
            points=str(attempt.points),
            max_points=str(attempt.max_points),
        )
    transaction.on_commit(partial(attempt_graded.send, sender=Attempt, attempt=attempt))
    return True
