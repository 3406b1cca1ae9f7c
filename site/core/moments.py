"""Moments and time zones in words, in the languages of the platform (CLDR data of Babel)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

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


def locale_of(language: str | None) -> Locale:
    """Return what CLDR knows of a language of ours; ``None`` is the active one."""
    code = language or get_language() or "en"
    return Locale.parse(BABEL_CODES.get(code, code))


@lru_cache(maxsize=4096)
def city_of(zone: str, language: str) -> str:
    """Return the city a zone is named after."""
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    city = locale_of(language).time_zones.get(NAME_IN_CLDR.get(zone, zone), {}).get("city")
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
