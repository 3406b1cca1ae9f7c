"""The pages behind a syllabus."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import get_language, ngettext

from core.languages import fallback_order
from core.routing import page_url
from core.wording import listed
from modules.lessons.models import LessonPage, ModulePage
from modules.records.models import Item


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


@dataclass(frozen=True)
class Taught:
    """In which languages a course can be studied: how many of its ``modules`` have all their lessons in each."""

    modules: int
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> list[str]:
        """Codes of the languages in which the whole course can be studied."""
        return [code for code, _name in settings.LANGUAGES if self.parts.get(code, 0) == self.modules]

    @property
    def words(self) -> str:
        """Languages by name in the reader's language, whole ones first; of the others what share there is."""
        names = dict(settings.LANGUAGES)
        whole = self.whole
        partly = [
            ngettext(
                "%(language)s (%(ready)d of %(all)d module)",
                "%(language)s (%(ready)d of %(all)d modules)",
                self.modules,
            )
            % {"language": names[code], "ready": self.parts[code], "all": self.modules}
            for code in names
            if code not in whole and self.parts.get(code)
        ]
        return listed([*(str(names[code]) for code in whole), *partly])


def lesson_languages(module_ids: Iterable[int]) -> dict[int, set[str]]:
    """Return ``{module item id: languages in which every lesson is live}``; nothing for modules without lessons.

    A lesson that is live in no language at all does not count. Two queries.
    """
    rows = Item.objects.live().filter(kind=Item.Kind.LESSON, parent__in=list(module_ids))
    module_of = dict(rows.values_list("key", "parent_id"))
    live: dict[uuid.UUID, set[str]] = defaultdict(set)
    pages = LessonPage.objects.live().filter(translation_key__in=list(module_of))
    for key, code in pages.values_list("translation_key", "locale__language_code"):
        live[key].add(code)
    found: dict[int, set[str]] = {}
    for key, codes in live.items():
        module = module_of[key]
        found[module] = found[module] & codes if module in found else set(codes)
    return found


def taught(module_ids: Iterable[int], languages: dict[int, set[str]], described_in: Collection[str]) -> Taught:
    """Return the languages of a course from those of its modules (``lesson_languages``).

    ``described_in``: languages of its page, which count alone while it has no lessons yet.
    """
    modules = [languages[module] for module in module_ids if module in languages]
    if not modules:
        return Taught(1, dict.fromkeys(described_in, 1))
    codes = set().union(*modules)
    return Taught(len(modules), {code: sum(code in module for module in modules) for code in codes})
