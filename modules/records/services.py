"""Writing items and events."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import F
from django.utils import timezone

from .models import Event, Item


def freeze_item(
    *,
    key: uuid.UUID,
    kind: str,
    language: str,
    title: str,
    parent: Item | None = None,
    order: int = 0,
    source_language: str = "",
    **fields: Any,
) -> Item:
    """Create or refresh the item of a page or record, and return it.

    Freezes ``title`` under ``language``. Everything else is written only from the source language, so
    that publishing a translation cannot move a lesson. ``source_language`` (default: as it was, else
    English) changes when the page it was first written in is gone. A retired item comes back to life.
    """
    item, created = Item.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "parent": parent,
            "order": order,
            "titles": {language: title},
            "source_language": source_language or "en",
            **fields,
        },
    )
    touched = {item.pk, item.parent_id}
    if not created:
        changes: dict[str, Any] = {}
        if item.titles.get(language) != title:
            changes["titles"] = {**item.titles, language: title}
        if source_language and item.source_language != source_language:
            changes["source_language"] = source_language
        if language == (source_language or item.source_language):
            wanted = {"parent_id": parent.pk if parent else None, "order": order, **fields}
            changes |= {name: value for name, value in wanted.items() if getattr(item, name) != value}
        if item.retired_at is not None:
            changes["retired_at"] = None
        if not changes:
            return item
        for name, value in changes.items():
            setattr(item, name, value)
        item.save(update_fields=list(changes))
        touched.add(item.parent_id)
    Item.objects.filter(pk__in=[pk for pk in touched if pk is not None]).touch()
    return item


def raise_version(*, item: Item) -> int:
    """Raise an item's version by one, after a major change, and return it."""
    Item.objects.filter(pk=item.pk).update(version=F("version") + 1)
    item.refresh_from_db(fields=["version"])
    Item.objects.filter(pk__in=[pk for pk in (item.pk, item.parent_id) if pk is not None]).touch()
    return item.version


def retire_item(*, key: uuid.UUID) -> None:
    """Take an item out of use; what was learned of it stays. Does nothing for an item that is retired or unknown."""
    item = Item.objects.live().filter(key=key).first()
    if item is None:
        return
    item.retired_at = timezone.now()
    item.save(update_fields=["retired_at"])
    Item.objects.filter(pk__in={item.pk, item.parent_id} - {None}).touch()


def log_event(
    *,
    user: Any,
    verb: str,
    item: Item,
    context: str = "",
    language: str = "",
    version: int | None = None,
    **result: Any,
) -> Event:
    """Append one learning event of an account; ``result`` must be JSON-serialisable.

    ``version``: of the item, if it is not the present one.
    """
    return Event.objects.create(
        actor=user,
        actor_key=user.key,
        verb=verb,
        item=item,
        item_version=version or item.version,
        context=context,
        language=language,
        result=result,
    )
