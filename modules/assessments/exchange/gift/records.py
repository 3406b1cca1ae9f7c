"""What GIFT tells of a question, in values that reading and writing share. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ..draft import Draft
from ..markup import to_html, unsaid, words
from ..pictures import taken_in

FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
WEIGHT = re.compile(r"\s*%(-?\d+(?:[.,]\d+)?)%")
COMMAND = r"(?:e|eq|u|abla|otin|mid|exists)\b"
"""What follows ``\\n`` in commands of TeX."""
WHOLE = Decimal(100)
GAP = "_____"


@dataclass(frozen=True)
class Text:
    """Text in one of Moodle's formats."""

    raw: str = ""
    format: str = "moodle"

    @property
    def html(self) -> str:
        return to_html(self.raw, self.format)


@dataclass(frozen=True)
class Answer:
    """One answer: ``weight`` is its share in per cent. ``pair`` is what a part of a matching question goes with.

    Numbers: ``number`` and ``tolerance``; both ``None`` for whatever else is typed (``*``).
    """

    text: Text
    weight: Decimal
    feedback: Text = Text()
    pair: str = ""
    number: Decimal | None = None
    tolerance: Decimal | None = None
    line: int = 0


@dataclass
class Record:
    """One question as GIFT tells it. ``single``: one answer of a multiple-choice question may be chosen."""

    kind: str
    text: Text
    answers: list[Answer] = field(default_factory=list)
    name: str = ""
    after: str = ""
    single: bool = False
    feedback: Text = Text()
    category: tuple[str, ...] = ()
    idnumber: str = ""
    tags: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    line: int = 0
    language: str = "en"
    lost: list[str] = field(default_factory=list)

    def words(self, text: Text) -> str:
        """Return the text of an answer or its feedback as plain words; what they cannot carry is noted as lost."""
        html = text.html
        if (what := unsaid(html)) and what not in self.lost:
            self.lost.append(what)
        return words(html)

    def draft(self, type: str, body: dict[str, Any] | None = None) -> Draft:
        """Return what the record says of every question, with a type and its body."""
        draft = Draft(type, "", body or {}, name=self.name, idnumber=self.idnumber, category=self.category)
        draft.tags, draft.extra, draft.line = list(self.tags), dict(self.extra), self.line
        draft.language, draft.lost = self.language, self.lost
        draft.text = taken_in(self.html, {}, draft)
        draft.feedback = taken_in(self.feedback.html, {}, draft)
        return draft

    @property
    def html(self) -> str:
        """The question; a missing word is a line between the words before and after it."""
        if not self.after:
            return self.text.html
        return to_html(f"{self.text.raw} {GAP} {self.after}", self.text.format)


def category_path(path: str) -> tuple[str, ...]:
    """Return the names of a category and those above it: ``$course$/top/Laws/A//B`` is ``("Laws", "A/B")``."""
    parts = [part.replace("\0", "/").strip() for part in path.strip().replace("//", "\0").split("/")]
    if parts and re.fullmatch(r"\$[a-z0-9]+\$", parts[0]):
        parts.pop(0)
    if parts and parts[0] == "top":
        parts.pop(0)
    return tuple(part for part in parts if part)


def written_path(category: Iterable[str]) -> str:
    """Return a category's path as Moodle writes it."""
    return f"$course$/top/{written_names(category)}".rstrip("/")


def written_names(names: Iterable[str]) -> str:
    """Return a path of categories as people write it: ``Laws/Access``; a slash within a name is doubled."""
    return "/".join(name.strip("/ ").replace("/", "//") or "-" for name in names)


def decimal_of(text: str) -> Decimal:
    """Return a number as people write it, with a point or one comma. Raises ``ValueError``."""
    text = text.strip().replace("\u2212", "-").replace("\u00a0", "")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite() or abs(number.adjusted()) > 40:
        raise ValueError(text)
    return number
