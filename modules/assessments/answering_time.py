"""How long a question took, from the times at which answers were given. Pure: no database, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import datetime

PAUSE = 30 * 60
"""Seconds without any answer after which somebody was doing something else."""
TOGETHER = 1.0
"""Answers saved within so many seconds of each other came with one form: nobody knows which took how long."""


def times(started: datetime, saved: Iterable[tuple[Hashable, datetime]]) -> dict[Hashable, int]:
    """Return ``{question: seconds}`` of one attempt, for the questions of which the time is known.

    ``saved`` are the answers saved, in the order in which they were given. The time until an answer began with the
    answer before it, or with the attempt; several answers to a question add up. Not known is the time of answers that
    came together in one form (``TOGETHER``), and of those after a pause (``PAUSE``).
    """
    found: Counter[Hashable] = Counter()
    unknown: set[Hashable] = set()
    before = started
    burst: list[tuple[Hashable, datetime]] = []

    def close() -> None:
        nonlocal before
        if not burst:
            return
        questions = {question for question, _at in burst}
        seconds = (burst[0][1] - before).total_seconds()
        if len(questions) > 1 or not 0 < seconds <= PAUSE:
            unknown.update(questions)
        else:
            found[burst[0][0]] += round(seconds)
        before = burst[-1][1]
        burst.clear()

    for question, at in saved:
        if burst and (at - burst[-1][1]).total_seconds() > TOGETHER:
            close()
        burst.append((question, at))
    close()
    return {question: seconds for question, seconds in found.items() if question not in unknown}
