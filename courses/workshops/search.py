"""Finding workshops: coming or past, by facets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from institutions.models import Region
from modules.lessons.models import Field

from .models import Mode, Workshop

COMING, PAST = "coming", "past"
FACETS: dict[str, tuple[Any, Any]] = {
    "topic": (_("Topic"), Field.choices),
    "region": (_("Region"), Region.choices),
    "language": (_("Working language"), settings.LANGUAGES),
    "mode": (pgettext_lazy("way of taking part", "How"), Mode.choices),
}


@dataclass(frozen=True)
class Row:
    """What is needed to choose a workshop."""

    pk: int
    starts_on: date
    ends_on: date
    past: bool
    values: dict[str, set[str]] = field(default_factory=dict)

    def matches(self, wanted: dict[str, set[str]]) -> bool:
        return all(self.values[name] & values for name, values in wanted.items())


@dataclass(frozen=True)
class Result:
    """Ids in order, and how many there are on the other side of today."""

    ids: list[int]
    others: int


def find(*, when: str = COMING, facets: dict[str, list[str]] | None = None, course: str = "") -> Result:
    """Return the public workshops that match every facet; within one, any value will do. One query.

    A workshop is past when its last day is, at the venue. Coming ones stand in the order they come, past
    ones the latest first. A workshop without region is for all of them.
    """
    wanted = {name: set(values) for name, values in (facets or {}).items() if values}
    workshops = Workshop.objects.public()
    if course:
        workshops = workshops.filter(course__key=course)
    rows = [row for row in map(_row, _values(workshops)) if row.matches(wanted)]
    shown = sorted(
        (row for row in rows if row.past == (when == PAST)),
        key=lambda row: (row.starts_on, row.pk),
        reverse=when == PAST,
    )
    return Result([row.pk for row in shown], len(rows) - len(shown))


def _values(workshops: Any) -> Any:
    return workshops.order_by().values(
        "pk", "starts_on", "ends_on", "state", "time_zone", "region", "mode", "languages", "course__field"
    )


def _row(values: dict[str, Any]) -> Row:
    today = timezone.now().astimezone(ZoneInfo(values["time_zone"])).date()
    return Row(
        pk=values["pk"],
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        past=values["state"] == Workshop.State.HELD or values["ends_on"] < today,
        values={
            "topic": {values["course__field"]},
            "region": {values["region"]} if values["region"] else set(Region.values),
            "language": set(values["languages"]),
            "mode": {values["mode"]},
        },
    )
