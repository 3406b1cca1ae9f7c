"""Versions of a lesson: a major change raises the number, a minor one does not.

The page the lesson was written in first decides. A translation has the version whose change its own text has:
``LessonVersion.notes`` has an entry for each language that has the change (``version_in``). Learners keep what they
have done: progress tells which version it was (``LessonProgress.version``), so that whoever did an earlier one can be
told what changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail_localize.models import Translation

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
    if page.locale.language_code == item.source_language:
        _note_original(page, item, revision)
    else:
        _note_translation(page, item)


def _note_original(page: LessonPage, item: Item, revision: int | None) -> None:
    language, note = page.locale.language_code, page.change_note.strip()
    latest = item.versions.order_by("number").last()
    if page.change != Change.MAJOR or (note and latest and latest.notes.get(language) == note):
        return
    if revision and item.versions.filter(revision=revision).exists():
        return
    number = raise_version(item=item)
    LessonVersion.objects.create(item=item, number=number, notes={language: note}, revision=revision)


def _note_translation(page: LessonPage, item: Item) -> None:
    """Write down which changes of the original a translation has that is published now."""
    language, note = page.locale.language_code, page.change_note.strip()
    versions = list(item.versions.order_by("number"))
    if note in [version.notes.get(language) for version in versions]:
        note = ""  # said before
    as_of = _as_of(page, item, said=bool(note))
    had = [version for version in versions if as_of and version.published_at <= as_of]
    if had and (note or language not in had[-1].notes):
        had[-1].notes[language] = note
        had[-1].save(update_fields=["notes"])
        Item.objects.filter(pk__in=[item.pk, item.parent_id or item.pk]).touch()


def _as_of(page: LessonPage, item: Item, said: bool) -> datetime | None:
    """Return the moment whose original a translation holds that is published now; ``None`` for the one it held before.

    In the translation screen that is when it was last synced with the original. In the page editor it is now if the
    translation says what changed, or is published for the first time.
    """
    synced = Translation.objects.filter(
        source__object_id=page.translation_key,
        source__locale__language_code=item.source_language,
        target_locale=page.locale_id,
        enabled=True,
    )
    if as_of := synced.values_list("source__last_updated_at", flat=True).first():
        return as_of
    return timezone.now() if said or page.first_published_at == page.last_published_at else None


def text_language(page: Any, item: Item) -> str:
    """Return the language of the text that a page shows: an alias shows that of the original."""
    return item.source_language if page.alias_of_id else page.locale.language_code


def changes_of(texts: Iterable[tuple[Item, str]], language: str) -> dict[int, Changes]:
    """Return ``{item id: what changed with each version}`` of lessons, each given with the language of its text.

    Only changes that the text has; lessons without any are left out. In the words of ``language``, where there are
    some. One query, if any lesson has changed.
    """
    changed = {item.pk: (item, text) for item, text in texts if item.version > 1}
    if not changed:
        return {}
    passed: dict[int, list[tuple[int, str]]] = {}
    found: dict[int, Changes] = {}
    for row in LessonVersion.objects.filter(item__in=changed).order_by("number"):
        item, text = changed[row.item_id]
        words = best_title(row.notes, asked=language, source=item.source_language)
        passed.setdefault(item.pk, []).append((row.number, words))
        if text in row.notes:
            found[item.pk] = tuple(passed[item.pk])
    return found


def latest_of(changes: Changes) -> int:
    """Return the version of a text that has these changes. Pure."""
    return changes[-1][0] if changes else 1


def version_in(item: Item, language: str) -> int:
    """Return the version of a lesson's text in a language: the latest whose change it has. At most one query."""
    return latest_of(changes_of([(item, language)], language).get(item.pk, ()))


def since(version: int, changes: Sequence[tuple[int, str]]) -> list[str]:
    """Return what changed after a version, oldest first. Pure."""
    return [note for number, note in changes if number > version]
