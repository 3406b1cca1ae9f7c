"""Which questions an attempt asks. Pure: no database, no clock, the same for ever for the same seed.

A slot asks one question, or draws some from a pool. Questions that stand in the quiz by themselves are never drawn,
and no question is asked twice. Pools are drawn from in the order of their size, the smallest first, so that a wide pool
does not use up what a narrow one within it needs. Of a pool come first the questions that this learner was asked least
often, in the order that seed and slot give. Where pools overlap so that a slot gets too few all the same, others give
up to it what they can replace: every seed asks as many questions as can be asked at all. The result is in the order
of slots.
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
    given = {place: list(slot.pool[:1]) for place, slot in enumerate(slots) if slot.fixed}
    fixed = {question for questions in given.values() for question in questions}
    wishes: dict[int, list[int]] = {}
    taken: set[int] = set()
    for place in sorted(set(range(len(slots))) - set(given), key=lambda place: len(slots[place].pool)):
        wishes[place] = shuffled(seed, f"draw:{place}", sorted(set(slots[place].pool) - fixed))
        wishes[place].sort(key=lambda question: asked.get(question, 0))
        given[place] = [question for question in wishes[place] if question not in taken][: slots[place].draws]
        taken.update(given[place])
    for place in wishes:
        while len(given[place]) < slots[place].draws and _one_more(place, wishes, given, set()):
            pass
    return [(question, slot.points) for place, slot in enumerate(slots) for question in given[place]]


def _one_more(
    place: int, wishes: Mapping[int, Sequence[int]], given: Mapping[int, list[int]], passed: set[int]
) -> bool:
    """Give a place one more question: one that is free, else one whose place can have another for it.

    ``passed`` are the places that are being served already. This finds augmenting paths in the graph of places and
    questions; when no place has one, no more questions can be asked (Berge's theorem).
    """
    passed.add(place)
    holders = {question: holder for holder in wishes for question in given[holder]}
    free = next((question for question in wishes[place] if question not in holders), None)
    if free is not None:
        given[place].append(free)
        return True
    for question in wishes[place]:
        holder = holders[question]
        if holder not in passed and _one_more(holder, wishes, given, passed):
            given[holder].remove(question)
            given[place].append(question)
            return True
    return False


def most(slots: Sequence[Slot]) -> int:
    """Return how many questions an attempt of these slots asks, whatever the seed and whoever takes it."""
    return len(drawn(slots, seed=1, asked={}))
