"""Where imported people may be brought: higher rooms say what they offer (a cohort of a course)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..models import Participant


@dataclass(frozen=True)
class Place:
    """One place people can be brought to. ``free`` is ``None`` where there is no limit; not open: in the archive."""

    ref: str
    title: str
    programme_id: int
    url: str = ""
    free: int | None = None
    is_open: bool = True


@dataclass(frozen=True)
class Destination:
    """A kind of place.

    ``bring`` does nothing twice and returns the ids of those who are in afterwards; it never brings the actor.
    """

    places: Callable[[Any], list[Place]]
    place: Callable[[Any, str], Place | None]
    bring: Callable[..., set[int]]
    tell: Callable[[str, Sequence[Participant], datetime], None]


_kinds: dict[str, Destination] = {}


def register_destination(kind: str, destination: Destination) -> None:
    """Register a kind of place; its references are ``"<kind>:<id>"``.

    ``places(user)`` are those a user may bring people to now, ``place(user, ref)`` is one, open or not, or ``None``
    (``user`` ``None``: the system), ``bring(actor=, ref=, people=)`` brings them in the caller's transaction,
    ``tell(ref, people, since)`` writes to those whom a list has brought there since that moment.
    """
    _kinds[kind] = destination


def places(user: Any) -> list[Place]:
    """Return every place the user may bring people to."""
    return [place for destination in _kinds.values() for place in destination.places(user)]


def place_of(user: Any, ref: str) -> Place | None:
    """Return the place of a reference, if the user may bring people there."""
    destination = destination_of(ref)
    return destination.place(user, ref) if destination else None


def destination_of(ref: str) -> Destination | None:
    """Return the kind of place of a reference."""
    return _kinds.get(ref.partition(":")[0])
