"""Single choice, multiple choice, true or false.

Body: ``{"choices": [{"id": "a", "correct": true}, ...], "marking": ...}``; a part for each choice, with
feedback to who takes it. Answer: the list of the ids taken.

What an answer earns follows from ``marking``:

* one right choice (single choice, true or false): 1 for the right choice alone, else 0;
* ``right_minus_wrong`` (multiple choice, the default): every right choice taken counts one, every wrong one
  taken takes one away, a choice left alone counts nothing; the sum, never below 0, is divided by the number of
  right choices. With right choices A, B, C: {A, B, C} earns 1, {A, B} two thirds, {A, B, D} one third,
  everything from A to F nothing;
* ``all_or_nothing``: 1 for exactly the right choices, else 0;
* ``per_option``: the share of choices treated rightly, taken where right and left where wrong;
* ``weights``: each choice has its own ``weight`` (a fraction such as ``"1/2"`` or ``"-0.25"``); the sum of the
  weights taken, never below 0 nor above 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...exchange.contract import Exchange
from ...shuffling import shuffled
from ...words import marked
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
from .exchange import ChoiceExchange

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

RIGHT_MINUS_WRONG, ALL_OR_NOTHING, PER_OPTION, WEIGHTS = "right_minus_wrong", "all_or_nothing", "per_option", "weights"
MARKINGS = (RIGHT_MINUS_WRONG, ALL_OR_NOTHING, PER_OPTION, WEIGHTS)


class Choice(QuestionType):
    """What the three have in common."""

    exchange: ClassVar[Exchange] = ChoiceExchange()
    shuffles = True
    lines = "choices"

    def form_class(self) -> type[QuestionForm]:
        from .form import ChoiceForm

        return ChoiceForm

    def several(self, body: Body) -> bool:
        """Whether more than one choice may be taken."""
        return False

    def needed(self, body: Body) -> list[str]:
        return [choice["id"] for choice in body["choices"]]

    def check(self, body: Body, words: Words) -> None:
        choices = body.get("choices", [])
        ids = [choice["id"] for choice in choices]
        if len(ids) < 2 or len(set(ids)) < len(ids):
            raise InvalidQuestion(_("A question needs two choices or more."))
        if not all(words.part(id).strip() for id in ids):
            raise InvalidQuestion(_("Write the text of every choice."))
        if body.get("marking", RIGHT_MINUS_WRONG) not in MARKINGS:
            raise InvalidQuestion(_("This way of marking is not known."))
        if body.get("marking") == WEIGHTS:
            self._check_weights(choices, self.several(body))
        right = sum(bool(choice["correct"]) for choice in choices)
        if self.several(body) and right == 0:
            raise InvalidQuestion(_("Mark at least one choice as right."))
        if not self.several(body) and right != 1:
            raise InvalidQuestion(_("Mark one choice, and only one, as right."))

    def _check_weights(self, choices: Sequence[Mapping[str, Any]], several: bool) -> None:
        try:
            weights = [Fraction(str(choice["weight"])) for choice in choices]
        except (KeyError, ValueError, ZeroDivisionError):
            raise InvalidQuestion(_("Give every choice a weight between -1 and 1.")) from None
        if any(abs(weight) > 1 for weight in weights):
            raise InvalidQuestion(_("Give every choice a weight between -1 and 1."))
        positive = [weight for weight in weights if weight > 0]
        most = sum(positive, Fraction(0)) if several else max(positive, default=Fraction(0))
        if most < Fraction(99, 100):  # a third is often written 33.333 per cent
            raise InvalidQuestion(_("The weights of the right choices must add up to 1."))

    def read(self, content: Content, fields: Fields) -> Answer:
        return fields.all()

    def clean(self, content: Content, answer: Answer) -> Answer:
        if not isinstance(answer, list | tuple | set) or not all(isinstance(id, str) for id in answer):
            raise UnknownAnswer
        taken, known = set(answer), self.needed(content.body)
        if taken - set(known) or (len(taken) > 1 and not self.several(content.body)):
            raise UnknownAnswer
        return [id for id in known if id in taken]

    def grade(self, content: Content, answer: Answer) -> Fraction:
        choices, taken = content.body["choices"], set(answer or ())
        right = {choice["id"] for choice in choices if choice["correct"]}
        if not taken or (len(taken) > 1 and not self.several(content.body)):
            return Fraction(0)
        marking = content.body.get("marking", RIGHT_MINUS_WRONG)
        if marking == WEIGHTS:
            earned = sum((Fraction(str(choice["weight"])) for choice in choices if choice["id"] in taken), Fraction(0))
            return min(max(earned, Fraction(0)), Fraction(1))
        if marking == ALL_OR_NOTHING or not self.several(content.body):
            return Fraction(int(taken == right))
        if marking == PER_OPTION:
            return Fraction(sum((choice["id"] in taken) == bool(choice["correct"]) for choice in choices), len(choices))
        return max(Fraction(0), Fraction(len(taken & right) - len(taken - right), max(1, len(right))))

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        ids = self.needed(content.body)
        words = content.in_language(language, ids)
        right = {choice["id"]: bool(choice["correct"]) for choice in content.body["choices"]}
        return {
            "multiple": self.several(content.body),
            "choices": [
                {
                    "value": id,
                    "label": marked(words.part(id) or id, words.language),
                    "checked": id in (answer or ()),
                    "correct": right[id] if graded else None,
                    "note": marked(words.part(id, "feedback"), words.language) if graded else "",
                }
                for id in self.order_of(ids, content.salt, seed)
            ],
        }

    def order_of(self, ids: list[str], salt: str, seed: int) -> list[str]:
        return shuffled(seed if self.shuffles else 0, f"choices:{salt}", ids)

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        words = content.in_language(language, self.needed(content.body))
        return "; ".join(words.part(id) or id for id in answer or ())

    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        words = content.in_language(language, self.needed(content.body))
        return [
            counted(
                sum(choice["id"] in (answer or ()) for answer in answers),
                len(answers),
                words.part(choice["id"]) or choice["id"],
                bool(choice["correct"]),
            )
            for choice in content.body["choices"]
        ]


class SingleChoice(Choice):
    """One right choice of several."""

    name = "single"
    place = 10
    label = gettext_lazy("Single choice")
    hint = gettext_lazy("Several answers, one of them right.")
    icon = "radio-full"
    role = "radiogroup"


class MultipleChoice(Choice):
    """Any number of right choices."""

    name = "multiple"
    place = 20
    label = gettext_lazy("Multiple choice")
    hint = gettext_lazy("Several answers, one or more of them right.")
    icon = "tick-inverse"

    def several(self, body: Body) -> bool:
        return True


class TrueFalse(Choice):
    """A statement that holds or not. Never shuffled."""

    name = "truefalse"
    place = 30
    label = gettext_lazy("True or false")
    hint = gettext_lazy("A statement to agree with or not.")
    icon = "check"
    role = "radiogroup"
    shuffles = False

    def check(self, body: Body, words: Words) -> None:
        if len(body.get("choices", [])) > 2:
            raise InvalidQuestion(_("A true-or-false question has two choices."))
        super().check(body, words)


def from_choices(choices: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Return body and parts of ``{"id", "text", "correct", "feedback"}``, as authors think of choices."""
    body = {"choices": [{"id": choice["id"], "correct": bool(choice["correct"])} for choice in choices]}
    parts = {choice["id"]: {"text": choice["text"], "feedback": choice.get("feedback", "")} for choice in choices}
    return body, parts
