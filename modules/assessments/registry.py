"""Where higher rooms are heard: for what a quiz is taken, and which limits that sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import Quiz


@dataclass(frozen=True)
class AttemptContext:
    """What an attempt is done for (``"enrolment:12"``) and what that allows; empty: the quiz's own rule."""

    context: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    attempts_allowed: int | None = None
    extra_minutes: int = 0


ContextProvider = Callable[[Any, "Quiz"], AttemptContext | None]

_providers: list[ContextProvider] = []


def register_context_provider(provider: ContextProvider) -> None:
    """Register ``provider(user, quiz)``: it returns ``None`` when the person does not take the quiz for it."""
    if provider not in _providers:
        _providers.append(provider)


def context_of(user: Any, quiz: Quiz) -> AttemptContext:
    """Return the first context that a provider knows, else an empty one: somebody learning on their own."""
    for provider in _providers:
        if (found := provider(user, quiz)) is not None:
            return found
    return AttemptContext()
