"""One person's standing as a page tells it: groups with their words, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .completion import Group, Outcome
from .services.standing import Completion, Explained
from .words import group_words


@dataclass
class Block:
    """A run of requirements, or a group with blocks of its own."""

    requirements: list[Explained] = field(default_factory=list)
    heading: str = ""
    met: bool = False
    blocks: list[Block] = field(default_factory=list)


def blocks_of(completion: Completion) -> list[Block]:
    """Return what completion asks as blocks, in the rule's order."""
    root = completion.group
    blocks = _blocks(completion, root)
    if root.mode == "all":
        return blocks
    return [Block(heading=group_words(root.mode, root.needed), met=root.met, blocks=blocks)]


def _blocks(completion: Completion, group: Group) -> list[Block]:
    blocks: list[Block] = []
    for part in group.parts:
        if isinstance(part, Group):
            inner = Block(heading=group_words(part.mode, part.needed), met=part.met, blocks=_blocks(completion, part))
            blocks.append(inner)
        else:
            if not blocks or blocks[-1].heading:
                blocks.append(Block())
            blocks[-1].requirements.append(completion.standings.explained(part))
    return blocks


def next_step(completion: Completion) -> Explained | None:
    """Return the first open requirement that still counts and that one can go to; of several ways the furthest gone.

    A requirement of a group that is met already is not asked for any more.
    """
    if completion.complete:
        return None
    steps = [completion.standings.explained(outcome) for outcome in _still_asked(completion.group)]
    return next((step for step in steps if step.url), steps[0] if steps else None)


def _still_asked(group: Group) -> Iterator[Outcome]:
    if group.met:
        return
    parts: list[Any] = [part for part in group.parts if not part.met]
    if group.mode in ("any", "n_of"):
        parts.sort(key=lambda part: -part.share)
    for part in parts:
        if isinstance(part, Group):
            yield from _still_asked(part)
        else:
            yield part
