"""Country names in the platform's languages, from the CLDR data of Babel."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from babel import Locale

BABEL_CODES = {"zh-hans": "zh_Hans"}


@lru_cache(maxsize=16)
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(BABEL_CODES.get(language, language)).territories)


def country_name(iso2: str, language: str) -> str:
    """Return the CLDR short name of a country in ``language``; empty string when there is none."""
    return _territories(language).get(iso2, "")


def sort_key(name: str, language: str) -> str:
    """Return what to sort a shown name by: accents and case do not count, nor the Arabic article.

    Chinese names come in the order of their characters. Good enough for a list that people search by eye.
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char)).casefold()
    if language == "ar":
        plain = plain.removeprefix("\u0627\u0644")
    return plain
