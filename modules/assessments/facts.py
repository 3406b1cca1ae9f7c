"""Facts about grades, for completion rules and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max

from modules.lessons.facts import batches
from modules.records.models import Item

from .gain import Gain
from .models import Attempt, Quiz
from .scoring import HUNDREDTH, Result, standing

Tried = list[Result]
"""Somebody's attempts at a quiz, in order."""


class QuizFact(NamedTuple):
    """Where a learner stands in the quizzes of a module: the grade that counts, and how often they tried."""

    percent: Decimal | None
    passed: bool
    attempts: int


def quizzes_of(module_item_ids: Iterable[int]) -> dict[int, list[Item]]:
    """Return ``{module item id: items of its live quizzes in order, with quiz}``, without pre-tests. One query."""
    every = every_quiz_of(module_item_ids)
    return {module: live for module, items in every.items() if (live := [one for one in items if not one.retired_at])}


def every_quiz_of(module_item_ids: Iterable[int]) -> dict[int, list[Item]]:
    """Return what ``quizzes_of`` does, with the quizzes that are not live any more. One query."""
    held: dict[int, list[Item]] = {}
    rows = Item.objects.filter(
        kind=Item.Kind.QUIZ, parent__in=list(module_item_ids), quiz__isnull=False, quiz__posttests__isnull=True
    )
    for item in rows.select_related("quiz").order_by("order", "pk"):
        held.setdefault(item.parent_id or 0, []).append(item)
    return held


def best_grades(
    learner_keys: Iterable[UUID],
    module_item_ids: Iterable[int],
    until: Mapping[UUID, datetime] | None = None,
    held: Mapping[int, list[Item]] | None = None,
    *,
    each_quiz: bool = False,
) -> dict[UUID, dict[int, QuizFact]]:
    """Return ``{learner key: {item id: QuizFact}}`` for those who handed in at least one attempt.

    Item ids are those of the modules and, with ``each_quiz``, of each quiz too, also of one that is not live any more.

    The quiz's own rule (best, last, mean) makes the grade; a module with several live quizzes has
    passed when all are passed, and its grade is their mean, an untried one counting nothing; a module with none any
    more keeps the grade of those it had. Pre-tests
    do not count, nor do attempts that somebody named in ``until`` began from that moment on. What was passed stays
    passed when a pass mark is raised (``scoring``). ``held``: as ``every_quiz_of`` returns them, where they are known.
    Two queries, one with ``held`` (and one more for every 5,000 learners).
    """
    keys, modules = list(dict.fromkeys(learner_keys)), list(dict.fromkeys(module_item_ids))
    held = every_quiz_of(modules) if held is None else held
    every = {module: held[module] for module in modules if module in held}
    asked: dict[int, list[Quiz]] = {module: _counting(items) for module, items in every.items()}
    if each_quiz:
        asked |= {item.pk: [item.quiz] for items in every.values() for item in items}
    quizzes = {quiz.pk for together in asked.values() for quiz in together}
    asking: dict[int, list[int]] = {pk: [] for pk in quizzes}
    for item_id, together in asked.items():
        for quiz in together:
            asking[quiz.pk].append(item_id)
    made: dict[tuple[int, tuple[tuple[Any, ...], ...]], QuizFact] = {}  # the same few grades for thousands of people
    columns = ["learner_key", "quiz_id", "percent", "passed", "series", *(["started_at"] if until else [])]
    found: dict[UUID, dict[int, QuizFact]] = {}
    for some in batches(keys):
        tried: dict[UUID, dict[int, Tried]] = {}
        rows = Attempt.objects.graded().filter(learner_key__in=some, quiz_id__in=list(quizzes)).order_by("number")
        for key, quiz_id, percent, passed, series, *began in rows.values_list(*columns):
            if not until or key not in until or began[0] < until[key]:
                tried.setdefault(key, {}).setdefault(quiz_id, []).append((percent, passed, series))
        for key, attempts in tried.items():
            facts = found[key] = {}
            for item_id in dict.fromkeys(item_id for quiz_id in attempts for item_id in asking[quiz_id]):
                known = item_id, tuple(tuple(attempts.get(quiz.pk, ())) for quiz in asked[item_id])
                if known not in made:
                    made[known] = _fact(asked[item_id], attempts)
                facts[item_id] = made[known]
    return found


def _counting(items: list[Item]) -> list[Quiz]:
    return [item.quiz for item in items if not item.retired_at] or [item.quiz for item in items]


def _fact(quizzes: list[Quiz], attempts: dict[int, Tried]) -> QuizFact:
    """Return where somebody stands in the quizzes of one module, by their attempts."""
    grades = [standing(quiz.grade_rule, attempts.get(quiz.pk, []), quiz.pass_mark) for quiz in quizzes]
    percent = grades[0][0] if len(quizzes) == 1 else sum((one for one, _passed in grades), Decimal(0)) / len(quizzes)
    return QuizFact(
        percent=percent.quantize(HUNDREDTH),
        passed=all(passed for _percent, passed in grades),
        attempts=sum(len(attempts.get(quiz.pk, [])) for quiz in quizzes),
    )


def gains(learner_keys: Iterable[UUID], quiz: Quiz) -> dict[UUID, Gain]:
    """Return ``{learner key: Gain}`` for those who took a quiz and, before, its pre-test.

    Before: the first attempt at the pre-test, if it began before the first attempt at the quiz; while it has no result
    no later one takes its place. After: the grade of the quiz, by its own rule. Nobody where the quiz names no
    pre-test. One query (one more for every 5,000 learners).
    """
    if quiz.pretest_id is None:
        return {}
    found: dict[UUID, Gain] = {}
    for some in batches(list(dict.fromkeys(learner_keys))):
        before: dict[UUID, list[tuple[datetime, Decimal | None, int]]] = {}
        after: dict[UUID, list[tuple[datetime, Decimal | None, int]]] = {}
        rows = Attempt.objects.filter(learner_key__in=some, quiz__in=[quiz.pk, quiz.pretest_id]).order_by("number")
        columns = ["learner_key", "quiz_id", "started_at", "percent", "series"]
        for key, quiz_id, *attempt in rows.values_list(*columns):
            (after if quiz_id == quiz.pk else before).setdefault(key, []).append(tuple(attempt))
        for key in before.keys() & after.keys():
            (first_at, first, _series), then_at = before[key][0], after[key][0][0]
            results = [(percent, None, series) for _started_at, percent, series in after[key] if percent is not None]
            if first is not None and results and first_at < then_at:
                found[key] = Gain(first, standing(quiz.grade_rule, results, quiz.pass_mark)[0])
    return found


def last_tried(learner_keys: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return ``{learner key: when they last began an attempt}``. One query for every 5,000 learners."""
    found: dict[UUID, datetime] = {}
    for some in batches(list(dict.fromkeys(learner_keys))):
        rows = Attempt.objects.filter(learner_key__in=some).order_by()
        found |= dict(rows.values_list("learner_key").annotate(Max("started_at")))
    return found


def failures(learner_keys: Iterable[UUID], module_item_ids: Iterable[int]) -> dict[UUID, int]:
    """Return ``{learner key: most attempts failed in one quiz of the modules that is not passed}``, without zeros.

    Passed is what the quiz's own rule says, failed what did not pass in its day. Pre-tests do not count. One query,
    and one for every 5,000 learners.
    """
    quizzes = Quiz.objects.filter(item__parent__in=list(module_item_ids), posttests__isnull=True).in_bulk()
    tried: dict[tuple[UUID, int], Tried] = {}
    for some in batches(list(dict.fromkeys(learner_keys))):
        rows = Attempt.objects.graded().filter(learner_key__in=some, quiz__in=quizzes).order_by("number")
        for key, quiz_id, *result in rows.values_list("learner_key", "quiz_id", "percent", "passed", "series"):
            tried.setdefault((key, quiz_id), []).append(tuple(result))
    found: dict[UUID, int] = {}
    for (key, quiz_id), attempts in tried.items():
        quiz = quizzes[quiz_id]
        failed = sum(percent < quiz.pass_mark and not passed for percent, passed, _series in attempts)
        if failed and not standing(quiz.grade_rule, attempts, quiz.pass_mark)[1]:
            found[key] = max(failed, found.get(key, 0))
    return found
