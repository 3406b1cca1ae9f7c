"""What a quiz asks, in order: questions, and random draws from the bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from core.errors import DomainError
from modules.records.services import freeze_item

from ..models import Question, QuestionCategory, Quiz, QuizQuestion
from .asking import pool_of
from .bank import category_tree


class InvalidQuiz(DomainError):
    """A quiz that could not be taken."""


@dataclass(frozen=True)
class Place:
    """A place in a quiz: a question, or ``draws`` questions of a category (with what is below it), with a tag, or both.

    ``points`` are those of each question; ``None``: as they are, else 1.
    """

    question: Question | None = None
    category: QuestionCategory | None = None
    tag: Any = None
    draws: int = 1
    points: Decimal | None = None

    @property
    def what(self) -> tuple[Any, ...]:
        """What stands in the place, by which a row is known again."""
        return tuple(thing and thing.pk for thing in (self.question, self.category, self.tag))


def check_draw(place: Place, tree: dict[int, int | None] | None = None) -> None:
    """Raise ``InvalidQuiz`` unless there is something to draw from, and enough of it."""
    if place.category is None and place.tag is None:
        raise InvalidQuiz(_("Say from which category or with which tag to draw."))
    slot = QuizQuestion(category=place.category, tag=place.tag)
    number = len(pool_of(slot, category_tree() if tree is None else tree))
    if place.draws > number:
        raise InvalidQuiz(
            ngettext(
                "There is only %(number)d question to draw from.",
                "There are only %(number)d questions to draw from.",
                number,
            )
            % {"number": number}
        )


@transaction.atomic
def arrange_quiz(*, actor: Any, quiz: Quiz, places: Sequence[Place]) -> Quiz:
    """Let a quiz ask this, in this order; the same twice is asked once. Raises ``InvalidQuiz``.

    Arranged alike, nothing changes. Attempts that are running ask what they asked.
    """
    tree = category_tree()
    for place in places:
        if place.question is None:
            check_draw(place, tree)
    if set_places(quiz, places):
        audit.record(actor=actor, action="assessments.arrange_quiz", obj=quiz)
    return quiz


def set_places(quiz: Quiz, places: Sequence[Place]) -> bool:
    """Write the places and the item's length (a minute for each question); say whether that changed anything."""
    held = {(slot.question_id, slot.category_id, slot.tag_id): slot for slot in quiz.slots.all()}
    wanted = {place.what: place for place in places}
    gone = [slot.pk for what, slot in held.items() if what not in wanted]
    changed = bool(quiz.slots.filter(pk__in=gone).delete()[0])
    minutes = 0
    for order, (what, place) in enumerate(wanted.items()):
        slot = held.get(what) or QuizQuestion(
            quiz=quiz, question=place.question, category=place.category, tag=place.tag
        )
        points = slot.points if place.points is None else place.points
        minutes += place.draws
        if slot.pk is None or (slot.order, slot.points, slot.draws) != (order, points, place.draws):
            slot.order, slot.points, slot.draws, changed = order, points, place.draws, True
            slot.save()
    item = quiz.item
    if item.minutes != minutes:  # outlines that are kept in the cache learn of it
        freeze_item(
            key=item.key,
            kind=item.kind,
            language=item.source_language,
            title=item.titles.get(item.source_language, item.title),
            parent=item.parent,
            order=item.order,
            minutes=minutes,
        )
        item.refresh_from_db()
    return changed


def places_of(quiz: Quiz) -> list[Place]:
    """Return what a quiz asks now, in order."""
    rows = quiz.slots.select_related("question", "category", "tag")
    return [Place(row.question, row.category, row.tag, row.draws, row.points) for row in rows]


@transaction.atomic
def add_questions(*, actor: Any, quiz: Quiz, questions: Sequence[Question]) -> int:
    """Put questions of the bank behind what a quiz asks already; return how many were new to it."""
    before = places_of(quiz)
    held = {place.question.pk for place in before if place.question}
    new = [Place(question) for question in questions if question.pk not in held]
    arrange_quiz(actor=actor, quiz=quiz, places=[*before, *new])
    return len(new)
