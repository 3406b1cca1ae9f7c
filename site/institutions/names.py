"""Country names in the platform's languages: the UN's (M49), from the CLDR data of Babel where the two agree."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from .un_names import LANGUAGES, UN_NAMES

BABEL_CODES = {"zh-hans": "zh_Hans"}


@lru_cache(maxsize=16)
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(BABEL_CODES.get(language, language)).territories)


def country_name(iso2: str, language: str) -> str:
    """Return the UN's name of a country in ``language``; empty string when there is none."""
    theirs = dict(zip(LANGUAGES, UN_NAMES.get(iso2, ()), strict=False))
    return theirs.get(language) or usual_name(iso2, language)


def usual_name(iso2: str, language: str) -> str:
    """Return the name of everyday use (CLDR), which people type; empty string when there is none."""
    return _territories(language).get(iso2, "")
