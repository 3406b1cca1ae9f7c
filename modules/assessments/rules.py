"""What holds for one person and one quiz: the quiz's own rule, or what the context says in its place.

**Time.** An attempt ends at its time limit or when the quiz closes, whichever is first. The limit is the quiz's, and
for this learner the minutes of the course and the minutes or per cent (rounded up) of an allowance on top.
**Again.** The wait counts from the moment when the last attempt was handed in, or its time was over.
**Answers and feedback** are shown once an attempt is handed in; where the rule is "after closing", not before the quiz
has closed: a quiz without a closing shows them to nobody until it gets one. The score is always shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, Max

from .models import Attempt, Quiz, TimeAllowance
from .registry import AttemptContext, context_of, counted_for


@dataclass(frozen=True)
class Rules:
    """When and how often somebody may take a quiz, for what, and how long an attempt may take."""

    context: str
    opens_at: datetime | None
    closes_at: datetime | None
    attempts_allowed: int | None
    minutes: int | None
    wait_minutes: int = 0
    feedback: str = Quiz.Feedback.SUBMITTED.value
    refused: str = ""

    def deadline(self, started_at: datetime) -> datetime | None:
        """When an attempt begun at ``started_at`` must be handed in: time limit or closing, whichever is first."""
        ends = [] if self.minutes is None else [started_at + timedelta(minutes=self.minutes)]
        return min([*ends, *([self.closes_at] if self.closes_at else [])], default=None)

    def next_start(self, last_at: datetime | None) -> datetime | None:
        """From when on another attempt may begin, after one that ended at ``last_at``; ``None``: at once."""
        return last_at + timedelta(minutes=self.wait_minutes) if last_at and self.wait_minutes else None

    def shows_answers(self, now: datetime) -> bool:
        """Whether an attempt that is handed in shows what was right, and why."""
        return self.feedback != Quiz.Feedback.CLOSED or (self.closes_at is not None and now >= self.closes_at)


@dataclass(frozen=True)
class Tried:
    """How many attempts were begun, and when the last of them ended."""

    number: int = 0
    last_at: datetime | None = None


def with_extra(limit: int, minutes: int = 0, percent: int = 0) -> int:
    """Return a time limit in minutes with extra minutes, and extra per cent of the limit (rounded up), on top."""
    return limit + minutes + ceil(limit * percent / 100)


def rules_for(user: Any, quiz: Quiz) -> Rules:
    """Return the rules for a signed-in person, or for a visitor (who has no context)."""
    context, minutes = AttemptContext(), quiz.time_limit
    if user.is_authenticated:
        context = context_of(user, quiz)
        if minutes is not None:
            own = TimeAllowance.objects.filter(quiz=quiz, learner_key=user.key).first()
            extra, percent = (own.minutes or 0, own.percent or 0) if own else (0, 0)
            minutes = with_extra(minutes, context.extra_minutes + extra, percent)
    return Rules(
        context=context.context,
        opens_at=context.opens_at or quiz.opens_at,
        closes_at=context.closes_at or quiz.closes_at,
        attempts_allowed=quiz.attempts_allowed if context.attempts_allowed is None else context.attempts_allowed,
        minutes=minutes,
        wait_minutes=quiz.wait_minutes,
        feedback=quiz.feedback,
        refused=context.refused,
    )


def attempts_used(user: Any, quiz: Quiz, rules: Rules) -> Tried:
    """What was begun for the present context, and for what became it; another course does not count against this."""
    mine = Attempt.objects.visible_to(user).filter(counted_for(rules.context), quiz=quiz)
    found = mine.aggregate(number=Count("pk"), last_at=Max("submitted_at"))
    return Tried(found["number"] or 0, found["last_at"])
