"""Keeping the question bank in order: categories and tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.languages import best_title

from ..categories import path_of, within
from ..models import Question, QuestionCategory

SEPARATOR = " › "


class InvalidCategory(DomainError):
    """A category that would hang in itself, or has no name."""


def category_tree() -> dict[int, int | None]:
    """Return ``{id: id of the parent}`` of every category. One query."""
    return dict(QuestionCategory.objects.values_list("pk", "parent_id"))


def category_paths(language: str | None = None) -> list[tuple[int, str]]:
    """Return ``(id, "Top › Below")`` of every category, sorted by it. One query."""
    rows = list(QuestionCategory.objects.values_list("pk", "parent_id", "titles"))
    tree = {pk: parent for pk, parent, _titles in rows}
    names = {pk: best_title(titles, asked=language) or str(pk) for pk, _parent, titles in rows}
    paths = [(pk, SEPARATOR.join(names[one] for one in path_of(tree, pk))) for pk in tree]
    return sorted(paths, key=lambda pair: pair[1].casefold())


def category_at(path: Sequence[str], parent: QuestionCategory | None = None) -> QuestionCategory | None:
    """Return the category whose titles, in any language, are those of ``path`` from the top (or ``parent``) down."""
    found = parent
    for name in path:
        wanted = name.strip().casefold()
        siblings = QuestionCategory.objects.filter(parent=found)
        match = (row for row in siblings if wanted in (title.casefold() for title in row.titles.values()))
        found = next(match, None)
        if found is None:
            return None
    return found


@transaction.atomic
def put_category(*, actor: Any, path: Sequence[str], language: str) -> QuestionCategory:
    """Return the category at ``path`` (titles from the top down), making what is missing with titles in ``language``.

    Raises ``InvalidCategory`` for a path without a name.
    """
    names = [name.strip()[:200] for name in path if name.strip()]
    if not names:
        raise InvalidCategory(_("Give the category a title."))
    here: QuestionCategory | None = None
    for name in names:
        below = category_at([name], here)
        if below is None:
            below = QuestionCategory.objects.create(parent=here, titles={language: name})
            audit.record(actor=actor, action="assessments.create_questioncategory", obj=below)
        here = below
    assert here is not None
    return here


@transaction.atomic
def change_category(
    *, actor: Any, category: QuestionCategory, titles: Mapping[str, str], parent: QuestionCategory | None
) -> QuestionCategory:
    """Rename a category or move it, with all it holds. A new one is written too. Raises ``InvalidCategory``."""
    kept = {code: titles[code].strip() for code, _name in settings.LANGUAGES if titles.get(code, "").strip()}
    if not kept:
        raise InvalidCategory(_("Give the category a title."))
    new = category.pk is None
    if parent is not None and not new and parent.pk in within(category_tree(), category.pk):
        raise InvalidCategory(_("A category cannot stand within itself."))
    category.titles, category.parent = kept, parent
    category.save()
    act = "create" if new else "change"
    audit.record(actor=actor, action=f"assessments.{act}_questioncategory", obj=category)
    return category


@transaction.atomic
def file_question(
    *, actor: Any, question: Question, category: QuestionCategory | None, tags: Sequence[str] | None = None
) -> Question:
    """Put a question into a category and give it tags (``None``: they stay). Filed alike, nothing changes."""
    wanted = None if tags is None else sorted({" ".join(tag.split())[:100] for tag in tags if tag.strip()})
    moved = question.category_id != (category.pk if category else None)
    retagged = wanted is not None and wanted != sorted(tag.name for tag in question.tags.all())
    if moved:
        question.category = category
        question.save(update_fields=["category"])
    if retagged:
        question.tags.set(wanted)
    if moved or retagged:
        audit.record(actor=actor, action="assessments.file_question", obj=question)
    return question
