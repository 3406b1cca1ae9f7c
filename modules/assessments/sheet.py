"""What an attempt shows: every question as a card, with the answers saved last and, later, the results."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from .contents import contents
from .models import Attempt
from .types.base import Answer, Content, QuestionType
from .words import marked, points_of, to_html


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


class Asked(Protocol):
    """A question as somebody has it before them: in an attempt, or only tried out."""

    pk: int
    max_points: Decimal
    points: Decimal | None
    checked_at: datetime | None
    answer: Answer
    answer_id: int | None
    regraded_by_id: int | None


def cards(
    attempt: Attempt, language: str, *, typed: dict[int, Answer] | None = None, shows_answers: bool = True
) -> list[Card]:
    """Return the questions of an attempt in its order. Two queries, however many questions.

    ``typed``: answers of a form that was refused, shown in place of those saved. A graded attempt's cards cannot be
    changed, and carry results and feedback if ``shows_answers``; likewise a question that was checked.
    """
    questions: list[Any] = list(attempt.questions.with_answers().with_content())
    known, answers = contents(questions), typed or {}
    return [
        card_of(
            question,
            question.version.kind,
            known[question.pk],
            number=number,
            total=len(questions),
            language=language,
            seed=attempt.seed,
            is_open=attempt.is_open,
            shows_answers=shows_answers,
            typed=answers.get(question.pk, question.answer),
        )
        for number, question in enumerate(questions, start=1)
    ]


def card_of(
    question: Asked,
    kind: QuestionType,
    content: Content,
    *,
    number: int,
    total: int,
    language: str,
    seed: int,
    is_open: bool,
    shows_answers: bool = True,
    typed: Answer = None,
) -> Card:
    """Return one question. ``typed``: what stands in its fields while they can be changed."""
    locked = not is_open or question.checked_at is not None
    graded = locked and (shows_answers or is_open)
    words = content.in_language(language, kind.needed(content.body))
    answer = question.answer if locked else typed
    text = "" if kind.text_holds_fields else marked(to_html(words.text), words.language, block=True)
    card = Card(
        pk=question.pk,
        number=number,
        total=total,
        question=text,
        template=kind.template_name,
        role=kind.role,
        field=kind.card(content, answer, language=language, seed=seed, graded=graded),
        answered=bool(answer),
        language=words.language,
        locked=locked,
        seen=question.answer_id or 0,
        script=kind.script,
        regraded=graded and question.regraded_by_id is not None,
        takes_files=kind.takes_files and not locked,
        checkable=is_open and not locked and not kind.marked_by_person,
    )
    if graded and question.points is None:
        card.state = "waiting"
    elif graded:
        card.state = _state(question)
        card.feedback = marked(to_html(words.feedback), words.language, block=True)
        card.points = points_of(question.points or Decimal(0), question.max_points)
    return card


def _state(question: Asked) -> str:
    if question.points is not None and question.points >= question.max_points:
        return "right"
    return "partly" if question.points else "wrong"
