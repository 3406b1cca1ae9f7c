"""Where higher rooms are heard: for what a quiz is taken, which limits that sets, who marks it, whose it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

if TYPE_CHECKING:
    from .models import Quiz


@dataclass(frozen=True)
class AttemptContext:
    """What an attempt is done for (``"enrolment:12"``) and what that allows; empty: the quiz's own rule.

    ``refused`` says in one sentence, for the learner, why no attempt may be begun now.
    """

    context: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    attempts_allowed: int | None = None
    extra_minutes: int = 0
    refused: str = ""


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


EarlierProvider = Callable[[str], Q]

_earlier: list[EarlierProvider] = []


def register_earlier_provider(provider: EarlierProvider) -> None:
    """Register ``provider(context)``: a ``Q`` over attempts, those done for what became this context.

    They use up the attempts that it allows.
    """
    if provider not in _earlier:
        _earlier.append(provider)


def counted_for(context: str) -> Q:
    """Return the ``Q`` of the attempts that count against the limit of a context: its own, and earlier ones."""
    counted = Q(context=context)
    for provider in _earlier if context else ():
        counted |= provider(context)
    return counted


MarkerProvider = Callable[[Any], Q]

_markers: list[MarkerProvider] = []


def register_marker_provider(provider: MarkerProvider) -> None:
    """Register ``provider(user)``: it returns a ``Q`` over attempts, those that a signed-in person may mark."""
    if provider not in _markers:
        _markers.append(provider)


def marking_contexts(user: Any) -> Q:
    """Return the ``Q`` of the attempts that the rooms above let a person mark."""
    may = Q(pk__in=[])
    for provider in _markers:
        may |= provider(user)
    return may


LearnerProvider = Callable[[Any], Q]

_learners: list[LearnerProvider] = []


def register_learner_provider(provider: LearnerProvider) -> None:
    """Register ``provider(user)``: a ``Q`` over rows with a ``learner`` and a ``quiz``, which need no attempt yet.

    True where the person organises that for which this learner takes this quiz.
    """
    if provider not in _learners:
        _learners.append(provider)


def organised_learners(user: Any) -> Q:
    """Return the ``Q`` of the rows (learner, quiz) that the rooms above let a person organise."""
    may = Q(pk__in=[])
    for provider in _learners:
        may |= provider(user)
    return may


@dataclass(frozen=True)
class Whose:
    """Whose answer it is, for those who mark it: name, group (a cohort), and a page about them."""

    name: str
    group: str = ""
    url: str = ""


WhoseProvider = Callable[[Any, Collection[str]], Mapping[str, Whose]]

_whose: list[WhoseProvider] = []


def register_whose_provider(provider: WhoseProvider) -> None:
    """Register ``provider(user, contexts)``: whose attempts of these contexts are, where the user may see names."""
    if provider not in _whose:
        _whose.append(provider)


def whose(user: Any, contexts: Collection[str]) -> dict[str, Whose]:
    """Return ``{context: Whose}``; what no room above tells this person is left out."""
    found: dict[str, Whose] = {}
    for provider in _whose:
        found |= provider(user, contexts)
    return found


Following = Callable[[Any, UUID], UUID | None]
_followings: list[Following] = []


def register_following(following: Following) -> None:
    """Let a higher room say which module somebody does after another: ``following(user, module key)``."""
    _followings.append(following)


def module_after(user: Any, key: UUID) -> UUID | None:
    """Return the key of the module that somebody does next; ``None`` where no room above knows one."""
    return next((found for following in _followings if (found := following(user, key))), None)


BeforeRetiring = Callable[["Quiz"], None]
_before_retiring: list[BeforeRetiring] = []


def register_before_retiring(check: BeforeRetiring) -> None:
    """Register ``check(quiz)``: it raises a ``DomainError`` while something above still asks for a quiz."""
    if check not in _before_retiring:
        _before_retiring.append(check)


def check_retiring(quiz: Quiz) -> None:
    """Raise what a room above has against taking a quiz out of use."""
    for check in _before_retiring:
        check(quiz)
