"""What an attempt shows: every question as a card, with the answers saved last and, later, the results."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import ngettext

from .models import Attempt, AttemptQuestion, QuestionType
from .shuffling import choice_order
from .words import marked, question_words, to_html


@dataclass
class Card:
    """One question as ``components/question_card.html`` takes it."""

    pk: int
    number: int
    total: int
    question: str
    multiple: bool
    choices: list[dict[str, Any]]
    answered: bool
    language: str = ""
    state: str = ""
    feedback: str = ""
    points: str = ""
    locked: bool = False
    id: str = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.id, self.name = f"question-{self.number}", f"q{self.pk}"


def cards(attempt: Attempt, language: str, *, typed: dict[int, list[str]] | None = None) -> list[Card]:
    """Return the questions of an attempt in its order. Two queries, however many questions.

    ``typed``: answers of a form that was refused, shown in place of those saved. A graded attempt's
    cards carry results and feedback and cannot be changed.
    """
    questions = list(
        attempt.questions.with_answers().select_related("version__question").prefetch_related("version__texts")
    )
    return [
        _card(attempt, question, number, len(questions), language, typed or {})
        for number, question in enumerate(questions, start=1)
    ]


def _card(attempt: Attempt, question: Any, number: int, total: int, language: str, typed: dict[int, list[str]]) -> Card:
    version, graded = question.version, not attempt.is_open
    words = question_words(version, language)
    own = words.language if words else language
    taken = typed.get(question.pk, question.answer or [])
    right = {choice["id"]: choice["correct"] for choice in version.body["choices"]}
    choices = []
    for choice in choice_order(attempt.seed, version.type, version.pk, right):
        text = words.choices.get(choice, {}) if words else {}
        choices.append(
            {
                "value": choice,
                "label": marked(text.get("text", choice), own),
                "checked": choice in taken,
                "correct": right[choice] if graded else None,
                "note": marked(text.get("feedback", ""), own) if graded else "",
            }
        )
    card = Card(
        pk=question.pk,
        number=number,
        total=total,
        question=marked(to_html(words.text if words else ""), own, block=True),
        multiple=version.type == QuestionType.MULTIPLE,
        choices=choices,
        answered=bool(taken),
        language=own,
        locked=graded,
    )
    if graded:
        card.state = _state(question)
        card.feedback = marked(to_html(words.feedback if words else ""), own, block=True)
        card.points = ngettext(
            "%(points)s of %(most)s point", "%(points)s of %(most)s points", ceil(question.max_points)
        ) % {"points": _number(question.points or Decimal(0)), "most": _number(question.max_points)}
    return card


def _state(question: AttemptQuestion) -> str:
    if question.points is not None and question.points >= question.max_points:
        return "right"
    return "partly" if question.points else "wrong"


def _number(points: Decimal) -> str:
    """Points as people write them: 1, 1.5 or 0.67."""
    return number_format(points.quantize(Decimal(1)) if points == points.to_integral() else points.normalize())
