"""Puts the quizzes into the outline of their module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from core.languages import best_title
from modules.lessons.registry import OutlineEntry
from modules.lessons.routing import learner_parameter
from modules.records.models import Item

from .models import Quiz
from .scoring import Result, standing

# Written out, because it runs for every lesson page: Django needs longer to compose it than the database to answer.
RESULTS = """
SELECT item.key, quiz.grade_rule, quiz.pass_mark, attempt.percent, attempt.passed, attempt.series,
       EXISTS (SELECT 1 FROM assessments_quiz post WHERE post.pretest_id = quiz.id)
FROM assessments_attempt attempt
JOIN assessments_quiz quiz ON quiz.id = attempt.quiz_id
JOIN records_item item ON item.id = quiz.item_id
WHERE attempt.state = 'graded' AND attempt.learner_key = %s AND item.key IN ({places})
ORDER BY attempt.number
"""


def quiz_entries(module_keys: Sequence[UUID], user: Any, language: str) -> dict[UUID, list[OutlineEntry]]:
    """Return ``{module key: entries}``. One query, and one more for an account."""
    rows = (
        Quiz.objects.live()
        .filter(item__parent__key__in=list(module_keys))
        .order_by("item__order", "pk")
        .values_list("item__parent__key", "item__key", "item__titles", "item__source_language", "item__minutes")
    )
    found: dict[UUID, list[OutlineEntry]] = {}
    with override(language):
        for module, key, titles, source, minutes in rows:
            title = best_title(titles, asked=language, source=source)
            entry = OutlineEntry(
                title,
                reverse("quiz", args=[key]),
                kind="quiz",
                minutes=minutes,
                key=key,
                try_url=reverse("quiz_try", args=[key]),
            )
            found.setdefault(module, []).append(entry)
    if not user.is_authenticated:
        return found
    done = passed_quizzes([entry.key for entries in found.values() for entry in entries if entry.key], user)
    return {
        module: [replace(entry, state="done") if entry.key in done else entry for entry in entries]
        for module, entries in found.items()
    }


def passed_quizzes(keys: Sequence[UUID], user: Any) -> set[UUID]:
    """Return the keys of those quizzes that somebody has passed, by their own rule. One query.

    What was passed stays passed when the pass mark is raised (``scoring``). A pre-test only measures: it is done when
    it was handed in.
    """
    if not keys:
        return set()
    field = Item._meta.get_field("key")
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            RESULTS.format(places=places),
            [learner_parameter(user), *(field.get_db_prep_value(key, connection) for key in keys)],
        )
        rows = cursor.fetchall()
    tried: dict[UUID, tuple[str, list[Result], int]] = {}
    for key, rule, pass_mark, percent, passed, series, measures in rows:
        _rule, results, _mark = tried.setdefault(UUID(str(key)), (rule, [], 0 if measures else pass_mark))
        results.append((Decimal(str(percent)), bool(passed), series))
    return {key for key, attempts in tried.items() if standing(*attempts)[1]}
