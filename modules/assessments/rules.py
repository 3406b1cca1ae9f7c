"""What holds for one person and one quiz: the quiz's own rule, or what the context says in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .models import Attempt, Quiz
from .registry import context_of


@dataclass(frozen=True)
class Rules:
    """When and how often somebody may take a quiz, for what, and how long an attempt may take."""

    context: str
    opens_at: datetime | None
    closes_at: datetime | None
    attempts_allowed: int | None
    minutes: int | None

    def deadline(self, started_at: datetime) -> datetime | None:
        """When an attempt begun at ``started_at`` must be handed in: time limit or closing, whichever is first."""
        ends = [] if self.minutes is None else [started_at + timedelta(minutes=self.minutes)]
        return min([*ends, *([self.closes_at] if self.closes_at else [])], default=None)


def rules_for(user: Any, quiz: Quiz) -> Rules:
    """Return the rules for a signed-in person, or for a visitor (who has no context)."""
    if not user.is_authenticated:
        return Rules("", quiz.opens_at, quiz.closes_at, quiz.attempts_allowed, quiz.time_limit)
    context = context_of(user, quiz)
    return Rules(
        context=context.context,
        opens_at=context.opens_at or quiz.opens_at,
        closes_at=context.closes_at or quiz.closes_at,
        attempts_allowed=quiz.attempts_allowed if context.attempts_allowed is None else context.attempts_allowed,
        minutes=None if quiz.time_limit is None else quiz.time_limit + context.extra_minutes,
    )


def attempts_used(user: Any, quiz: Quiz, rules: Rules) -> int:
    """How many attempts were begun for the present context; those for another course do not count against this one."""
    return Attempt.objects.visible_to(user).filter(quiz=quiz, context=rules.context).count()
