"""Translated pages, made through wagtail-localize so that editors can go on with them in its own screens."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from ..models import StarterRecord
from .tree import digest


class StructureDiffers(ValueError):
    """A translation does not have the paragraphs of its source."""


def _strings(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for segment in extract_segments(page):
        if isinstance(segment, StringSegmentValue):
            found[segment.path].append(segment.string.data)
    return found


def put_translation(page: Page, language: str, **fields: Any) -> tuple[Any, bool]:
    """Publish a translation of a page with these field values, and return ``(page, written)``.

    ``fields`` hold the same blocks with the same ids as the source. Raises ``StructureDiffers`` when
    paragraphs do not pair. A translation that somebody else revised is left as it is.
    """
    locale = Locale.objects.get(language_code=language)
    name = f"page:{page._meta.label_lower}:{page.translation_key}:{language}"
    wanted = digest(fields)
    record = StarterRecord.objects.filter(name=name).first()
    existing = type(page)._default_manager.filter(translation_key=page.translation_key, locale=locale).first()
    if record is not None and (
        existing is None or record.digest == wanted or existing.latest_revision_id != record.revision_id
    ):
        return existing, False
    if record is None and existing is not None:
        return existing, False

    source, _created = TranslationSource.update_or_create_from_instance(page)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
    translated = type(page)._default_manager.get(pk=page.pk)
    for field, value in fields.items():
        setattr(translated, field, value)
    theirs = _strings(translated)
    segments: dict[str, list[StringSegment]] = defaultdict(list)
    for segment in StringSegment.objects.filter(source=source).select_related("string", "context").order_by("order"):
        segments[segment.context.path].append(segment)
    for path, own in segments.items():
        if path.split(".")[0] not in fields:
            continue
        if len(own) != len(theirs.get(path, [])):
            raise StructureDiffers(
                f"{page} ({language}), {path}: {len(own)} strings, {len(theirs.get(path, []))} translated"
            )
        for segment, text in zip(own, theirs[path], strict=True):
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                locale=locale,
                context=segment.context,
                defaults={"data": text, "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL},
            )
    translation.save_target(publish=True)
    written = type(page)._default_manager.get(translation_key=page.translation_key, locale=locale)
    StarterRecord.objects.update_or_create(
        name=name, defaults={"digest": wanted, "revision_id": written.latest_revision_id}
    )
    return written, True
