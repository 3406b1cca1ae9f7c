"""A question on its way in or out: what every type and every format have in common. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from ..part_ids import letters

PART = re.compile(r"[A-Za-z0-9_.-]{1,40}")
"""What the id of a part looks like."""


@dataclass(frozen=True)
class Picture:
    """A picture that comes with a question, unchecked when it comes in."""

    name: str
    content: bytes

    @cached_property
    def mark(self) -> str:
        """What stands for it in text and body until it is stored: the hash of its content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass
class Draft:
    """A question in one language: ``type``, ``body`` and ``parts`` as its type keeps them, ``text`` and ``feedback``
    as HTML. ``name``, ``idnumber``, ``category`` and ``tags`` are what other systems know it by.

    ``lost`` names what the format or the platform cannot carry, in words for people. ``extra`` are settings that
    only this platform has: they travel where other systems do not look. ``is_retired``: it is kept, but asked no more.
    ``translations`` are ``text``, ``feedback`` and ``parts`` in further languages.
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
    language: str = "en"
    pictures: dict[str, Picture] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    is_retired: bool = False
    translations: dict[str, dict[str, Any]] = field(default_factory=dict)

    def lose(self, what: str) -> None:
        """Note something that is not carried, once."""
        if what not in self.lost:
            self.lost.append(what)

    def part(self, id: str, name: str = "text") -> str:
        """The text (or another field) of a part."""
        return self.parts.get(id, {}).get(name, "")

    def keep(self, name: str, value: Any) -> None:
        """Let a setting travel along as JSON; none, if there is nothing to keep."""
        if value:
            self.extra[name] = json.dumps(value, ensure_ascii=False, sort_keys=True)

    def kept(self, name: str, default: Any) -> Any:
        """Return a setting that travelled along and forget it; ``default`` when it did not, or is of another kind."""
        try:
            value = json.loads(self.extra.pop(name, ""))
        except ValueError:
            return default
        return value if isinstance(value, type(default)) else default

    def keep_feedback(self, used: Iterable[str]) -> None:
        """Let feedback travel along that the format has no place for, and say that only we read it."""
        notes = [self.part(id, "feedback") for id in used]
        if any(notes):
            self.lose(_("the feedback to each item"))
            self.keep("feedback", notes)

    def take_feedback(self, used: Iterable[str]) -> None:
        """Give the parts the feedback that travelled along."""
        for id, note in zip(used, self.kept("feedback", []), strict=False):
            self.parts[id]["feedback"] = str(note)

    def ids(self) -> Iterator[str]:
        """Yield ids for parts: those that came with the question, then a to z, aa, ab and so on."""
        held = [id for id in self.extra.pop("ids", "").split() if PART.fullmatch(id)]
        yield from held
        yield from letters(held)

    def keep_ids(self, used: Iterable[str]) -> None:
        """Let the ids of parts travel along where they are not those that they would get."""
        held = list(used)
        if held != list(islice(Draft("", "", {}).ids(), len(held))):
            self.extra["ids"] = " ".join(held)
