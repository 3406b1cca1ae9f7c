"""The marking queue: which answers wait for somebody, whose they are, which comes next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Attempt, AttemptQuestion, Mark, Quiz
from .registry import Whose, whose
from .words import plain, points_of, question_words

ORDER = ("attempt__submitted_at", "attempt", "order")
SNIPPET = 120


class MarkingState(models.TextChoices):
    """Where the marking of an answer stands."""

    TO_MARK = "to_mark", gettext_lazy("To mark")
    MARKED = "marked", gettext_lazy("Marked, not released")
    RELEASED = "released", gettext_lazy("Released")


@dataclass(frozen=True)
class Row:
    """An answer in the queue, in the reader's language."""

    question: Any
    quiz: str
    asked: str
    whose: Whose
    mark: Mark | None
    points: str


def queue(user: Any, state: str, quiz: Quiz | None = None) -> Any:
    """Return the answers of a state that somebody may mark: the oldest first, of those released the latest."""
    asked = AttemptQuestion.objects
    found = asked.waiting_for(user) if state == MarkingState.TO_MARK else asked.to_mark_by(user).filter(marking=state)
    if quiz is not None:
        found = found.filter(attempt__quiz=quiz)
    return found.order_by("-shown_at", *ORDER) if state == MarkingState.RELEASED else found.order_by(*ORDER)


def marking_title(user: Any) -> str:
    """Return what the way to the queue is called: with the number of answers that wait. One query."""
    waiting = AttemptQuestion.objects.waiting_for(user).count()
    return _("Answers to mark (%(number)s)") % {"number": waiting} if waiting else _("Answers to mark")


def counts(user: Any, quiz: Quiz | None = None) -> dict[str, int]:
    """Return how many answers are in each state. One query."""
    found = AttemptQuestion.objects.to_mark_by(user)
    if quiz is not None:
        found = found.filter(attempt__quiz=quiz)
    return found.aggregate(**{state: Count("pk", filter=Q(marking=state)) for state in MarkingState.values})


def quizzes(user: Any) -> list[Quiz]:
    """Return the quizzes of which somebody may mark answers."""
    ids = AttemptQuestion.objects.to_mark_by(user).values("attempt__quiz")
    found = Quiz.objects.filter(pk__in=ids).select_related("item").prefetch_related("texts")
    return sorted(found, key=title_of)


def title_of(quiz: Quiz, language: str | None = None) -> str:
    """Return a quiz's title in a language (default: the active one), with fallback."""
    text = quiz.text_in(language)
    return text.title if text else str(quiz)


def ready(user: Any, quiz: Quiz | None = None) -> Any:
    """Return the attempts whose answers are all marked and not all released, the oldest first."""
    marked = queue(user, MarkingState.MARKED, quiz).filter(held_back=False)
    return Attempt.objects.filter(pk__in=marked.order_by().values("attempt")).order_by("submitted_at", "pk")


def next_after(user: Any, question: AttemptQuestion, quiz: Quiz | None = None) -> AttemptQuestion | None:
    """Return the answer to mark after this one: the next in the queue, else its first, else ``None``."""
    others, attempt = queue(user, MarkingState.TO_MARK, quiz).exclude(pk=question.pk), question.attempt
    at = Q(attempt__submitted_at=attempt.submitted_at)
    later = Q(attempt__submitted_at__gt=attempt.submitted_at) | at & Q(attempt__gt=attempt.pk)
    return others.filter(later | Q(attempt=attempt.pk, order__gt=question.order)).first() or others.first()


def names(user: Any, attempts: Collection[Attempt]) -> dict[int, Whose]:
    """Return whose each attempt is, by its id; a number stands for a name that this person may not see."""
    known = whose(user, {attempt.context for attempt in attempts if attempt.context})
    return {
        attempt.pk: known.get(attempt.context)
        or Whose(_("Learner %(number)s") % {"number": attempt.key.hex[:6].upper()}, _("learns alone"))
        for attempt in attempts
    }


def rows(user: Any, questions: Collection[Any], language: str) -> list[Row]:
    """Return answers of the queue for its page. Six queries, however many answers."""
    known = names(user, [question.attempt for question in questions])
    newest = Mark.objects.filter(pk__in=[question.mark_id for question in questions if question.mark_id])
    marks = {mark.pk: mark for mark in newest.select_related("by")}
    return [
        Row(
            question,
            title_of(question.attempt.quiz, language),
            shortened(plain(question_words(question.version, language).text)),
            known[question.attempt_id],
            marks.get(question.mark_id),
            points_of(marks[question.mark_id].points, question.max_points) if question.mark_id in marks else "",
        )
        for question in questions
    ]


def shortened(text: str) -> str:
    """Return a text cut to one or two lines of a list."""
    return text if len(text) <= SNIPPET else f"{text[:SNIPPET].rstrip()}…"
