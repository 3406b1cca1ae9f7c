"""By which key a question of a file is known, so that bringing the file again finds it. Pure.

* An id that begins with ``key:`` is one that we wrote: the key of the question. With an id of another system the key
  travels beside it.
* Any other id, else the name, is taken together with the category; what is left of it readable begins the key, a
  hash of both ends it. The second question of the same id in the same category is its second.
* A name is no proof: every bank has its “Q1”. Questions of one name in one category share a *series* of keys, and which
  of them comes in again is told by what it says: ``exchange.likeness``.
* Without id and name, the content itself is the identity: changed, it is another question.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.text import slugify

from .draft import Draft

OURS = re.compile(r"key:([-a-zA-Z0-9_]{1,80})")
NUMBERS = {"value", "tolerance", "weight", "factor", "coords"}
"""The settings of a body that are numbers, written as text: ``"0.50"`` is ``"1/2"``."""


@dataclass(frozen=True)
class Series:
    """The keys of the questions that are called the same: the first, the second, and so on."""

    digest: str
    readable: str

    def key(self, time: int) -> str:
        """Return the key of the first, second, ... question."""
        digest = self.digest if time == 1 else hashlib.sha256(f"{self.digest} {time}".encode()).hexdigest()
        return f"{self.readable}-{digest[:12]}" if self.readable else f"question-{digest[:16]}"


def idnumber_of(key: str) -> str:
    """Return the id that a question has in the files that we write."""
    return f"key:{key}"


def is_ours(draft: Draft) -> bool:
    """Whether we wrote the question into the file: ask before its key is taken."""
    return "key" in draft.extra or OURS.fullmatch(draft.idnumber) is not None


def foreign_id(draft: Draft) -> str:
    """Return the id that another system gave a question; none if we wrote it."""
    return "" if OURS.fullmatch(draft.idnumber) else draft.idnumber


class Keys:
    """Gives keys to the questions of one file, in their order. ``category`` is the one they are brought into."""

    def __init__(self, category: str = "") -> None:
        self.category = category
        self.seen: Counter[str] = Counter()

    def key(self, draft: Draft) -> str | Series:
        """Return the key of the next question; if it is known by its name alone, the keys that it may have."""
        beside = draft.extra.pop("key", "")
        if (found := OURS.fullmatch(f"key:{beside}" if beside else draft.idnumber)) and not self.seen[found[1]]:
            self.seen[found[1]] += 1
            return found[1]
        name = draft.idnumber or draft.name
        path = [self.category, *draft.category]
        identity: list[object] = [bool(draft.idnumber), name, path] if name else [_content(draft), path]
        digest = hashlib.sha256(json.dumps(identity, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        series = Series(digest, slugify(name)[:60].strip("-_"))
        if name and not draft.idnumber:
            return series
        self.seen[digest] += 1
        return series.key(self.seen[digest])


def _content(draft: Draft) -> list[object]:
    return [draft.type, draft.text, draft.body, draft.parts]


def same(one: Any, other: Any) -> bool:
    """Whether two bodies (or words of parts) say the same: nothing is left out or empty; of a setting that is a number
    0.5 is 1/2. Words are words: who writes 1.5 instead of 1.50 has corrected something.
    """
    return plain(one) == plain(other)


def plain(value: Any, *, is_number: bool = False) -> Any:
    """Return a value as it is compared: without what is empty, numbers exact, lines without space around."""
    if isinstance(value, dict):
        kept = {name: plain(inner, is_number=name in NUMBERS) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in ("", False, None, {})}
    if isinstance(value, list | tuple):
        return [plain(inner, is_number=is_number) for inner in value]
    if isinstance(value, str):
        if is_number:
            try:
                return Fraction(value.strip())
            except (ValueError, ZeroDivisionError):
                pass
        return "\n".join(line.strip() for line in value.strip().splitlines())
    return value
