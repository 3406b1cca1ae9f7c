"""Short phrases that every room needs in the reader's language: lists, their order, and durations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import get_language, ngettext

COMMAS = {"ar": "، ", "zh-hans": "、"}
"""What stands between the parts of a list, where it is not a comma and a space."""
IN_HOURS = 120
"""From how many minutes on a duration is told in hours."""


def listed(parts: Iterable[str]) -> str:
    """Return words as a list, divided as the active language does it."""
    return COMMAS.get(get_language() or "", ", ").join(parts)


def language_names(codes: Iterable[str]) -> str:
    """Return languages by name, in the order given, in the reader's language."""
    names = dict(settings.LANGUAGES)
    return listed(str(names.get(code, code)) for code in codes)


def duration(minutes: int) -> str:
    """Return a span of time in words: minutes, from two hours on whole hours."""
    if minutes < IN_HOURS:
        return ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}
    hours = round(minutes / 60)
    return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}


def sort_key(name: str, language: str) -> str:
    """Return what to sort a shown name by: accents and case do not count, nor the Arabic article.

    Chinese names come in the order of their characters. Good enough for a list that people search by eye.
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char)).casefold()
    if language == "ar":
        plain = plain.removeprefix("\u0627\u0644")
    return plain
