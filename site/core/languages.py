"""Languages: fallback of texts, writing direction, the six languages of the platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.conf import settings
from django.utils.translation import get_language, get_language_info

from .models import LanguageText

T = TypeVar("T", bound=LanguageText)


def direction(code: str) -> str:
    """Return ``"rtl"`` or ``"ltr"`` for a language code."""
    return "rtl" if get_language_info(code)["bidi"] else "ltr"


def native_name(code: str) -> str:
    """Return a language's own name, for example ``français``."""
    return str(get_language_info(code)["name_local"])


def fallback_order(asked: str | None, source: str = "") -> list[str]:
    """Return the codes to try, best first: asked, source, English, then the rest (decision 2)."""
    wanted = [asked or get_language() or settings.LANGUAGE_CODE, source, "en"]
    wanted += [code for code, _name in settings.LANGUAGES]
    return list(dict.fromkeys(code for code in wanted if code))


def best_text(rows: Iterable[T], *, asked: str | None = None, source: str = "") -> T | None:
    """Pick the text row to show.

    Takes the rows of one record (prefetch them), the language asked for (default: the active one)
    and the record's source language. Returns ``None`` only if there are no rows at all.
    """
    by_language = {row.language: row for row in rows}
    for code in fallback_order(asked, source):
        if code in by_language:
            return by_language[code]
    return None


def best_title(titles: Mapping[str, str], *, asked: str | None = None, source: str = "") -> str:
    """Pick one of the titles ``{language: title}``; empty string when there are none."""
    for code in fallback_order(asked, source):
        if titles.get(code):
            return titles[code]
    return ""
