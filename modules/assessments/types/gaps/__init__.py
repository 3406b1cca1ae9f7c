"""Gaps in a text, typed or chosen; ``writing`` says how an author writes them.

Body: ``{"gaps": [{"id": "1"}, {"id": "2", "choices": ["a", "b"], "right": "a"}, ...], "case", "diacritics"}``; each
gap may have a ``weight`` (a whole number, 1 where nothing is said). The text holds ``[[1]]`` where a gap is. Parts: for
a typed gap its accepted wordings, one on each line, for a chosen one ``"2.a"`` and so on, with feedback to who chooses
it. Answer: ``{gap id: what was typed, or the choice}``. It earns the weights of the gaps filled rightly, in any
language, over those of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...shuffling import shuffled
from ...words import marked, passage, to_html
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
from ..short_answer import typed_rows
from ..typed import normal, same, tidied
from .exchange import GapsExchange
from .writing import KEPT, Gap, pieces

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

LONGEST = 200


class Gaps(QuestionType):
    """A text with holes."""

    name = "gaps"
    place = 90
    label = gettext_lazy("Gaps in a text")
    hint = gettext_lazy("A text with gaps to fill, typed or chosen from a list.")
    icon = "form"
    exchange = GapsExchange()
    typed = True
    text_holds_fields = True

    def form_class(self) -> type[QuestionForm]:
        from .form import GapsForm

        return GapsForm

    def needed(self, body: Body) -> list[str]:
        return [part for gap in body["gaps"] for part in _parts(gap)]

    def wordings(self, body: Body) -> list[str]:
        return [gap["id"] for gap in body["gaps"] if "choices" not in gap]

    def compared(self, body: Body, wording: str) -> str:
        return normal(wording, case=bool(body.get("case")), diacritics=bool(body.get("diacritics")))

    def check(self, body: Body, words: Words) -> None:
        gaps = body.get("gaps", [])
        ids = [gap["id"] for gap in gaps]
        if not gaps:
            raise InvalidQuestion(_("Write a gap into the text, for example [[2014]] or [[=yes|no]]."))
        if sorted(KEPT.findall(words.text)) != sorted(ids):
            raise InvalidQuestion(_("Each gap stands in the text once: %(gaps)s.") % {"gaps": ", ".join(ids)})
        if not all(words.part(part).strip() for part in self.needed(body)):
            raise InvalidQuestion(_("Write what is accepted in every gap."))
        for gap in gaps:
            if "choices" in gap and (len(gap["choices"]) < 2 or gap.get("right") not in gap["choices"]):
                raise InvalidQuestion(_("A gap to choose for needs two choices or more, one of them right."))
            if not isinstance(gap.get("weight", 1), int) or gap.get("weight", 1) < 1:
                raise InvalidQuestion(_("The weight of a gap is a whole number from 1 up."))

    def right_in(self, key: Body, asked: Body) -> Body:
        """Within a gap, too, only the choices that were asked; a gap that is typed now and was chosen then, or the
        other way round, was another one.
        """
        held = {gap["id"]: gap for gap in asked["gaps"]}
        gaps = [
            gap for gap in key["gaps"] if gap["id"] in held and ("choices" in gap) == ("choices" in held[gap["id"]])
        ]
        return {**key, "gaps": [_only_choices(gap, held[gap["id"]]) for gap in gaps]}

    def read(self, content: Content, fields: Fields) -> Answer:
        return {part: value for part in fields.parts() if (value := fields.one(part))}

    def clean(self, content: Content, answer: Answer) -> Answer:
        gaps = {gap["id"]: gap for gap in content.body["gaps"]}
        if not isinstance(answer, dict) or set(answer) - set(gaps):
            raise UnknownAnswer
        kept = {}
        for id, gap in gaps.items():
            given = tidied(answer.get(id, ""), LONGEST)
            if given and given not in gap.get("choices", [given]):
                raise UnknownAnswer
            if given:
                kept[id] = given
        return kept

    def grade(self, content: Content, answer: Answer) -> Fraction:
        gaps = content.body["gaps"]
        earned = sum(_weight(gap) for gap in gaps if self._fits(content, gap, (answer or {}).get(gap["id"], "")))
        return Fraction(earned, sum(_weight(gap) for gap in gaps))

    def _fits(self, content: Content, gap: Gap, given: str) -> bool:
        if "choices" in gap or not given:
            return bool(given) and given == gap["right"]
        policy = {name: bool(content.body.get(name)) for name in ("case", "diacritics")}
        return any(same(given, line, **policy) for words in content.words.values() for line in words.lines(gap["id"]))

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        words, given = content.in_language(language, self.needed(content.body)), answer or {}
        gaps = {gap["id"]: gap for gap in content.body["gaps"]}
        split = pieces(to_html(words.text))
        typed = [line for id in gaps for line in words.lines(id)]
        shown = []
        for number, (html, id) in enumerate(split, start=1):
            piece: dict[str, Any] = {"html": mark_safe(html)}  # noqa: S308  cleaned by to_html
            if id in gaps:
                piece |= self._gap(content, gaps[id], words, given.get(id, ""), seed, graded) | {"number": number}
            shown.append(piece)
        return {
            "pieces": shown,
            "passage": passage(words.language),
            "total": len(gaps),
            "size": min(
                30, max([6, *(len(line) for line in typed)]) + 2
            ),  # the same for all: no length gives an answer away
            "longest": LONGEST,
        }

    def _gap(self, content: Content, gap: Gap, words: Words, given: str, seed: int, graded: bool) -> dict[str, Any]:
        id, choices = gap["id"], gap.get("choices", [])
        order = shuffled(seed, f"gap:{content.salt}:{id}", choices)
        shown: dict[str, Any] = {
            "part": id,
            "value": given,
            "options": [(choice, words.part(f"{id}.{choice}"), choice == given) for choice in order],
            "correct": None,
        }
        if graded:
            right = words.part(f"{id}.{gap['right']}") if choices else (words.lines(id) or [""])[0]
            note = words.part(f"{id}.{given}" if choices else id, "feedback")
            shown |= {
                "correct": self._fits(content, gap, given),
                "answer": marked(right, words.language),
                "note": marked(note, words.language),
            }
        return shown

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        words, given = content.in_language(language, self.needed(content.body)), answer or {}
        gaps = [gap for gap in content.body["gaps"] if gap["id"] in given]
        return "; ".join(f"{gap['id']}: {_said(gap, words, given[gap['id']])}" for gap in gaps)

    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        words = content.in_language(language, self.needed(content.body))
        rows = []
        for gap in content.body["gaps"]:
            given = [(answer or {}).get(gap["id"], "") for answer in answers]
            if "choices" in gap:
                for choice in gap["choices"]:
                    label = f"{gap['id']}: {_said(gap, words, choice)}"
                    rows.append(counted(given.count(choice), len(given), label, choice == gap["right"]))
                continue
            for row in typed_rows(
                given,
                same_as=lambda text: self.compared(content.body, text),
                right=lambda text, gap=gap: self._fits(content, gap, text),
                most=8,
            ):
                rows.append(AnswerRow(f"{gap['id']}: {row.label}", row.count, row.right, row.share))
        return rows


def _parts(gap: Gap) -> list[str]:
    return [f"{gap['id']}.{choice}" for choice in gap["choices"]] if "choices" in gap else [gap["id"]]


def _only_choices(gap: Gap, asked: Gap) -> Gap:
    if "choices" not in gap:
        return gap
    return {**gap, "choices": [choice for choice in gap["choices"] if choice in asked["choices"]]}


def _weight(gap: Gap) -> int:
    return gap.get("weight", 1)


def _said(gap: Gap, words: Words, given: str) -> str:
    return (words.part(f"{gap['id']}.{given}") or given) if "choices" in gap else given
