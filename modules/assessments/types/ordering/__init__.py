"""Ordering: items to be put into their order.

Body: ``{"items": ["a", "b", ...], "marking": ...}``, the items in the right order; a part for each, with feedback.
Answer: ``{item id: place}`` with places from 1, only the items that were given one. What it earns, by ``marking``:

* ``pairs`` (the default): of all pairs of items, those in the right order minus those in the wrong one, never below 0,
  divided by the number of pairs. A pair counts nothing while one of the two has no place or both have the same.
  So one item in the wrong place costs little, and the order upside down earns nothing;
* ``places``: the share of items in their right place;
* ``all_or_nothing``: 1 for the right order, else 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...shuffling import shuffled
from ...words import marked, passage
from ..base import (
    Answer,
    AnswerRow,
    Body,
    Content,
    Fields,
    InvalidQuestion,
    QuestionType,
    UnknownAnswer,
    Words,
    counted,
)
from .exchange import OrderingExchange

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

PAIRS, PLACES, ALL_OR_NOTHING = "pairs", "places", "all_or_nothing"
MARKINGS = (PAIRS, PLACES, ALL_OR_NOTHING)


class Ordering(QuestionType):
    """Each item is given its place by number, or moved by buttons: no dragging, any keyboard."""

    name = "ordering"
    place = 50
    label = gettext_lazy("Ordering")
    hint = gettext_lazy("Steps or events to put into their order.")
    icon = "list-ol"
    exchange = OrderingExchange()
    script = "types/ordering/ordering.js"

    def form_class(self) -> type[QuestionForm]:
        from .form import OrderingForm

        return OrderingForm

    def needed(self, body: Body) -> list[str]:
        return list(body["items"])

    def check(self, body: Body, words: Words) -> None:
        items = body.get("items", [])
        if len(items) < 2 or len(set(items)) < len(items):
            raise InvalidQuestion(_("Write two items or more."))
        if not all(words.part(id).strip() for id in items):
            raise InvalidQuestion(_("Write the text of every item."))
        if body.get("marking", PAIRS) not in MARKINGS:
            raise InvalidQuestion(_("This way of marking is not known."))

    def read(self, content: Content, fields: Fields) -> Answer:
        return {part: value for part in fields.parts() if (value := fields.one(part))}

    def clean(self, content: Content, answer: Answer) -> Answer:
        items = content.body["items"]
        if not isinstance(answer, dict) or set(answer) - set(items):
            raise UnknownAnswer
        places = {id: str(place) for id, place in answer.items() if place}
        allowed = {str(place): place for place in range(1, len(items) + 1)}
        if not set(places.values()) <= set(allowed):
            raise UnknownAnswer
        return {id: allowed[places[id]] for id in items if id in places}

    def grade(self, content: Content, answer: Answer) -> Fraction:
        items, places = content.body["items"], answer or {}
        in_place = sum(places.get(id) == place for place, id in enumerate(items, start=1))
        marking = content.body.get("marking", PAIRS)
        if marking == PLACES:
            return Fraction(in_place, len(items))
        if marking == ALL_OR_NOTHING:
            return Fraction(int(in_place == len(items)))
        return max(Fraction(0), Fraction(_balance(items, places), len(items) * (len(items) - 1) // 2))

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        items = list(content.body["items"])
        words = content.in_language(language, items)
        given = {id: str(place) for id, place in (answer or {}).items()}
        return {
            "passage": passage(words.language),
            "rows": [
                {
                    "part": id,
                    "label": marked(words.part(id), words.language),
                    "options": [(str(n), str(n), given.get(id) == str(n)) for n in range(1, len(items) + 1)],
                    "correct": given.get(id) == str(items.index(id) + 1) if graded else None,
                    "answer": str(items.index(id) + 1) if graded else "",
                    "note": marked(words.part(id, "feedback"), words.language) if graded else "",
                }
                for id in _mixed(items, seed, content.salt)
            ],
        }

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        words = content.in_language(language, self.needed(content.body))
        places = sorted((answer or {}).items(), key=lambda pair: pair[1])
        return "; ".join(f"{place}. {words.part(id)}" for id, place in places)

    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        items = content.body["items"]
        words = content.in_language(language, items)
        rows = []
        for right, id in enumerate(items, start=1):
            for place in range(1, len(items) + 1):
                count = sum((answer or {}).get(id) == place for answer in answers)
                if count or place == right:
                    rows.append(counted(count, len(answers), f"{words.part(id)} → {place}", place == right))
        return rows


def _balance(items: Sequence[str], places: Mapping[str, int]) -> int:
    """Pairs in the right order minus pairs in the wrong one."""
    pairs = [(places[a], places[b]) for a, b in combinations(items, 2) if a in places and b in places]
    return sum((first < second) - (first > second) for first, second in pairs)


def _mixed(items: list[str], seed: int, salt: str) -> list[str]:
    """The items as shown: never in the right order, also where nothing else is shuffled."""
    order = shuffled(seed or 1, f"items:{salt}", items)
    return order if order != items else [*order[1:], order[0]]
