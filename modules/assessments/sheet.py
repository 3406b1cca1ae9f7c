"""What an attempt shows: every question as a card, with the answers saved last and, later, the results."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import ngettext

from .contents import contents
from .models import Attempt, AttemptQuestion
from .types.base import Answer, Content
from .words import marked, to_html


@dataclasses.dataclass
class Card:
    """One question as ``components/question_card.html`` takes it; ``field`` is its type's own."""

    pk: int
    number: int
    total: int
    question: str
    template: str
    role: str
    field: dict[str, Any]
    answered: bool
    language: str = ""
    state: str = ""
    feedback: str = ""
    points: str = ""
    locked: bool = False
    seen: int = 0
    regraded: bool = False
    checkable: bool = False
    takes_files: bool = False
    script: str = ""
    id: str = dataclasses.field(init=False)
    name: str = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.id, self.name = f"question-{self.number}", f"q{self.pk}"


def cards(
    attempt: Attempt, language: str, *, typed: dict[int, Answer] | None = None, shows_answers: bool = True
) -> list[Card]:
    """Return the questions of an attempt in its order. Two queries, however many questions.

    ``typed``: answers of a form that was refused, shown in place of those saved. A graded attempt's cards cannot be
    changed, and carry results and feedback if ``shows_answers``; likewise a question that was checked.
    """
    questions = list(attempt.questions.with_answers().with_content())
    known = contents(questions)
    return [
        _card(attempt, question, known[question.pk], number, len(questions), language, typed or {}, shows_answers)
        for number, question in enumerate(questions, start=1)
    ]


def _card(
    attempt: Attempt,
    question: Any,
    content: Content,
    number: int,
    total: int,
    language: str,
    typed: dict[int, Answer],
    shows_answers: bool,
) -> Card:
    version = question.version
    locked = not attempt.is_open or question.checked_at is not None
    graded = locked and (shows_answers or attempt.is_open)
    kind = version.kind
    words = content.in_language(language, kind.needed(version.body))
    answer = question.answer if locked else typed.get(question.pk, question.answer)
    text = "" if kind.text_holds_fields else marked(to_html(words.text), words.language, block=True)
    card = Card(
        pk=question.pk,
        number=number,
        total=total,
        question=text,
        template=kind.template_name,
        role=kind.role,
        field=kind.card(content, answer, language=language, seed=attempt.seed, graded=graded),
        answered=bool(answer),
        language=words.language,
        locked=locked,
        seen=question.answer_id or 0,
        script=kind.script,
        regraded=graded and question.regraded_by_id is not None,
        takes_files=kind.takes_files and not locked,
        checkable=attempt.is_open and not locked and not kind.marked_by_person,
    )
    if graded and question.points is None:
        card.state = "waiting"
    elif graded:
        card.state = _state(question)
        card.feedback = marked(to_html(words.feedback), words.language, block=True)
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
