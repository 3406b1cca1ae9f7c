"""The pages behind a syllabus."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from core.languages import fallback_order
from core.routing import page_url
from modules.lessons.models import ModulePage


@dataclass(frozen=True)
class PageCard:
    """A module's page in the best language there is."""

    title: str
    summary: str
    url: str
    minutes: int
    language: str


def module_pages(keys: Iterable[uuid.UUID], language: str | None = None) -> dict[uuid.UUID, PageCard]:
    """Return ``{module key: PageCard}`` of live module pages, each in the asked language or its fallback. One query."""
    language = language or get_language() or "en"
    rank = {code: place for place, code in enumerate(fallback_order(language))}
    best: dict[uuid.UUID, ModulePage] = {}
    pages = ModulePage.objects.filter(translation_key__in=list(keys), live=True).select_related("locale")
    for page in pages:
        held = best.get(page.translation_key)
        if held is None or rank.get(page.locale.language_code, 99) < rank.get(held.locale.language_code, 99):
            best[page.translation_key] = page
    return {
        key: PageCard(page.title, page.summary, page_url(page, language), page.minutes, page.locale.language_code)
        for key, page in best.items()
    }
