"""Gaps as an author writes them into a text, and as they are kept. Pure.

Written: ``in [[2014|two thousand and fourteen]]`` is typed, with every wording that is accepted;
``by [[=MAT|PIC|CNA]]`` is chosen from a list, the right one behind ``=``. ``#`` begins feedback on a gap or on one of
the choices: ``[[=MAT|PIC#That comes first.]]``. A number and a colon keep a gap's name when its place changes:
``[[2: 2014]]``.

Kept: the text with ``[[1]]``, ``[[2]]``; a part for each gap (``"1"``: one accepted wording on each line) and each
choice (``"2.a"``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..base import InvalidQuestion, Words

WRITTEN = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
NAMED = re.compile(r"\s*(\d{1,3}):\s(.*)", re.DOTALL)
KEPT = re.compile(r"\[\[(\d{1,3})\]\]")
LETTERS = "abcdefghijklmnopqrstuvwxyz"

Gap = Mapping[str, Any]


def taken_apart(text: str) -> tuple[str, list[dict[str, Any]], dict[str, dict[str, str]]]:
    """Return the text as kept, the gaps of the body and the parts. Raises ``InvalidQuestion``."""
    named = {match[1] for one in WRITTEN.findall(text) if (match := NAMED.fullmatch(one))}
    free = (str(number) for number in range(1, 1000) if str(number) not in named)
    gaps: dict[str, dict[str, Any]] = {}
    parts: dict[str, dict[str, str]] = {}

    def keep(match: re.Match[str]) -> str:
        name = NAMED.fullmatch(match[1])
        id, content = (name[1], name[2]) if name else (next(free), match[1])
        if id in gaps:
            raise InvalidQuestion(_("Two gaps have the number %(number)s.") % {"number": id})
        gaps[id], own = _gap(id, content)
        parts.update(own)
        return f"[[{id}]]"

    kept = WRITTEN.sub(keep, text)
    return kept, [gaps[id] for id in sorted(gaps, key=int)], parts


def _gap(id: str, content: str) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    options = [tuple(piece.strip() for piece in option.partition("#")[::2]) for option in content.split("|")]
    right = [n for n, (text, _feedback) in enumerate(options) if text.startswith("=")]
    if not right:
        feedback = next((feedback for _text, feedback in options if feedback), "")
        return {"id": id}, {id: {"text": "\n".join(text for text, _feedback in options if text), "feedback": feedback}}
    if len(right) > 1 or len(options) > len(LETTERS):
        raise InvalidQuestion(_("Mark one choice of gap %(number)s as right, with = in front.") % {"number": id})
    ids = LETTERS[: len(options)]
    parts = {
        f"{id}.{letter}": {"text": text.removeprefix("=").strip(), "feedback": feedback}
        for letter, (text, feedback) in zip(ids, options, strict=True)
    }
    return {"id": id, "choices": list(ids), "right": ids[right[0]]}, parts


def put_together(text: str, gaps: Sequence[Gap], words: Words) -> str:
    """Return a kept text as its author writes it, with the number of each gap."""
    by_id = {gap["id"]: gap for gap in gaps}

    def write(match: re.Match[str]) -> str:
        gap = by_id.get(match[1])
        if gap is None:
            return match[0]
        if "choices" not in gap:
            note = words.part(gap["id"], "feedback")
            return f"[[{gap['id']}: {'|'.join(words.lines(gap['id']))}{f'#{note}' if note else ''}]]"
        options = []
        for choice in gap["choices"]:
            note = words.part(f"{gap['id']}.{choice}", "feedback")
            sign = "=" if choice == gap["right"] else ""
            text = words.part(f"{gap['id']}.{choice}")
            options.append(f"{sign}{text}#{note}" if note else f"{sign}{text}")
        return f"[[{gap['id']}: {'|'.join(options)}]]"

    return KEPT.sub(write, text)


def pieces(html: str) -> list[tuple[str, str]]:
    """Return a kept text as ``(html, id of the gap behind it)``; a gap within a tag is none. The last has no gap."""
    found, start = [], 0
    for match in re.finditer(r"<[^>]*>|\[\[(\d{1,3})\]\]", html):
        if match[1]:
            found.append((html[start : match.start()], match[1]))
            start = match.end()
    return [*found, (html[start:], "")]
