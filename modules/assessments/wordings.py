"""Wordings that are accepted, from one version of a question to the next. Pure: no database, no clock.

A typed answer is right if it is accepted in any language. So whoever takes a wording out of the original would take
out nothing while a translation still holds the same: translations follow. A wording that a translator takes out
changes no other language, for the original says what is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .types.base import Body, Content, QuestionType, Words

Parts = Mapping[str, Mapping[str, str]]


def followed(kind: QuestionType, body: Body, before: Parts, after: Parts, translation: Parts) -> dict[str, Any]:
    """Return the parts of a translation without the wordings that the original held ``before`` and not ``after``.

    Only those that are the same, as the type compares them, are taken out. Where none is left, those of the original
    stand in, which are accepted in any case: the translation stays whole.
    """
    old, new, own = (Words("", parts=parts) for parts in (before, after, translation))
    found: dict[str, Any] = dict(translation)
    for id in kind.wordings(body):
        gone = {kind.compared(body, line) for line in old.lines(id)}
        gone -= {kind.compared(body, line) for line in new.lines(id)}
        kept = [line for line in own.lines(id) if kind.compared(body, line) not in gone]
        if len(kept) < len(own.lines(id)):
            found[id] = {**translation[id], "text": "\n".join(kept or new.lines(id))}
    return found


def taken_out(kind: QuestionType, before: Content, after: Content, language: str) -> dict[str, list[str]]:
    """Return the wordings that languages other than the one written held ``before`` and not ``after``, by language."""
    found = {}
    for code, words in after.words.items():
        own = before.words.get(code, words)
        lost = [line for id in kind.wordings(after.body) for line in own.lines(id) if line not in words.lines(id)]
        if lost and code != language:
            found[code] = lost
    return found
