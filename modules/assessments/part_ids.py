"""Which id a part keeps when its author writes the list anew. Pure.

Answers, translations and regrading know a part by its id, so that an id must never come to mean something else.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def kept_ids(texts: Sequence[str], before: Mapping[str, str], fresh: Iterator[str]) -> list[str]:
    """Return an id for each text; ``before`` holds the texts of a moment ago by id, in their order.

    A text that stays keeps its id wherever it stands. If one text alone is new and one alone is gone, it was reworded
    and keeps the id. Any other text gets a ``fresh`` one, so that its translations are asked for again.
    """
    free = dict(before)
    ids: list[str | None] = []
    for text in texts:
        id = next((id for id, held in free.items() if held == text), None)
        ids.append(id)
        if id is not None:
            del free[id]
    if len(free) == 1 == ids.count(None):
        ids[ids.index(None)] = free.popitem()[0]
    return [next(fresh) if id is None else id for id in ids]


def letters(taken: Container[str] = ()) -> Iterator[str]:
    """Yield a to z, aa, ab and so on, without those that are ``taken``."""
    names: Iterable[str] = chain(LETTERS, (first + second for first in LETTERS for second in LETTERS))
    return (name for name in names if name not in taken)


def numbers(prefix: str = "", taken: Container[str] = ()) -> Iterator[str]:
    """Yield 1, 2 and so on behind a prefix, without those that are ``taken``."""
    return (name for number in range(1, 1000) if (name := f"{prefix}{number}") not in taken)
