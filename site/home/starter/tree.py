"""Writing pages: created once, brought up to date only while nobody else has changed them."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from wagtail.models import Locale, Page

from ..models import StarterRecord


def digest(values: Any) -> str:
    """Return a fingerprint of JSON-like values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def put_page(
    model: type[Page], *, parent: Page | None, key: uuid.UUID, locale: Locale, slug: str, **fields: Any
) -> tuple[Any, bool]:
    """Create a published page, or bring it up to date, and return ``(page, written)``.

    A page whose newest revision is not the one written here belongs to its editor and is left as it is;
    so is one that somebody took down or moved.
    """
    name = f"page:{model._meta.label_lower}:{key}:{locale.language_code}"
    wanted = digest({"slug": slug, **fields})
    record = StarterRecord.objects.filter(name=name).first()
    try:
        page = model._default_manager.get(translation_key=key, locale=locale)
    except ObjectDoesNotExist:
        if record is not None:
            return None, False  # an editor deleted it
        page = model(translation_key=key, locale=locale, slug=slug, **fields)
        assert parent is not None
        parent.add_child(instance=page)
    else:
        if record is None or record.digest == wanted or page.latest_revision_id != record.revision_id:
            return page, False
        for field, value in fields.items():
            setattr(page, field, value)
    revision = page.save_revision()
    revision.publish()
    page.refresh_from_db()
    StarterRecord.objects.update_or_create(
        name=name, defaults={"digest": wanted, "revision_id": page.latest_revision_id}
    )
    return page, True


def once(name: str) -> bool:
    """Whether a record is to be written now: true the first time, false ever after."""
    return StarterRecord.objects.get_or_create(name=name, defaults={"digest": ""})[1]
