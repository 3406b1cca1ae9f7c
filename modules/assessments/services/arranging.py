"""What a quiz asks, in order: questions, and random draws from the bank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from core.errors import DomainError
from modules.records.services import freeze_item

from ..drawing import Slot, most
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


def check_places(places: Iterable[Place]) -> None:
    """Raise ``InvalidQuiz`` unless there is something to draw from, and enough of it for all places together."""
    tree, slots = category_tree(), []
    for place in _once(places).values():
        if place.question is not None:
            if place.question.retired_at is None:
                slots.append(Slot([place.question.pk], Decimal(1), fixed=True))
            continue
        if place.category is None and place.tag is None:
            raise InvalidQuiz(_("Say from which category or with which tag to draw."))
        pool = pool_of(QuizQuestion(category=place.category, tag=place.tag), tree)
        slots.append(Slot(pool, Decimal(1), place.draws))
        _refuse_beyond(
            len(pool),
            place.draws,
            ngettext(
                "There is only %(number)d question to draw from.",
                "There are only %(number)d questions to draw from.",
                len(pool),
            ),
        )
    number = most(slots)
    _refuse_beyond(
        number,
        sum(slot.draws for slot in slots),
        ngettext(
            "%(wanted)d questions are to be asked, but there is only %(number)d: no question is asked twice, and places"
            " draw from the same ones.",
            "%(wanted)d questions are to be asked, but there are only %(number)d: no question is asked twice, and"
            " places draw from the same ones.",
            number,
        ),
    )


def _refuse_beyond(number: int, wanted: int, why: str) -> None:
    if wanted > number:
        raise InvalidQuiz(why % {"number": number, "wanted": wanted})


def _once(places: Iterable[Place]) -> dict[tuple[Any, ...], Place]:
    """The places by what stands in them: the same twice is asked once, as it was said last."""
    return {place.what: place for place in places}


@transaction.atomic
def arrange_quiz(*, actor: Any, quiz: Quiz, places: Sequence[Place]) -> Quiz:
    """Let a quiz ask this, in this order; the same twice is asked once. Raises ``InvalidQuiz``.

    Arranged alike, nothing changes. Attempts that are running ask what they asked.
    """
    check_places(places)
    if set_places(quiz, places):
        audit.record(actor=actor, action="assessments.arrange_quiz", obj=quiz)
    return quiz


def set_places(quiz: Quiz, places: Sequence[Place]) -> bool:
    """Write the places and the item's length (a minute for each question); say whether that changed anything."""
    held = {(slot.question_id, slot.category_id, slot.tag_id): slot for slot in quiz.slots.all()}
    wanted = _once(places)
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
    """Put questions of the bank behind what a quiz asks already; return how many were new to it.

    Raises ``InvalidQuiz`` where they would leave too few for a draw.
    """
    before = places_of(quiz)
    held = {place.question.pk for place in before if place.question}
    new = [Place(question) for question in questions if question.pk not in held]
    arrange_quiz(actor=actor, quiz=quiz, places=[*before, *new])
    return len(new)
