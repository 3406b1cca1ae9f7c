"""Days and time zones to choose from in words, in the languages of the platform (CLDR data of Babel)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from babel.dates import format_date, parse_pattern
from django.utils.translation import gettext as _

from core.moments import city_of, locale_of
from institutions.names import country_name, sort_key

from .zones import zones_by_country


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


@lru_cache(maxsize=16)
def zone_choices(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every zone for a select, grouped by part of the world: ``[(group, [(zone, "Nairobi, Kenya")])]``."""
    names = {
        "Africa": _("Africa"),
        "America": _("America"),
        "Antarctica": _("Antarctica"),
        "Arctic": _("Arctic"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic Ocean"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific Ocean"),
    }
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in names}
    for code, zone in zones_by_country():
        country, city = country_name(code, language), city_of(zone, language)
        label = f"{city} ({country})" if country and country != city else city
        groups.setdefault(zone.split("/", 1)[0], []).append((zone, label))
    found = [
        (str(names.get(name, name)), sorted(zones, key=lambda pair: sort_key(pair[1], language)))
        for name, zones in groups.items()
        if zones
    ]
    return [(_("World time"), [("UTC", "UTC")]), *found]
