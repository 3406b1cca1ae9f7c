"""Which ids the parts of a question keep when it comes in again from a file. Pure.

Files of other systems have no ids of ours, so that a reader names parts by their place. But answers, translations,
statistics and regrading know a part by its id: where the file has another order, the text tells which part is which.

* A text that is here already keeps its id, wherever it stands.
* In the question's own language one text alone that is new, where one alone is gone, was reworded. Any others get fresh
  ids, unless the file is ours and none of its parts moved: then the ids in it hold.
* Words in a further language say the same parts: what their text does not tell, their place does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import count
from typing import Any

from ..part_ids import kept_ids, letters
from .draft import Draft
from .identity import plain

LISTS = ("choices", "items", "targets", "answers", "units", "gaps")
"""The lists of a body that hold parts: objects with an ``id``, or ids alone."""
Parts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Before:
    """What is here: the newest body, its words in the language of the file (if it has any), and every id ever used.

    ``is_own_language``: that of the file is the one in which the question was written first.
    """

    body: Mapping[str, Any]
    parts: Parts | None
    used: Set[str]
    is_own_language: bool = True


def ids_of(body: Mapping[str, Any]) -> set[str]:
    """Return the ids of all parts of a body."""
    return {_id(entry) for name in LISTS for entry in body.get(name, [])}


def keep_ids(draft: Draft, before: Before, *, is_ours: bool) -> None:
    """Give the parts of a draft, which is of the same type, the ids that they have here."""
    for name in LISTS:
        held, found = before.body.get(name, []), draft.body.get(name, [])
        if not held or not found:
            continue
        parts = None if before.parts is None else _labels(held, before.parts)
        own = _labels(found, draft.parts)
        if len(own) < len(found):
            continue  # two parts of one id: the check of the type says so
        names = _names(own, [_id(entry) for entry in held], parts, before, is_ours)
        if any(old != new for old, new in names.items()):
            _rename(draft, name, names)
    _keep_choices_of_gaps(draft, before, is_ours)


def _names(
    own: dict[str, str], places: list[str], held: dict[str, str] | None, before: Before, is_ours: bool
) -> dict[str, str]:
    """The new id of each part. ``own``: what the parts say by the ids of the file; ``places``: the ids here."""
    if held is not None and before.is_own_language:
        told = kept_ids(list(own.values()), held, _fresh(own, before.used))
        matched = [(old, new) for old, new in zip(own, told, strict=True) if held.get(new) == own[old]]
        if not (is_ours and len(own) == len(held) and all(old == new for old, new in matched)):
            return dict(zip(own, told, strict=True))
        return {id: id for id in own}
    known = held or {}
    free = {id: label for id, label in known.items() if label}
    names: dict[str, str] = {}
    for old, label in own.items():
        if (same := next((id for id, text in free.items() if text == label), None)) is not None:
            names[old] = same
            del free[same]
    rest = [id for id in places if id not in names.values()]
    fresh = _fresh(own, before.used)
    for place, old in enumerate(own):
        if old in names:
            continue
        wanted = old if is_ours else places[place] if place < len(places) else ""
        if wanted not in rest:
            wanted = rest[0] if rest and len(own) == len(places) else ""
        if wanted:
            rest.remove(wanted)
        names[old] = wanted or next(fresh)
    return {old: names[old] for old in own}


def _fresh(own: Mapping[str, str], used: Set[str]) -> Iterator[str]:
    """Ids that no part ever had, of the kind that the file's reader gives: a, b, or 1, 2, or u1, u2."""
    if found := re.fullmatch(r"(.*?)\d+", next(iter(own))):
        return (name for number in count(1) if (name := f"{found[1]}{number}") not in used)
    return letters(used)


def _id(entry: Any) -> str:
    return str(entry["id"] if isinstance(entry, Mapping) else entry)


def _labels(entries: list[Any], parts: Parts) -> dict[str, str]:
    """What tells each part from the others: its region, its number, or its words (of a gap: all that it offers)."""
    return {_id(entry): _label(entry, parts) for entry in entries}


def _label(entry: Any, parts: Parts) -> str:
    id = _id(entry)
    said: Any = parts.get(id, {}).get("text", "")
    if isinstance(entry, Mapping):
        if "coords" in entry:
            said = {"shape": entry.get("shape"), "coords": entry["coords"]}
        elif "value" in entry:
            said = {"value": entry["value"], "tolerance": entry.get("tolerance", "0")}
        elif "choices" in entry:
            said = sorted(parts.get(f"{id}.{choice}", {}).get("text", "") for choice in entry["choices"])
    return json.dumps(plain(said), ensure_ascii=False, default=str) if said else ""


def _rename(draft: Draft, name: str, names: Mapping[str, str]) -> None:
    """Give the parts of one list of the body other ids, wherever they are named."""

    def new(id: Any) -> str:
        return names.get(str(id), str(id))

    draft.body[name] = [
        {**entry, "id": new(entry["id"])} if isinstance(entry, Mapping) else new(entry) for entry in draft.body[name]
    ]
    if name == "targets":
        draft.body["items"] = [{**item, "target": new(item["target"])} for item in draft.body["items"]]
    if name == "gaps":
        _rename_words(draft, lambda key: ".".join([new(key.split(".")[0]), *key.split(".")[1:]]), new)
    else:
        _rename_words(draft, new)


def _rename_words(draft: Draft, key: Callable[[str], str], gap: Callable[[str], str] | None = None) -> None:
    """Give the words of parts other ids, in every language; with ``gap`` also where the text names a gap."""

    def text(html: str) -> str:
        return re.sub(r"\[\[([^\[\]]+)\]\]", lambda found: f"[[{gap(found[1]) if gap else found[1]}]]", html)

    draft.parts = {key(id): part for id, part in draft.parts.items()}
    draft.text = text(draft.text)
    for words in draft.translations.values():
        words["parts"] = {key(id): part for id, part in words["parts"].items()}
        words["text"] = text(words["text"])


def _keep_choices_of_gaps(draft: Draft, before: Before, is_ours: bool) -> None:
    """The choices of a gap have ids within it, ``a`` of gap 1 is the part ``1.a``."""
    held = {gap["id"]: gap for gap in before.body.get("gaps", [])}
    for place, gap in enumerate(draft.body.get("gaps", [])):
        id, here = gap["id"], held.get(gap["id"], {})
        if "choices" not in gap or "choices" not in here:
            continue

        def labels(choices: list[str], parts: Parts, id: str = id) -> dict[str, str]:
            return {choice: _label(f"{id}.{choice}", parts) for choice in choices}

        own = labels(gap["choices"], draft.parts)
        known = None if before.parts is None else labels(here["choices"], before.parts)
        used = Before(here, before.parts, {*here["choices"]}, before.is_own_language)
        names = _names(own, here["choices"], known, used, is_ours)
        draft.body["gaps"][place] = {**gap, "choices": list(names.values()), "right": names[gap["right"]]}
        whole = {f"{id}.{old}": f"{id}.{new}" for old, new in names.items()}
        _rename_words(draft, lambda key, whole=whole: whole.get(key, key))  # type: ignore[misc]
