"""A question on its way in or out: what every type and every format have in common. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Picture:
    """A picture that comes with a question, unchecked when it comes in."""

    name: str
    content: bytes

    @property
    def mark(self) -> str:
        """What stands for it in text and body until it is stored: the hash of its content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Draft:
    """A question in one language: ``type``, ``body`` and ``parts`` as its type keeps them, ``text`` and ``feedback``
    as HTML. ``name``, ``idnumber``, ``category`` and ``tags`` are what other systems know it by.

    ``lost`` names what the format or the platform cannot carry, in words for people.
    """

    type: str
    text: str
    body: dict[str, Any]
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    feedback: str = ""
    name: str = ""
    idnumber: str = ""
    category: tuple[str, ...] = ()
    tags: list[str] = field(default_factory=list)
    line: int = 0
    pictures: dict[str, Picture] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def lose(self, what: str) -> None:
        """Note something that is not carried, once."""
        if what not in self.lost:
            self.lost.append(what)

    def part(self, id: str, name: str = "text") -> str:
        """The text (or another field) of a part."""
        return self.parts.get(id, {}).get(name, "")


def ids() -> Iterator[str]:
    """Yield ids for parts: a to z, then aa, ab and so on."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield from letters
    for first in letters:
        yield from (first + second for second in letters)
