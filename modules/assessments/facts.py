"""Facts about grades, for completion rules and reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Max, Q

from modules.lessons.facts import batches
from modules.records.models import Item

from .gain import Gain
from .models import Attempt, Quiz
from .scoring import grade_of


@dataclass(frozen=True)
class QuizFact:
    """Where a learner stands in the quizzes of a module: the grade that counts, and how often they tried."""

    percent: Decimal | None
    passed: bool
    attempts: int


def best_grades(learner_keys: Iterable[UUID], module_item_ids: Iterable[int]) -> dict[tuple[UUID, int], QuizFact]:
    """Return ``{(learner key, module item id): QuizFact}`` for those who handed in at least one attempt.

    The quiz's own rule (best, last, mean) makes the grade; a module with several live quizzes has
    passed when all are passed, and its grade is their mean, an untried one counting nothing. Pre-tests
    do not count. Two queries (one more for every 5,000 learners).
    """
    keys, modules = list(dict.fromkeys(learner_keys)), list(dict.fromkeys(module_item_ids))
    quizzes = {
        item.quiz.pk: item
        for item in Item.objects.live()
        .filter(kind=Item.Kind.QUIZ, parent_id__in=modules, quiz__isnull=False, quiz__posttests__isnull=True)
        .select_related("quiz")
    }
    tried: dict[tuple[UUID, int], dict[int, list[Decimal]]] = {}
    for some in batches(keys):
        rows = (
            Attempt.objects.graded()
            .filter(learner_key__in=some, quiz_id__in=list(quizzes))
            .order_by("number")
            .values_list("learner_key", "quiz_id", "percent")
        )
        for key, quiz_id, percent in rows:
            parent = quizzes[quiz_id].parent_id
            assert parent is not None
            tried.setdefault((key, parent), {}).setdefault(quiz_id, []).append(percent)
    in_module: dict[int, int] = {}
    for item in quizzes.values():
        in_module[item.parent_id or 0] = in_module.get(item.parent_id or 0, 0) + 1
    found = {}
    for (key, module), percents in tried.items():
        grades = {quiz_id: grade_of(quizzes[quiz_id].quiz.grade_rule, some) for quiz_id, some in percents.items()}
        wanted = in_module[module]
        found[key, module] = QuizFact(
            percent=(sum(grades.values(), Decimal(0)) / wanted).quantize(Decimal("0.01")),
            passed=len(grades) == wanted
            and all(grade >= quizzes[quiz_id].quiz.pass_mark for quiz_id, grade in grades.items()),
            attempts=sum(len(some) for some in percents.values()),
        )
    return found


def gains(learner_keys: Iterable[UUID], quiz: Quiz) -> dict[UUID, Gain]:
    """Return ``{learner key: Gain}`` for those who took a quiz and, before, its pre-test.

    Before: the first attempt at the pre-test. After: the grade of the quiz, by its own rule. Nobody where the quiz
    names no pre-test. One query (one more for every 5,000 learners).
    """
    if quiz.pretest_id is None:
        return {}
    before: dict[UUID, Decimal] = {}
    after: dict[UUID, list[Decimal]] = {}
    for some in batches(list(dict.fromkeys(learner_keys))):
        rows = (
            Attempt.objects.graded()
            .filter(learner_key__in=some, quiz_id__in=[quiz.pk, quiz.pretest_id])
            .order_by("number")
            .values_list("learner_key", "quiz_id", "percent")
        )
        for key, quiz_id, percent in rows:
            if quiz_id == quiz.pk:
                after.setdefault(key, []).append(percent)
            else:
                before.setdefault(key, percent)
    return {key: Gain(before[key], grade_of(quiz.grade_rule, after[key])) for key in after if key in before}


def last_tried(learner_keys: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return ``{learner key: when they last began an attempt}``. One query for every 5,000 learners."""
    found: dict[UUID, datetime] = {}
    for some in batches(list(dict.fromkeys(learner_keys))):
        rows = Attempt.objects.filter(learner_key__in=some).order_by()
        found |= dict(rows.values_list("learner_key").annotate(Max("started_at")))
    return found


def failures(learner_keys: Iterable[UUID], module_item_ids: Iterable[int]) -> dict[UUID, int]:
    """Return ``{learner key: most attempts failed in one quiz of the modules that is not passed}``, without zeros.

    Pre-tests do not count. One query for every 5,000 learners.
    """
    found: dict[UUID, int] = {}
    quizzes = Quiz.objects.filter(item__parent__in=list(module_item_ids), posttests__isnull=True)
    for some in batches(list(dict.fromkeys(learner_keys))):
        rows = (
            Attempt.objects.graded()
            .filter(learner_key__in=some, quiz__in=quizzes)
            .order_by()
            .values_list("learner_key", "quiz_id")
            .annotate(failed=Count("pk", filter=Q(passed=False)), passed=Count("pk", filter=Q(passed=True)))
        )
        for key, _quiz, failed, passed in rows:
            if failed and not passed:
                found[key] = max(failed, found.get(key, 0))
    return found
