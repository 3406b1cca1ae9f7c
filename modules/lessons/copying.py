"""A module as a template: a copy in every language, with its quizzes and questions, for editors to change.

The copy is a draft and a thing of its own: new pages, items and keys. Nobody's progress, attempts or grades come
along; what was learned in the original stays there.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page

from core import audit
from core.errors import DomainError
from modules.records.models import Item
from modules.records.services import freeze_item, retire_item

from .models import Change, LessonPage, ModulePage
from .registry import copy_others


class CannotCopy(DomainError):
    """Who copies must be allowed to write where the copy will lie."""

    def __init__(self) -> None:
        super().__init__(_("You may not add pages here."))


def may_copy(user: Any, module: Page) -> bool:
    """Whether somebody may copy a module: who may add pages beside it."""
    parent = module.get_parent()
    return parent is not None and parent.permissions_for_user(user).can_add_subpage()


@transaction.atomic
def copy_module(*, actor: Any, module: ModulePage, title: str) -> ModulePage:
    """Copy a module with its lessons, translations and quizzes as drafts beside it; return the copy in its language.

    ``title`` is that of the copy in the language of ``module``; translations keep theirs until they are changed.
    Raises ``CannotCopy``.
    """
    if not may_copy(actor, module):
        raise CannotCopy
    slug = _free_slug(module, title)
    keys: dict[uuid.UUID, uuid.UUID] = {}
    pages = list(ModulePage.objects.filter(translation_key=module.translation_key, alias_of__isnull=True))
    made = {
        page.pk: _copy_pages(page, actor, title if page.pk == module.pk else page.title, slug, keys) for page in pages
    }
    copied = made[module.pk]
    language = copied.locale.language_code
    item = freeze_item(
        key=copied.translation_key,
        kind=Item.Kind.MODULE,
        language=language,
        source_language=language,
        title=title,
        minutes=copied.minutes,
        authors=copied.authors,
        licence=copied.licence,
    )
    retire_item(key=item.key)  # until the copy is published
    original = Item.objects.filter(key=module.translation_key).first()
    if original is not None:
        copy_others(original, item, actor)
    audit.record(actor=actor, action="lessons.copy_module", obj=copied, source=str(module.translation_key))
    return copied


def _copy_pages(page: ModulePage, actor: Any, title: str, slug: str, keys: dict[uuid.UUID, uuid.UUID]) -> ModulePage:
    """Copy one language's pages; translations of one another get the same new key."""
    # No user is given to Wagtail: an editor who may not publish would be refused pages that are published.
    copied = page.copy(
        recursive=True,
        keep_live=False,
        copy_revisions=False,
        log_action=None,
        update_attrs={"title": title, "slug": slug, "version": 1, "owner": actor},
    )
    old = Page.objects.descendant_of(page, inclusive=True).order_by("path")
    new = Page.objects.descendant_of(copied, inclusive=True).order_by("path")
    for before, after in zip(old, new, strict=True):
        key = keys.setdefault(before.translation_key, uuid.uuid4())
        Page.objects.filter(pk=after.pk).update(translation_key=key)
    for lesson in LessonPage.objects.descendant_of(copied).exclude(change=Change.MINOR, change_note=""):
        lesson.change, lesson.change_note = Change.MINOR, ""
        lesson.save_revision()
        LessonPage.objects.filter(pk=lesson.pk).update(change=Change.MINOR, change_note="")
    return ModulePage.objects.get(pk=copied.pk)


def _free_slug(module: ModulePage, title: str) -> str:
    """Return an address for the copy that is free in every language."""
    parents = [page.get_parent() for page in ModulePage.objects.filter(translation_key=module.translation_key)]
    taken = {slug for parent in parents if parent for slug in parent.get_children().values_list("slug", flat=True)}
    base = slugify(title)[:200] or f"{module.slug[:200]}-copy"
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
