"""By which key a question of a file is known, so that bringing the file again finds it. Pure.

* An id that begins with ``key:`` is one that we wrote: the key of the question. With an id of another system the key
  travels beside it.
* Any other id, else the name, is taken together with the category; what is left of it readable begins the key, a
  hash of both ends it. The second question of the same name in the same category is its second.
* Without id and name, the content itself is the identity: changed, it is another question.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from fractions import Fraction
from typing import Any

from django.utils.text import slugify

from .draft import Draft

OURS = re.compile(r"key:([-a-zA-Z0-9_]{1,80})")


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

    def key(self, draft: Draft) -> str:
        """Return the key of the next question."""
        beside = draft.extra.pop("key", "")
        if (found := OURS.fullmatch(f"key:{beside}" if beside else draft.idnumber)) and not self.seen[found[1]]:
            self.seen[found[1]] += 1
            return found[1]
        name = draft.idnumber or draft.name
        path = [self.category, *draft.category]
        identity: list[object] = [bool(draft.idnumber), name, path] if name else [_content(draft), path]
        digest = hashlib.sha256(json.dumps(identity, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        self.seen[digest] += 1
        if (time := self.seen[digest]) > 1:
            digest = hashlib.sha256(f"{digest} {time}".encode()).hexdigest()
        readable = slugify(name)[:60].strip("-_")
        return f"{readable}-{digest[:12]}" if readable else f"question-{digest[:16]}"


def _content(draft: Draft) -> list[object]:
    return [draft.type, draft.text, draft.body, draft.parts]


def same(one: Any, other: Any) -> bool:
    """Whether two bodies (or words of parts) say the same: nothing is left out or empty, 0.5 is 1/2."""
    return plain(one) == plain(other)


def plain(value: Any) -> Any:
    """Return a value as it is compared: without what is empty, numbers exact, lines without space around."""
    if isinstance(value, dict):
        return {name: kept for name, inner in value.items() if (kept := plain(inner)) not in ("", False, None, {})}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        try:
            return Fraction(value.strip())
        except (ValueError, ZeroDivisionError):
            return "\n".join(line.strip() for line in value.strip().splitlines())
    return value
