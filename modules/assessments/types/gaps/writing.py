"""Gaps as an author writes them into a text, and as they are kept. Pure.

Written: ``in [[2014|two thousand and fourteen]]`` is typed, with every wording that is accepted;
``by [[=MAT|PIC|CNA]]`` is chosen from a list, the right one behind ``=``. ``#`` begins feedback on a gap or on one of
the choices: ``[[=MAT|PIC#That comes first.]]``. A number and a colon keep a gap's name when its place changes:
``[[2: 2014]]``. A backslash takes its meaning from what follows: ``[[C\\#|A\\|B]]``, ``[[\\=x]]``; ``[\\[`` is no gap.

Kept: the text with ``[[1]]``, ``[[2]]``; a part for each gap (``"1"``: one accepted wording on each line) and each
choice (``"2.a"``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ...part_ids import kept_ids, letters, numbers
from ..base import InvalidQuestion, Words

WRITTEN = re.compile(r"\[\[((?:\\.|[^\\])*?)\]\]", re.DOTALL)
NAMED = re.compile(r"\s*(\d{1,3}):\s(.*)", re.DOTALL)
KEPT = re.compile(r"\[\[(\d{1,3})\]\]")
TOKEN = re.compile(r"\\.|.", re.DOTALL)
ESCAPED = re.compile(r"\\([\\|#=\]])")
MEANT = re.compile(r"^=|[|#\]]|\\(?=[\\|#=\]]|\Z)")
"""What needs a backslash to be taken as it stands: a first ``=``, and a backslash that would do something."""
MOST = 26

Gap = Mapping[str, Any]


@dataclass(frozen=True)
class Before:
    """What a question held before it is written anew: its ``gaps``, its ``words`` in this language, and the ids of all
    parts that it ever had. ``is_translation``: the gaps are given, only their words are written.
    """

    gaps: Sequence[Gap] = ()
    words: Words = field(default_factory=lambda: Words(""))
    known: Collection[str] = ()
    is_translation: bool = False

    def _ids(self) -> Iterator[str]:
        yield from self.known
        yield from (gap["id"] for gap in self.gaps)

    def numbers(self, named: Container[str]) -> Iterator[str]:
        """Numbers for gaps that have none; in a translation they are counted, else none comes back."""
        taken = () if self.is_translation else {str(id).partition(".")[0] for id in self._ids()}
        return (id for id in numbers(taken=taken) if id not in named)

    def choices(self, gap: str, texts: Sequence[str]) -> list[str]:
        """The ids of a gap's choices, as they are written."""
        held: list[str] = next((list(each.get("choices", ())) for each in self.gaps if each["id"] == gap), [])
        if self.is_translation and len(held) == len(texts):
            return held
        taken = {str(id).partition(".")[2] for id in self._ids() if str(id).startswith(f"{gap}.")}
        return kept_ids(texts, {id: self.words.part(f"{gap}.{id}") for id in held}, letters({*taken, *held}))


def taken_apart(text: str, before: Before | None = None) -> tuple[str, list[dict[str, Any]], dict[str, dict[str, str]]]:
    """Return the text as kept, the gaps of the body and the parts. Raises ``InvalidQuestion``.

    A gap keeps its number, a choice its id (``kept_ids``): answers and translations hold these.
    """
    before = before or Before()
    named = {match[1] for one in WRITTEN.findall(text) if (match := NAMED.fullmatch(one))}
    free = before.numbers(named)
    gaps: dict[str, dict[str, Any]] = {}
    parts: dict[str, dict[str, str]] = {}

    def keep(match: re.Match[str]) -> str:
        name = NAMED.fullmatch(match[1])
        id, content = (name[1], name[2]) if name else (next(free), match[1])
        if id in gaps:
            raise InvalidQuestion(_("Two gaps have the number %(number)s.") % {"number": id})
        gaps[id], own = _gap(id, content, before)
        parts.update(own)
        return f"[[{id}]]"

    kept = WRITTEN.sub(keep, text)
    kept = re.sub(r"\[\\(\\*)(?=\[)", r"[\1", kept)  # brackets that are no gap
    return kept, [gaps[id] for id in sorted(gaps, key=int)], parts


def _gap(id: str, content: str, before: Before) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    options = [_parted(option, "#", once=True) for option in _parted(content, "|")]
    right = [n for n, option in enumerate(options) if option[0].startswith("=")]
    said = [
        {"text": _plain(text.removeprefix("=") if right else text), "feedback": _plain("".join(note))}
        for text, *note in options
    ]
    if not right:
        feedback = next((each["feedback"] for each in said if each["feedback"]), "")
        return {"id": id}, {
            id: {"text": "\n".join(each["text"] for each in said if each["text"]), "feedback": feedback}
        }
    if len(right) > 1 or len(options) > MOST:
        raise InvalidQuestion(_("Mark one choice of gap %(number)s as right, with = in front.") % {"number": id})
    ids = before.choices(id, [each["text"] for each in said])
    parts = {f"{id}.{choice}": each for choice, each in zip(ids, said, strict=True)}
    return {"id": id, "choices": ids, "right": ids[right[0]]}, parts


def _parted(text: str, sign: str, *, once: bool = False) -> list[str]:
    """Text parted at a sign that has no backslash before it: everywhere, or ``once``."""
    found = [""]
    for token in TOKEN.findall(text):
        if token == sign and not (once and len(found) > 1):
            found.append("")
        else:
            found[-1] += token
    return [piece.strip() for piece in found]


def _plain(text: str) -> str:
    return ESCAPED.sub(r"\1", text.strip()).strip()


def put_together(text: str, gaps: Sequence[Gap], words: Words) -> str:
    """Return a kept text as its author writes it, with the number of each gap."""
    by_id = {gap["id"]: gap for gap in gaps}

    def write(match: re.Match[str]) -> str:
        gap = by_id.get(match[1] or "")
        if gap is None:
            return f"[\\{match[0][1:]}"
        if "choices" not in gap:
            lines = [_written(line) for line in words.lines(gap["id"])]
            return f"[[{gap['id']}: {'|'.join(lines)}{_note(words, gap['id'])}]]"
        options = []
        for choice in gap["choices"]:
            id = f"{gap['id']}.{choice}"
            sign = "=" if choice == gap["right"] else ""
            options.append(f"{sign}{_written(words.part(id))}{_note(words, id)}")
        return f"[[{gap['id']}: {'|'.join(options)}]]"

    return re.sub(rf"{KEPT.pattern}|\[\\*(?=\[)", write, text)


def _note(words: Words, id: str) -> str:
    note = words.part(id, "feedback")
    return f"#{_written(note)}" if note else ""


def _written(text: str) -> str:
    return MEANT.sub(lambda sign: f"\\{sign[0]}", text)


def pieces(html: str) -> list[tuple[str, str]]:
    """Return a kept text as ``(html, id of the gap behind it)``; a gap within a tag is none. The last has no gap."""
    found, start = [], 0
    for match in re.finditer(r"<[^>]*>|\[\[(\d{1,3})\]\]", html):
        if match[1]:
            found.append((html[start : match.start()], match[1]))
            start = match.end()
    return [*found, (html[start:], "")]
