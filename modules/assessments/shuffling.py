"""In which order questions and their parts are shown. Pure: no database, no clock, the same for ever.

The order follows from the attempt's seed alone: coming back, another device, another language or a
newer release show the same order. Seed 0 keeps the author's order.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def shuffled(seed: int, salt: str, things: Iterable[T]) -> list[T]:
    """Return ``things`` (distinct by ``str``) in the order that ``seed`` and ``salt`` give; seed 0: as they came."""
    if not seed:
        return list(things)
    return sorted(things, key=lambda thing: sha256(f"{seed}:{salt}:{thing}".encode()).digest())
