"""Days in words, in the languages of the platform (CLDR data of Babel)."""

from __future__ import annotations

import re
from datetime import date

from babel.dates import format_date, parse_pattern

from core.moments import locale_of


def day_range(first: date, last: date, language: str | None = None) -> str:
    """Return days as people write them: ``11–15 July 2016``, ``30 July – 2 August 2016``, ``11 July 2016``."""
    locale = locale_of(language)
    if first == last:
        return format_date(first, "long", locale=locale)
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    formats = locale.interval_formats
    parts = formats.get("yMMMMd", {}).get(differs) or [
        re.sub(r"(?<!M)MMM(?!M)", "MMMM", part) for part in formats.get("yMMMd", {}).get(differs, ())
    ]
    if len(parts) != 2:
        return f"{format_date(first, 'long', locale=locale)} – {format_date(last, 'long', locale=locale)}"
    return "".join(parse_pattern(part).apply(day, locale) for part, day in zip(parts, (first, last), strict=True))
