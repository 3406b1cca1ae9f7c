"""The tree of the question bank's categories. Pure: no database, no clock.

A tree is ``{id: id of the parent, or None}``. A broken one (a circle, a parent that is missing) ends no program.
"""

from __future__ import annotations

from collections.abc import Mapping


def within(tree: Mapping[int, int | None], root: int) -> set[int]:
    """Return ``root`` and everything below it."""
    children: dict[int | None, list[int]] = {}
    for child, parent in tree.items():
        children.setdefault(parent, []).append(child)
    found: set[int] = set()
    todo = [root]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += children.get(one, [])
    return found


def path_of(tree: Mapping[int, int | None], category: int) -> list[int]:
    """Return the way from the top down to ``category``, itself included."""
    way: list[int] = []
    here: int | None = category
    while here is not None and here in tree and here not in way:
        way.append(here)
        here = tree[here]
    return way[::-1]
