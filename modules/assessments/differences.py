"""What changed between two versions of a question. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .types.base import Content

STEP = " › "


@dataclass(frozen=True)
class Difference:
    """One thing that changed: where (``language`` is empty for what belongs to all), and how it read."""

    where: str
    language: str
    before: str
    after: str


def differences(before: Content, after: Content) -> list[Difference]:
    """Return what differs, first what belongs to all languages, then language by language.

    A thing that is new has nothing ``before``, one that is gone nothing ``after``.
    """
    one, other = _flat(before), _flat(after)
    where = list(dict.fromkeys([*one, *other]))
    return [
        Difference(place, language, one.get((language, place), ""), other.get((language, place), ""))
        for language, place in sorted(where, key=lambda key: key[0])
        if one.get((language, place)) != other.get((language, place))
    ]


def _flat(content: Content) -> dict[tuple[str, str], str]:
    found = {("", place): value for place, value in _leaves(content.body, ())}
    for language, words in content.words.items():
        whole = {"text": words.text, "feedback": words.feedback, **words.parts}
        found |= {(language, place): value for place, value in _leaves(whole, ()) if value}
    return found


def _leaves(value: Any, path: tuple[str, ...]) -> list[tuple[str, str]]:
    """Every single value of a JSON tree with the way to it; rows that have an id are named by it."""
    if isinstance(value, Mapping):
        return [leaf for name, below in value.items() if name != "id" for leaf in _leaves(below, (*path, str(name)))]
    if isinstance(value, list) and all(isinstance(row, Mapping) and "id" in row for row in value):
        return [leaf for row in value for leaf in _leaves(row, (*path, str(row["id"])))]
    if isinstance(value, list):
        return [(STEP.join(path), ", ".join(map(str, value)))]
    shown = ("✓" if value else "–") if isinstance(value, bool) else "" if value is None else str(value)
    return [(STEP.join(path), shown)]
