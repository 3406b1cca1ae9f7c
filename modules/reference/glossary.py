"""The glossary as it is read: on its own page, and by whoever renders a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import groupby

from core.languages import fallback_order

from .explain import Entry
from .models import Term


def entries_in(language: str) -> list[Entry]:
    """Return the words explained in a language. One query."""
    terms = Term.objects.filter(locale__language_code=language).select_related("locale")
    return [Entry(t.slug, t.name, t.definition, t.source, t.url, tuple(t.forms)) for t in terms]


def shown_in(language: str, search: str = "") -> list[Term]:
    """Return every term in the best language for a reader, in the order of the alphabet, their own language first.

    One query. ``search``: only those with this in their name, another form, or the explanation.
    """
    rank = {code: place for place, code in enumerate(fallback_order(language))}
    best: dict[object, Term] = {}
    for term in Term.objects.select_related("locale"):
        held = best.get(term.translation_key)
        if held is None or rank.get(term.locale.language_code, 99) < rank.get(held.locale.language_code, 99):
            best[term.translation_key] = term
    wanted = plain(search)
    found = [term for term in best.values() if wanted in plain("\n".join([*term.forms, term.definition]))]
    return sorted(
        found,
        key=lambda term: (term.locale.language_code != language, initial(term.name), plain(term.name)),
    )


def by_letter(terms: Iterable[Term]) -> list[tuple[str, list[Term]]]:
    """Return terms in their order, under their first letters. Pure."""
    return [(letter, list(some)) for letter, some in groupby(terms, key=lambda term: initial(term.name))]


def initial(name: str) -> str:
    """Return the letter under which a word is found: without accents, and in Arabic without the article."""
    return plain(name).removeprefix("ال")[:1].upper()


def plain(text: str) -> str:
    """Return text as it is compared: small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
