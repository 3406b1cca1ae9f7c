"""What an organiser can be limited to: kinds of activities that higher rooms register.

An activity is named by its kind and id, ``"course:12"``. This room neither knows nor imports what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ActivityKind:
    """``rows()`` is the queryset of this kind, with ``visible_to``; ``str`` of a record is its title."""

    name: str
    label: Any
    rows: Callable[[], Any]


_kinds: dict[str, ActivityKind] = {}


def register_activity(kind: ActivityKind) -> None:
    """Let organisers be limited to records of this kind; from a room's ``AppConfig.ready``."""
    _kinds[kind.name] = kind


def activity_key(kind: str, pk: int | None) -> str:
    """Return what a role assignment names an activity by."""
    return f"{kind}:{pk}"


def activity_choices(user: Any) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Return every activity that ``user`` may see, by kind, as choices of a form."""
    return [
        (kind.label, [(activity_key(kind.name, row.pk), str(row)) for row in kind.rows().visible_to(user)])
        for kind in _kinds.values()
    ]


def title_of(activity: str) -> str:
    """Return the title of an activity; the key itself where there is no such thing any more."""
    name, _colon, pk = activity.partition(":")
    kind = _kinds.get(name)
    row = kind.rows().filter(pk=pk).first() if kind and pk.isdigit() else None
    return str(row) if row else activity


def exists(activity: str) -> bool:
    """Whether there is such an activity."""
    name, _colon, pk = activity.partition(":")
    kind = _kinds.get(name)
    return bool(kind and pk.isdigit() and kind.rows().filter(pk=pk).exists())


def ids_of(kind: str, activities: Iterable[str]) -> frozenset[int]:
    """Return the ids of one kind among activities."""
    pairs = (activity.partition(":") for activity in activities)
    return frozenset(int(pk) for name, _colon, pk in pairs if name == kind)
