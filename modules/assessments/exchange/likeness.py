"""Which questions of one name are the same question. Pure.

Every bank has its “Q1”, and one file may call many questions the same. Within one name and category a question of a
file is the one here that says exactly the same; else the one with the same text; else the one with the same answers,
three or more of them; else one whose text was corrected: nearly all of it is still there, or most of it and the answers
are the same. In a further language it is the next one that has no words in it and is built the same. Whatever is like
none of these is another question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from .identity import plain
from .keeping import LISTS
from .markup import words

TELLING = 3
"""So many answers that are the same say that it is the same question; every bank has its “Yes” and “No”."""
NEARLY, MOSTLY = 0.8, 0.6
LONGEST = 2000


@dataclass
class Said:
    """What a question says in the language of the file. ``html`` is ``None`` where it has no words in it."""

    html: str | None
    type: str
    body: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, str]]

    def __post_init__(self) -> None:
        self.text = " ".join(words(self.html or "").casefold().split())
        texts = [" ".join(part.get("text", "").casefold().split()) for part in self.parts.values()]
        values = [str(plain(entry["value"], is_number=True)) for entry in self._entries() if "value" in entry]
        self.answers = [] if self.type == "truefalse" else sorted([text for text in texts if text] + values)
        self.shape = [self.type, *(len(self.body.get(name, [])) for name in LISTS)]

    def _entries(self) -> list[Mapping[str, Any]]:
        return [entry for name in LISTS for entry in self.body.get(name, []) if isinstance(entry, Mapping)]


def _exactly(one: Said, other: Said) -> bool:
    return one.html == other.html and one.answers == other.answers and one.type == other.type


def _by_text(one: Said, other: Said) -> bool:
    return one.text == other.text if one.text else one.html == other.html


def _by_answers(one: Said, other: Said) -> bool:
    return len(one.answers) >= TELLING and one.answers == other.answers


def _corrected(one: Said, other: Said) -> bool:
    least = MOSTLY if one.answers and one.answers == other.answers else NEARLY
    match = SequenceMatcher(None, one.text[:LONGEST], other.text[:LONGEST], autojunk=False)
    return match.real_quick_ratio() >= least and match.quick_ratio() >= least and match.ratio() >= least


def _in_further_language(one: Said, other: Said) -> bool:
    return one.shape == other.shape


def pair(coming: Sequence[Said], here: Sequence[Said]) -> dict[int, int]:
    """Return which of the questions that come is which of those here, both by their places in order."""
    pairs: dict[int, int] = {}
    free = dict(enumerate(here))
    for alike in (_exactly, _by_text, _by_answers, _corrected, _in_further_language):
        for place, question in enumerate(coming):
            if place in pairs:
                continue
            for other, held in free.items():
                if (held.html is None) == (alike is _in_further_language) and alike(question, held):
                    pairs[place] = other
                    del free[other]
                    break
    return pairs
