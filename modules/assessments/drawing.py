"""Which questions an attempt asks. Pure: no database, no clock, the same for ever for the same seed.

A slot asks one question, or draws some from a pool. Questions that stand in the quiz by themselves are never drawn,
and no question is asked twice. Pools are drawn from in the order of their size, the smallest first, so that a wide pool
does not use up what a narrow one within it needs. Of a pool come first the questions that this learner was asked least
often, in the order that seed and slot give; a pool with too few gives all it has. The result is in the order of slots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .shuffling import shuffled


@dataclass(frozen=True)
class Slot:
    """A place in a quiz: ``draws`` of the ``pool`` (ids of questions), or with ``fixed`` the one in it."""

    pool: Sequence[int]
    points: Decimal
    draws: int = 1
    fixed: bool = False


def drawn(slots: Sequence[Slot], *, seed: int, asked: Mapping[int, int]) -> list[tuple[int, Decimal]]:
    """Return ``(question, points)`` for an attempt. ``asked``: how often this learner was asked each question.

    ``seed`` must not be 0 where there is something to draw.
    """
    taken = {slot.pool[0] for slot in slots if slot.fixed and slot.pool}
    given: dict[int, list[int]] = {}
    for place in sorted(range(len(slots)), key=lambda place: len(slots[place].pool)):
        slot = slots[place]
        if slot.fixed:
            given[place] = list(slot.pool[:1])
            continue
        free = shuffled(seed, f"draw:{place}", sorted(set(slot.pool) - taken))
        free.sort(key=lambda question: asked.get(question, 0))
        given[place] = free[: slot.draws]
        taken.update(given[place])
    return [(question, slot.points) for place, slot in enumerate(slots) for question in given[place]]
