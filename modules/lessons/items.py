"""Keeps the items of modules and lessons in step with their pages.

An item is what progress hangs on; its page may be translated, moved, taken down, deleted. Listens to
Wagtail's signals (``connect``) and writes through ``records.services``: title in each language, parent
and order from the tree of the page that was written first. An item retires when no language has a
live page any more, and is never deleted.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from modules.records.models import Item
from modules.records.services import freeze_item, retire_item

from .models import LessonPage, ModulePage
from .versions import note_change

LearningPage = ModulePage | LessonPage


@transaction.atomic
def sync(page: LearningPage) -> Item | None:
    """Bring the item of a page, and the order of its neighbours, up to date.

    Returns the item, or ``None`` when it retired because no language has a live page.
    """
    model = type(page)
    live = list(
        model.objects.filter(translation_key=page.translation_key, live=True, alias_of__isnull=True)
        .select_related("locale")
        .order_by("pk")
    )
    if not live:
        retire_item(key=page.translation_key)
        return None
    source = live[0]
    parent: Item | None = None
    order, fields = 0, {"minutes": source.minutes}
    if isinstance(source, ModulePage):
        fields |= {"authors": source.authors, "licence": source.licence, "version": source.version}
    else:
        parent, order = _module_item(source), _place(source)
        fields |= {"authors": parent.authors, "licence": parent.licence}
    item = None
    for translation in live:
        item = freeze_item(
            key=page.translation_key,
            kind=model.item_kind,
            language=translation.locale.language_code,
            source_language=source.locale.language_code,
            title=translation.title,
            parent=parent,
            order=order,
            **fields,
        )
    assert item is not None
    if isinstance(source, LessonPage):
        renumber(source.get_parent())
    else:
        item.children.filter(kind=Item.Kind.LESSON).update(authors=item.authors, licence=item.licence)
    # An address or a summary may have changed even where the item did not.
    Item.objects.filter(pk__in=[pk for pk in (item.pk, item.parent_id) if pk is not None]).touch()
    return item


def renumber(module: Page) -> None:
    """Make the order of a module's lesson items that of its pages."""
    order = {key: place for place, key in enumerate(_lesson_keys(module))}
    changed = []
    for item in Item.objects.filter(key__in=order, parent__key=module.translation_key):
        if item.order != order[item.key]:
            item.order = order[item.key]
            changed.append(item)
    if changed:
        Item.objects.bulk_update(changed, ["order"])
        Item.objects.filter(key=module.translation_key).touch()


def _lesson_keys(module: Page) -> list[UUID]:
    return list(LessonPage.objects.child_of(module).order_by("path").values_list("translation_key", flat=True))


def _place(lesson: LessonPage) -> int:
    return _lesson_keys(lesson.get_parent()).index(lesson.translation_key)


def _module_item(lesson: LessonPage) -> Item:
    """The item of the module above a lesson; made, but retired, when the module is not published yet."""
    module = lesson.get_parent().specific
    item = Item.objects.filter(key=module.translation_key).first()
    if item is None:
        language = module.locale.language_code
        item = freeze_item(
            key=module.translation_key,
            kind=Item.Kind.MODULE,
            language=language,
            source_language=language,
            title=module.title,
        )
        if not module.live:
            retire_item(key=item.key)
    return item


def touch_below(page: Page) -> None:
    """Forget what is cached of every module at or below a page: its address or a breadcrumb changed."""
    keys = ModulePage.objects.descendant_of(page, inclusive=True).values_list("translation_key", flat=True)
    Item.objects.filter(key__in=list(keys)).touch()


def _changed(sender: Any, instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, LearningPage):
        sync(instance)
    else:
        touch_below(instance)


def _published(sender: Any, instance: Page, revision: Any = None, **kwargs: Any) -> None:
    read_before = isinstance(instance, LessonPage) and Item.objects.filter(key=instance.translation_key).exists()
    _changed(sender, instance)
    if read_before and isinstance(instance, LessonPage) and instance.alias_of_id is None:
        item = Item.objects.get(key=instance.translation_key)
        note_change(instance, item, revision.pk if revision else None)


def _moved(sender: Any, instance: Page, parent_page_before: Page, **kwargs: Any) -> None:
    for model in (ModulePage, LessonPage):
        for page in model.objects.descendant_of(instance, inclusive=True):
            sync(page)
    if issubclass(parent_page_before.specific_class, ModulePage):
        renumber(parent_page_before)


def _slug_changed(sender: Any, instance: Page, **kwargs: Any) -> None:
    touch_below(instance.get_parent() if isinstance(instance, LessonPage) else instance)


def _deleted(sender: Any, instance: LearningPage, **kwargs: Any) -> None:
    sync(instance)


def _restricted(sender: Any, instance: PageViewRestriction, **kwargs: Any) -> None:
    """Who may read a lesson changed, so files made of its module are out of date: they hold what everybody may read.

    Restrictions of the module and above do not matter: they are asked whenever a file is handed out.
    """
    lessons = LessonPage.objects.filter(pk=instance.page_id).values("translation_key")
    Item.objects.filter(children__key__in=lessons).touch()


def _collection_restricted(sender: Any, instance: CollectionViewRestriction, **kwargs: Any) -> None:
    """Who may have the files of a collection changed: any module may hold one of them."""
    Item.objects.filter(kind=Item.Kind.MODULE).touch()


def connect() -> None:
    """Listen. Called once, when the app is ready."""
    page_published.connect(_published, dispatch_uid="lessons-published")
    page_unpublished.connect(_changed, dispatch_uid="lessons-unpublished")
    page_slug_changed.connect(_slug_changed, dispatch_uid="lessons-slug")
    post_page_move.connect(_moved, dispatch_uid="lessons-moved")
    for signal in (post_save, post_delete):
        signal.connect(_restricted, sender=PageViewRestriction, dispatch_uid="lessons-restricted")
        signal.connect(_collection_restricted, sender=CollectionViewRestriction, dispatch_uid="lessons-collection")
    for model in (ModulePage, LessonPage):
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"lessons-deleted-{model.__name__}")
