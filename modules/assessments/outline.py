"""Puts the quizzes into the outline of their module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import override

from core.languages import best_title
from modules.lessons.registry import OutlineEntry

from .models import Attempt, Quiz
from .scoring import grade_of


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
            entry = OutlineEntry(title, reverse("quiz", args=[key]), kind="quiz", minutes=minutes, key=key)
            found.setdefault(module, []).append(entry)
    if not user.is_authenticated:
        return found
    done = passed_quizzes([entry.key for entries in found.values() for entry in entries if entry.key], user)
    return {
        module: [replace(entry, state="done") if entry.key in done else entry for entry in entries]
        for module, entries in found.items()
    }


def passed_quizzes(keys: Sequence[UUID], user: Any) -> set[UUID]:
    """Return the keys of those quizzes whose grade, by their own rule, reaches the pass mark. One query.

    A pre-test only measures: it is done when it was handed in.
    """
    rows = (
        Attempt.objects.graded()
        .filter(learner_key=user.key, quiz__item__key__in=list(keys))
        .order_by("number")
        .annotate(measures=Exists(Quiz.objects.filter(pretest=OuterRef("quiz_id"))))
        .values_list("quiz__item__key", "quiz__grade_rule", "quiz__pass_mark", "percent", "measures")
    )
    tried: dict[UUID, tuple[str, int, list[Decimal]]] = {}
    for key, rule, pass_mark, percent, measures in rows:
        tried.setdefault(key, (rule, 0 if measures else pass_mark, []))[2].append(percent)
    return {key for key, (rule, pass_mark, percents) in tried.items() if grade_of(rule, percents) >= pass_mark}
