"""Versions of a lesson: a major change raises the number, a minor one does not.

The page the lesson was written in first decides; a translation only adds its words for the current version.
Learners keep what they have done: progress tells which version it was (``LessonProgress.version``), so that
whoever did an earlier one can be told what changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from core.languages import best_title
from modules.records.models import Item
from modules.records.services import raise_version

from .models import Change, LessonPage, LessonVersion

Changes = tuple[tuple[int, str], ...]  # (version, what changed), oldest first


@transaction.atomic
def note_change(page: LessonPage, item: Item, revision: int | None) -> None:
    """Write down what the publication of a page means to those who have done its lesson.

    Publishing the same change again (a revision brought back, a page taken down and put up) makes no second
    version: it is known by its revision, or by its sentence.
    """
    language, note = page.locale.language_code, page.change_note.strip()
    latest = item.versions.order_by("number").last()
    if note and latest and latest.notes.get(language) == note:
        return
    if language != item.source_language:
        if note and latest:
            latest.notes[language] = note
            latest.save(update_fields=["notes"])
            Item.objects.filter(pk__in=[item.pk, item.parent_id or item.pk]).touch()
        return
    if page.change != Change.MAJOR or (revision and item.versions.filter(revision=revision).exists()):
        return
    number = raise_version(item=item)
    LessonVersion.objects.create(item=item, number=number, notes={language: note} if note else {}, revision=revision)


def changes_of(items: Iterable[Item], language: str) -> dict[int, Changes]:
    """Return ``{item id: what changed with each version}`` of those lessons that have changed. One query, if any."""
    changed = {item.pk: item for item in items if item.version > 1}
    if not changed:
        return {}
    found: dict[int, list[tuple[int, str]]] = {}
    for row in LessonVersion.objects.filter(item__in=changed).order_by("number"):
        source = changed[row.item_id].source_language
        found.setdefault(row.item_id, []).append((row.number, best_title(row.notes, asked=language, source=source)))
    return {item: tuple(notes) for item, notes in found.items()}


def since(version: int, changes: Sequence[tuple[int, str]]) -> list[str]:
    """Return what changed after a version, oldest first. Pure."""
    return [note for number, note in changes if number > version]
