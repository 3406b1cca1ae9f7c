"""Time zones to choose from, under their present names, in the languages of the platform."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from .moments import city_of
from .wording import sort_key

Choices = list[tuple[str, list[tuple[str, str]]]]


@lru_cache(maxsize=1)
def zones_by_country() -> list[tuple[str, str]]:
    """Return ``[(country code, zone)]``: every zone in use today under its present name."""
    known = available_timezones()
    lines = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(row[0], row[2]) for row in rows if row[2] in known]


@lru_cache(maxsize=32)
def zone_choices(language: str, country_name: Callable[[str, str], str] | None = None) -> Choices:
    """Return every zone for a select, grouped by part of the world: ``[(group, [(zone, "Nairobi (Kenya)")])]``.

    Countries are named by ``country_name(code, language)``; rooms that know no countries show the cities alone.
    """
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
        country, city = country_name(code, language) if country_name else "", city_of(zone, language)
        label = f"{city} ({country})" if country and country != city else city
        groups.setdefault(zone.split("/", 1)[0], []).append((zone, label))
    found = [
        (str(names.get(name, name)), sorted(zones, key=lambda pair: sort_key(pair[1], language)))
        for name, zones in groups.items()
        if zones
    ]
    return [(_("World time"), [("UTC", "UTC")]), *found]


def with_held(choices: Choices, held: str) -> list[tuple[str, object]]:
    """Return the choices, with ``held`` first should it bear a name of former times."""
    if held and not any(held == zone for _group, zones in choices for zone, _label in zones):
        return [(held, held), *choices]
    return [*choices]
