"""Numeric: a number, typed, with or without a unit.

Body: ``{"answers": [{"id", "value": "12.5", "tolerance": "0.5", "relative": false, "weight": "1"}, ...],
"unit": "none" | "optional" | "required", "units": [{"id": "u1", "factor": "1"}, ...]}``; a part for each answer
(feedback) and each unit (its ``text`` holds one wording on each line). Answer: ``{"number": "12,5", "unit": "u1"}``,
the number as typed.

``numbers`` says how a number is read. A unit is chosen, or typed behind the number; the number is multiplied by its
factor. Without a unit the number is right as it is where the unit is optional, and earns nothing where it is required.
It earns the highest weight of the answers from which it differs by no more than the tolerance: an amount, or, where it
is relative, a share of the answer's value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...words import marked, passage
from ..base import Answer, AnswerRow, Body, Content, Fields, InvalidQuestion, QuestionType, UnknownAnswer, Words
from ..numbers import exact, split_number
from ..short_answer import check_weights, typed_rows, weight_of
from ..typed import normal, same, tidied
from .exchange import NumericExchange

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

LONGEST = 60
NONE, OPTIONAL, REQUIRED = "none", "optional", "required"


class Numeric(QuestionType):
    """A number with tolerance and unit."""

    name = "numeric"
    place = 80
    label = gettext_lazy("Number")
    hint = gettext_lazy("A number, typed, right within a tolerance; with a unit if you like.")
    icon = "decimal"
    exchange = NumericExchange()
    typed = True

    def form_class(self) -> type[QuestionForm]:
        from .form import NumericForm

        return NumericForm

    def needed(self, body: Body) -> list[str]:
        return [unit["id"] for unit in body.get("units", [])]

    def wordings(self, body: Body) -> list[str]:
        return self.needed(body)

    def compared(self, body: Body, wording: str) -> str:
        return normal(wording, case=True)

    def check(self, body: Body, words: Words) -> None:
        answers, units = body.get("answers", []), body.get("units", [])
        check_weights(answers)
        if not any(weight_of(answer) == 1 for answer in answers):
            raise InvalidQuestion(_("Write at least one answer that earns all points."))
        try:
            for answer in answers:
                exact(answer["value"])
            fine = all(exact(answer.get("tolerance", "0")) >= 0 for answer in answers)
            fine = fine and all(exact(unit["factor"]) > 0 for unit in units)
        except (KeyError, ValueError):
            fine = False
        if not fine:
            raise InvalidQuestion(_("Write values, tolerances and factors as numbers, for example 12.5."))
        if body.get("unit", NONE) not in (NONE, OPTIONAL, REQUIRED):
            raise InvalidQuestion(_("Say whether a unit is asked for."))
        if (body.get("unit", NONE) == NONE) != (not units) or not all(words.part(unit["id"]) for unit in units):
            raise InvalidQuestion(_("Write the units that are accepted, or ask for none."))

    def right_in(self, key: Body, asked: Body) -> Body:
        """A unit that was not required then is not required now."""
        was, now = asked.get("unit", NONE), key.get("unit", NONE)
        return {**key, "unit": OPTIONAL} if now == REQUIRED != was else key

    def read(self, content: Content, fields: Fields) -> Answer:
        return {"number": fields.one(), "unit": fields.one("unit")}

    def clean(self, content: Content, answer: Answer) -> Answer:
        if not isinstance(answer, dict):
            raise UnknownAnswer
        number, unit = tidied(answer.get("number", ""), LONGEST), answer.get("unit", "")
        if unit and unit not in self.needed(content.body):
            raise UnknownAnswer
        return {"number": number, "unit": unit} if number else {}

    def grade(self, content: Content, answer: Answer) -> Fraction:
        found = self._found(content, answer)
        return weight_of(found) if found else Fraction(0)

    def values(self, content: Content, answer: Answer) -> list[Fraction]:
        """The readings of an answer in the unit of the author's values; none where it is no number with such a unit."""
        numbers, rest = split_number((answer or {}).get("number", ""))
        factors = {unit["id"]: exact(unit["factor"]) for unit in content.body.get("units", [])}
        unit = (answer or {}).get("unit", "")
        if rest:
            typed = next((id for id in factors if _is_unit(content, rest, id)), "")
            if not typed or unit not in ("", typed):
                return []
            unit = typed
        if not unit and content.body.get("unit", NONE) == REQUIRED:
            return []
        return [number * factors.get(unit, Fraction(1)) for number in numbers]

    def _found(self, content: Content, answer: Answer) -> Mapping[str, Any] | None:
        values = self.values(content, answer)
        fits = [one for one in content.body["answers"] if any(_near(value, one) for value in values)]
        return max(fits, key=weight_of, default=None)

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        words = content.in_language(language, self.needed(content.body))
        given = answer or {}
        units = [(id, (words.lines(id) or [id])[0], given.get("unit") == id) for id in self.needed(content.body)]
        number = given.get("number", "")
        field: dict[str, Any] = {
            "value": number,
            "longest": LONGEST,
            "units": units,
            "required": content.body.get("unit", NONE) == REQUIRED,
            "passage": passage(words.language),
            "unreadable": bool(number) and not split_number(number)[0],
            "correct": None,
        }
        if graded:
            found = self._found(content, answer)
            full = next(one for one in content.body["answers"] if weight_of(one) == 1)
            base = next((unit["id"] for unit in content.body.get("units", []) if exact(unit["factor"]) == 1), "")
            field["correct"] = self.grade(content, answer) == 1
            field["answer"] = " ".join([full["value"], *words.lines(base)[:1]])
            field["note"] = marked(words.part(found["id"], "feedback"), words.language) if found else ""
        return field

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        words, given = content.in_language(language, self.needed(content.body)), answer or {}
        return " ".join([given.get("number", ""), *words.lines(given.get("unit", ""))[:1]]).strip()

    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        by_text = {self.answer_text(content, answer, language): answer for answer in answers if answer}
        return typed_rows(
            [self.answer_text(content, answer, language) for answer in answers],
            same_as=lambda text: (self.values(content, by_text[text]) or [text])[0],
            right=lambda text: self.grade(content, by_text[text]) == 1,
        )


def _near(value: Fraction, answer: Mapping[str, Any]) -> bool:
    wanted, tolerance = exact(answer["value"]), exact(answer.get("tolerance", "0"))
    return abs(value - wanted) <= (abs(wanted) * tolerance if answer.get("relative") else tolerance)


def _is_unit(content: Content, typed: str, id: str) -> bool:
    """Whether somebody typed this unit, in any language. Capital letters matter: mg is not Mg."""
    return any(same(typed, line, case=True) for words in content.words.values() for line in words.lines(id))
