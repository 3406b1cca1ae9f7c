"""Dates and time zones in words, in the languages of the platform (CLDR data of Babel)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, parse_pattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions.names import country_name, sort_key

from .zones import zones_by_country

BABEL_CODES = {"en": "en_GB", "zh-hans": "zh_Hans"}
# CLDR never renames a zone; these are the names under which it knows those that IANA has renamed.
NAME_IN_CLDR = {
    "Africa/Asmara": "Africa/Asmera",
    "America/Argentina/Buenos_Aires": "America/Buenos_Aires",
    "America/Argentina/Catamarca": "America/Catamarca",
    "America/Argentina/Cordoba": "America/Cordoba",
    "America/Argentina/Jujuy": "America/Jujuy",
    "America/Argentina/Mendoza": "America/Mendoza",
    "America/Atikokan": "America/Coral_Harbour",
    "America/Indiana/Indianapolis": "America/Indianapolis",
    "America/Kentucky/Louisville": "America/Louisville",
    "America/Nuuk": "America/Godthab",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Asia/Kathmandu": "Asia/Katmandu",
    "Asia/Kolkata": "Asia/Calcutta",
    "Asia/Yangon": "Asia/Rangoon",
    "Atlantic/Faroe": "Atlantic/Faeroe",
    "Europe/Kyiv": "Europe/Kiev",
    "Pacific/Chuuk": "Pacific/Truk",
    "Pacific/Kanton": "Pacific/Enderbury",
    "Pacific/Pohnpei": "Pacific/Ponape",
}


def _locale(language: str | None) -> Locale:
    code = language or get_language() or "en"
    return Locale.parse(BABEL_CODES.get(code, code))


def day_range(first: date, last: date, language: str | None = None) -> str:
    """Return days as people write them: ``11–15 July 2016``, ``30 July – 2 August 2016``, ``11 July 2016``."""
    locale = _locale(language)
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


@lru_cache(maxsize=4096)
def city_of(zone: str, language: str) -> str:
    """Return the city a zone is named after."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    city = _locale(language).time_zones.get(NAME_IN_CLDR.get(zone, zone), {}).get("city")
    return str(city or zone.rsplit("/", 1)[-1].replace("_", " "))


def offset_words(offset: timedelta | None) -> str:
    """Return an offset as ``UTC+3`` or ``UTC−3:30``."""
    minutes = int((offset or timedelta()).total_seconds() // 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def zone_words(zone: str, at: datetime, language: str | None = None) -> str:
    """Return a zone for people, as it stands at a moment: ``Nairobi time (UTC+3)``."""
    offset = offset_words(at.astimezone(ZoneInfo(zone)).utcoffset())
    city = city_of(zone, language or get_language() or "en")
    if city == "UTC":
        return offset
    return _("%(city)s time (%(offset)s)") % {"city": city, "offset": offset}


def own_zone_words(zone: str, at: datetime, language: str | None = None) -> str:
    """Return a zone for a bracket behind a time: ``Nairobi, UTC+3``."""
    offset = offset_words(at.astimezone(ZoneInfo(zone)).utcoffset())
    city = city_of(zone, language or get_language() or "en")
    return offset if city == "UTC" else f"{city}, {offset}"


def moment_words(at: datetime) -> str:
    """Return a moment in the viewer's time, and whose time that is: ``12 May 2026, 17:00 (Nairobi, UTC+3)``."""
    zone = own_zone_words(timezone.get_current_timezone_name(), at)
    return f"{date_format(timezone.localtime(at), 'DATETIME_FORMAT')} ({zone})"


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
