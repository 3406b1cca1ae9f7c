"""What an attempt asks: fixed questions, random draws, or the questions of the pre-test again."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from ..categories import within
from ..drawing import Slot, drawn
from ..models import Attempt, AttemptQuestion, Question, QuestionVersion, Quiz, QuizQuestion
from .bank import category_tree


def versions_to_ask(actor: Any, quiz: Quiz, draw_seed: int) -> list[tuple[QuestionVersion, Decimal]]:
    """Return the newest version of each question to ask, in the author's order, with its points.

    Retired questions are left out. Empty when there is nothing to ask.
    """
    questions = _of_the_pretest(actor, quiz) or _of_the_slots(actor, quiz, draw_seed)
    newest: dict[int, QuestionVersion] = {}
    for version in QuestionVersion.objects.filter(question__in=[pk for pk, _points in questions]).order_by("number"):
        newest[version.question_id] = version
    return [(newest[pk], points) for pk, points in questions if pk in newest]


def _of_the_pretest(actor: Any, quiz: Quiz) -> list[tuple[int, Decimal]]:
    """Return what the first pre-test asked, once it is over, whether it has its marks yet or not."""
    if not quiz.repeats_pretest or quiz.pretest_id is None:
        return []
    first = Attempt.objects.visible_to(actor).filter(quiz=quiz.pretest_id).order_by("number").first()
    if first is None or (first.is_open and not first.is_overdue):
        return []  # while the first one is open there is no other
    asked = first.questions.filter(version__question__retired_at__isnull=True)
    return list(asked.order_by("order").values_list("version__question_id", "max_points"))


def _of_the_slots(actor: Any, quiz: Quiz, draw_seed: int) -> list[tuple[int, Decimal]]:
    rows = list(quiz.slots.select_related("question"))
    drawing = [row for row in rows if row.question_id is None]
    tree = category_tree() if drawing else {}
    slots = []
    for row in rows:
        if row.question_id is None:
            slots.append(Slot(pool_of(row, tree), row.points, row.draws))
        elif row.question is not None and row.question.retired_at is None:
            slots.append(Slot([row.question_id], row.points, fixed=True))
    asked = _times_asked(actor, {pk for slot in slots for pk in slot.pool}) if drawing else {}
    return drawn(slots, seed=draw_seed, asked=asked)


def pool_of(slot: QuizQuestion, tree: dict[int, int | None]) -> list[int]:
    """Return the questions that a drawing slot may draw: in use, in its category or below, with its tag."""
    pool = Question.objects.in_use().filter(versions__number=1)
    if slot.category_id is not None:
        pool = pool.filter(category__in=within(tree, slot.category_id))
    if slot.tag_id is not None:
        pool = pool.filter(tags=slot.tag_id)
    return sorted(set(pool.values_list("pk", flat=True)))


def _times_asked(actor: Any, questions: set[int]) -> dict[int, int]:
    rows = AttemptQuestion.objects.filter(attempt__learner_key=actor.key).values_list("version__question_id", flat=True)
    return Counter(pk for pk in rows if pk in questions)
