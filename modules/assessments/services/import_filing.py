"""Where imported questions are put. A question that has a category stays there: quizzes draw from it. Tags are added,
never taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from taggit.models import Tag

from ..categories import path_of
from ..exchange.draft import Draft
from ..models import Question, QuestionCategory
from .bank import put_category


class Planned(Protocol):
    """A question that is written, and what the file says of it."""

    draft: Draft
    question: Question | None


class Filing:
    """Files the questions of one import below the category ``base``."""

    def __init__(self, actor: Any, language: str, base: tuple[str, ...]) -> None:
        self.actor, self.language, self.base = actor, language, base
        self.categories: dict[tuple[str, ...], QuestionCategory] = {}
        self.rows: dict[int, QuestionCategory] = {}
        self.tree: dict[int, int | None] = {}

    def file(self, planned: Sequence[Planned]) -> None:
        """Put questions that have no category into those of the file and add tags; none is taken away."""
        filed = []
        for plan in planned:
            path = (*self.base, *plan.draft.category)
            if path and plan.question and plan.question.category_id is None:
                plan.question.category = self._category(path)
                filed.append(plan.question)
        Question.objects.bulk_update(filed, ["category"])
        self._tag([plan for plan in planned if plan.draft.tags])

    def path(self, plan: Planned) -> list[str]:
        """Return the titles of the category where a question stays, or is put, from the top down."""
        if plan.question is None or plan.question.category_id is None:
            return [*self.base, *plan.draft.category]
        pk = plan.question.category_id
        if pk not in self.rows:
            self.rows = QuestionCategory.objects.in_bulk()
            self.tree = {row.pk: row.parent_id for row in self.rows.values()}
        return [self.rows[each].title for each in path_of(self.tree, pk)]

    def _category(self, path: tuple[str, ...]) -> QuestionCategory:
        if path not in self.categories:
            self.categories[path] = put_category(actor=self.actor, path=path, language=self.language)
        return self.categories[path]

    def _tag(self, planned: Sequence[Planned]) -> None:
        if not planned:
            return
        through = Question.tags.through
        wanted = {
            (plan.question.pk, " ".join(tag.split())[:100])
            for plan in planned
            if plan.question
            for tag in plan.draft.tags
            if tag.strip()
        }
        names = {name for _pk, name in wanted}
        tags = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
        for name in sorted(names - set(tags)):
            tags[name], _new = Tag.objects.get_or_create(name=name)
        ids = [plan.question.pk for plan in planned if plan.question]
        held = set(
            through.objects.filter(
                content_type__app_label="assessments", content_type__model="question", object_id__in=ids
            ).values_list("object_id", "tag_id")
        )
        kind = through._meta.get_field("content_type").related_model.objects.get_for_model(Question)
        through.objects.bulk_create(
            through(content_type=kind, object_id=pk, tag=tags[name])
            for pk, name in sorted(wanted)
            if (pk, tags[name].pk) not in held
        )
