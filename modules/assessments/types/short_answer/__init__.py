"""Short answer: a few words, typed.

Body: ``{"answers": [{"id": "a", "weight": "1"}, ...], "case": false, "diacritics": false, "wildcard": false}``;
a part for each answer: its ``text`` holds one accepted wording on each line, its feedback is for who gave it.
Answer: what was typed. It earns the highest weight among the answers of which it is a wording, in any language of
the question, else nothing; ``typed`` says when two wordings are the same. ``case`` and ``diacritics``: whether
capital letters and accents matter; ``wildcard``: whether a ``*`` stands for any text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...words import marked
from ..base import Answer, AnswerRow, Body, Content, Fields, InvalidQuestion, QuestionType, Words, counted
from ..numbers import exact
from ..typed import normal, same, tidied
from .exchange import ShortAnswerExchange

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

LONGEST = 300
POLICY = ("case", "diacritics", "wildcard")


class ShortAnswer(QuestionType):
    """One line of text, compared with what the author accepts."""

    name = "short_answer"
    place = 70
    label = gettext_lazy("Short answer")
    hint = gettext_lazy("A word or a few, typed; you list what is accepted.")
    icon = "pilcrow"
    exchange = ShortAnswerExchange()
    typed = True

    def form_class(self) -> type[QuestionForm]:
        from .form import ShortAnswerForm

        return ShortAnswerForm

    def wordings(self, body: Body) -> list[str]:
        return [answer["id"] for answer in body["answers"]]

    def compared(self, body: Body, wording: str) -> str:
        return normal(wording, case=bool(body.get("case")), diacritics=bool(body.get("diacritics")))

    def check(self, body: Body, words: Words) -> None:
        answers = body.get("answers", [])
        check_weights(answers)
        if not any(weight_of(answer) == 1 and words.lines(answer["id"]) for answer in answers):
            raise InvalidQuestion(_("Write at least one answer that earns all points."))

    def read(self, content: Content, fields: Fields) -> Answer:
        return fields.one()

    def clean(self, content: Content, answer: Answer) -> Answer:
        return tidied(answer, LONGEST)

    def grade(self, content: Content, answer: Answer) -> Fraction:
        found = self._found(content, answer)
        return weight_of(found) if found else Fraction(0)

    def _found(self, content: Content, answer: Answer) -> Mapping[str, Any] | None:
        """The best of the answers of which this is a wording."""
        policy = {name: bool(content.body.get(name)) for name in POLICY}
        fits = [
            accepted
            for accepted in content.body["answers"]
            if answer
            and any(
                same(answer, line, **policy) for words in content.words.values() for line in words.lines(accepted["id"])
            )
        ]
        return max(fits, key=weight_of, default=None)

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        field: dict[str, Any] = {"value": answer or "", "longest": LONGEST, "correct": None}
        if graded:
            words, found = content.in_language(language), self._found(content, answer)
            full = next((one["id"] for one in content.body["answers"] if weight_of(one) == 1), "")
            right = (words.lines(full) or content.in_language(content.source).lines(full) or [""])[0]
            field["correct"] = self.grade(content, answer) == 1
            field["answer"] = marked(right, words.language)
            field["note"] = marked(words.part(found["id"], "feedback"), words.language) if found else ""
        return field

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        return answer or ""

    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        return typed_rows(
            answers,
            same_as=lambda answer: self.compared(content.body, answer),
            right=lambda answer: self.grade(content, answer) == 1,
        )


def weight_of(answer: Mapping[str, Any]) -> Fraction:
    """The share of the points that an accepted answer earns; all of them where nothing else is said."""
    return exact(answer.get("weight", "1"))


def check_weights(answers: Sequence[Mapping[str, Any]]) -> None:
    """Raise ``InvalidQuestion`` for ids given twice and weights that are not between 0 and 1."""
    try:
        weights = [weight_of(answer) for answer in answers]
    except ValueError:
        weights = [Fraction(-1)]
    if len({answer["id"] for answer in answers}) < len(answers) or any(not 0 <= weight <= 1 for weight in weights):
        raise InvalidQuestion(_("The share of the points that an answer earns lies between 0 and 1."))


def typed_rows(answers: Sequence[Answer], *, same_as: Any, right: Any, most: int = 20) -> list[AnswerRow]:
    """Return the most frequent of typed answers, those that ``same_as`` calls the same counted together."""
    wordings: dict[Any, Counter[str]] = {}
    for answer, times in Counter(answer for answer in answers if answer).items():
        wordings.setdefault(same_as(answer), Counter())[answer] += times
    rows = [(min(wording, key=lambda text: (-wording[text], text)), wording.total()) for wording in wordings.values()]
    rows.sort(key=lambda row: (-row[1], row[0]))
    return [counted(count, len(answers), label, right(label)) for label, count in rows[:most]]
