"""Text that Moodle's multilang filters show in the reader's language, as words of each language. Pure.

Two ways of writing it: ``<span lang="fr" class="multilang">Oui</span>``, which ``markup.clean`` turns into the other
one, and ``{mlang fr}Oui{mlang}``, where one block may name several languages (``{mlang en,es}``) or ``other``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core.languages import native_name

from . import markup
from .draft import Draft

BLOCK = re.compile(r"\{\s*mlang\s+([\w\s,-]+?)\s*\}(.*?)\{\s*mlang\s*\}", re.IGNORECASE | re.DOTALL)
OTHER = "other"


def part_languages(draft: Draft) -> None:
    """Give a draft the words of its own language alone, and those of our other languages as ``translations``.

    A language without words somewhere, and one that the platform has not, is noted as lost.
    """
    found = {code for text in _texts(draft) for match in BLOCK.finditer(text) for code in codes_in(match[1])}
    if not found:
        return
    ours = [code for code, _name in settings.LANGUAGES if code in found and code != draft.language]
    for code in sorted(found - {*dict(settings.LANGUAGES), OTHER}):
        draft.lose(_("its words in the language “%(code)s”") % {"code": code})
    for code in ours:
        if all(_in(text, code) is not None for text in _texts(draft)):
            draft.translations[code] = _words(draft, partial(_in_or_nothing, language=code))
            _name_true_and_false(draft, code)
        else:
            draft.lose(_("its words in %(language)s, which are not whole") % {"language": native_name(code)})
    if any(_in(text, draft.language) is None for text in _texts(draft)):
        draft.lose(_("that some of its words are in another language: they are taken for its own"))

    def own(text: str) -> str:
        kept = _in(text, draft.language)
        return _first(text) if kept is None else kept

    for name, words in _words(draft, own).items():
        setattr(draft, name, words)
    draft.name = " ".join(own(draft.name).split())


def _name_true_and_false(draft: Draft, code: str) -> None:
    """In files the two answers have no words of a language; in a translation they have its own."""
    from ..types.choice.exchange import names_in

    names = dict(zip(names_in(draft.language), names_in(code), strict=True)) if draft.type == "truefalse" else {}
    for part in draft.translations[code]["parts"].values():
        if part.get("text") in names:
            part["text"] = names[part["text"]]


def _texts(draft: Draft) -> Iterator[str]:
    yield from (draft.text, draft.feedback)
    yield from (text for part in draft.parts.values() for text in part.values())


def _words(draft: Draft, chosen: Callable[[str], str]) -> dict[str, Any]:
    html = {name: getattr(draft, name) for name in ("text", "feedback")}
    return {
        **{name: markup.clean(chosen(text)) if BLOCK.search(text) else text for name, text in html.items()},
        "parts": {id: {name: chosen(text).strip() for name, text in part.items()} for id, part in draft.parts.items()},
    }


def codes_in(names: str) -> list[str]:
    """The codes that a block names, as ours where we have the language: ``zh_cn`` is ``zh-hans``, ``fr_ca`` ``fr``."""
    codes = []
    for name in re.split(r"[\s,]+", unescape(names).lower().replace("_", "-")):
        base = "zh-hans" if name in ("zh", "zh-cn", "zh-sg", "zh-hans") else name.partition("-")[0]
        codes.append(base if base in dict(settings.LANGUAGES) and name != "zh-tw" else name)
    return [code for code in codes if code]


def _in(text: str, language: str) -> str | None:
    """A text in one language: its blocks, else those for any other; ``None`` where it has neither but has some."""
    named = [code for block in BLOCK.finditer(text) for code in codes_in(block[1])]
    if named and language not in named and OTHER not in named:
        return None
    wanted = language if language in named else OTHER
    return BLOCK.sub(lambda block: block[2] if wanted in codes_in(block[1]) else "", text)


def _in_or_nothing(text: str, language: str) -> str:
    return _in(text, language) or ""


def _first(text: str) -> str:
    first = next(BLOCK.finditer(text), None)
    names = first[1] if first else ""
    return BLOCK.sub(lambda block: block[2] if block[1] == names else "", text)
