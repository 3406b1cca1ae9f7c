"""How balanced a choice of people is: pure arithmetic over what nominations say, no database and no clock.

Rules of selection (so many of a region, a gender, the least developed countries) will be added here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """What counts of a nominee: empty words where nobody said it."""

    chosen: bool
    region: str
    gender: str
    represents: str
    ldc: bool
    sids: bool


@dataclass(frozen=True)
class Count:
    """How many were put forward, and how many of them are chosen."""

    value: str
    nominated: int
    chosen: int


def balance(candidates: Iterable[Candidate]) -> dict[str, list[Count]]:
    """Count by region, gender, whom they represent, and whether their country is an LDC or a SIDS.

    Returns ``{aspect: [Count]}``, the most frequent value first; for ``ldc`` and ``sids`` only those who are.
    """
    everybody = list(candidates)
    found = {aspect: _counts(everybody, aspect) for aspect in ("region", "gender", "represents")}
    for aspect in ("ldc", "sids"):
        mine = [one for one in everybody if getattr(one, aspect)]
        found[aspect] = [Count("yes", len(mine), sum(one.chosen for one in mine))]
    return found


def _counts(everybody: list[Candidate], aspect: str) -> list[Count]:
    values = {getattr(one, aspect) for one in everybody}
    counts = [
        Count(
            value,
            sum(getattr(one, aspect) == value for one in everybody),
            sum(getattr(one, aspect) == value and one.chosen for one in everybody),
        )
        for value in values
    ]
    return sorted(counts, key=lambda count: (-count.nominated, count.value))
