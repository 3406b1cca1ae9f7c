"""Short answers in other systems' formats.

Moodle has one wording to an answer, and takes a ``*`` for any text; accents always matter there. Answers that follow
one another with the same share and feedback are the wordings of one answer here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ...exchange import gift, moodle_xml, table
from ...exchange.contract import Exchange
from ...exchange.draft import Draft
from ...exchange.problems import CannotCarry
from ...exchange.shares import fraction_of, percent_of

if TYPE_CHECKING:
    from ...exchange import qti

STAR = re.compile(r"(?<!\\)\*")
TEXT_TYPES = ("string", "identifier")
Accepted = tuple[str, Fraction, str]


class ShortAnswerExchange(Exchange):
    def from_gift(self, record: gift.Record) -> Draft | None:
        if record.kind != "shortanswer":
            return None
        answers = [
            (answer.text.raw, fraction_of(answer.weight), record.words(answer.feedback)) for answer in record.answers
        ]
        return accepting(record.draft("short_answer"), answers)

    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind != "shortanswer":
            return None
        draft = record.draft
        if moodle_xml.flag(record.element, "usecase"):
            draft.extra["case"] = "yes"
        return accepting(
            draft,
            [
                (
                    moodle_xml.text_of(answer),
                    fraction_of(moodle_xml.fraction_of(answer)),
                    record.words(answer.find("feedback")),
                )
                for answer in record.element.findall("answer")
            ],
        )

    def from_qti(self, record: qti.Record) -> Draft | None:
        if record.kind != "textEntryInteraction" or len(record.interactions) != 1:
            return None
        (interaction,) = record.interactions
        declared = record.declared(interaction)
        if declared.base not in TEXT_TYPES:
            return None
        record.draft.text = record.asked(lambda node: f" {gift.GAP} ")
        if declared.case_sensitive:
            record.draft.extra["case"] = "yes"
        return accepting(record.draft, [(text, share, "") for text, share in declared.shares()], stars=False)

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type != "short_answer":
            return None
        draft = row.draft("short_answer")
        for name in ("case", "diacritics", "wildcard"):
            draft.extra[name] = "yes" if row.yes(name) else "no"
        return accepting(
            draft,
            [(cell.text, table.share_in(cell.weight or "1"), cell.feedback) for cell in row.answers],
            stars=row.yes("wildcard"),
        )

    def to_gift(self, draft: Draft) -> gift.Record:
        self._policy(draft, case=True)
        answers = [
            gift.Answer(gift.Text(text, "plain"), percent_of(share), gift.words_of(note))
            for text, share, note in wordings(draft)
        ]
        if any("->" in answer.text.raw for answer in answers):
            raise CannotCarry(_("An answer holds “->”, which GIFT takes for a matching question."))
        return gift.record_of(draft, "shortanswer", answers)

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        self._policy(draft, case=False)
        accepted = wordings(draft)
        written = moodle_xml.Written("shortanswer", draft, load)
        written.add("usecase", "1" if draft.body.get("case") else "0")
        for text, share, note in accepted:
            written.answer(text, percent_of(share), note)
        return written

    def to_row(self, draft: Draft) -> table.Row:
        draft.keep_ids(answer["id"] for answer in draft.body["answers"])
        draft.keep("groups", [len(lines_of(draft, answer["id"])) for answer in draft.body["answers"]])
        stars = bool(draft.body.get("wildcard"))
        cells = [
            table.Cell(line, draft.part(answer["id"], "feedback"), "" if weight == "1" else weight)
            for answer in draft.body["answers"]
            for weight in [str(answer.get("weight", "1"))]
            for line in lines_of(draft, answer["id"])
        ]
        options = {name: "yes" for name in ("case", "diacritics") if draft.body.get(name)}
        return table.row_of(draft, cells, **options, wildcard="yes" if stars else "")

    def _policy(self, draft: Draft, *, case: bool) -> None:
        """What the format does not say of capital letters and accents."""
        if not draft.body.get("diacritics"):
            draft.extra["diacritics"] = "no"
            draft.lose(_("that accents do not matter"))
        if case and draft.body.get("case"):
            draft.extra["case"] = "yes"
            draft.lose(_("that capital letters matter"))


def accepting(draft: Draft, answers: Sequence[Accepted], *, stars: bool = True) -> Draft:
    """Fill a question from wording, share and feedback; ``stars``: whether a ``*`` stands for any text."""
    draft.type = "short_answer"
    case = draft.extra.pop("case", "no") == "yes"
    diacritics = draft.extra.pop("diacritics", "yes") == "yes"
    draft.extra.pop("wildcard", "")
    wildcard = stars and any(STAR.search(text) for text, _share, _note in answers)
    if stars and not wildcard:
        answers = [(text.replace("\\*", "*"), share, note) for text, share, note in answers]
    draft.body = {"answers": [], "case": case, "diacritics": diacritics, "wildcard": wildcard}
    groups = grouped(answers, draft.kept("groups", []))
    for id, group in zip(draft.ids(), groups, strict=False):
        _text, share, note = group[0]
        draft.body["answers"].append({"id": id, "weight": str(share)})
        draft.parts[id] = {"text": "\n".join(text for text, _share, _note in group), "feedback": note}
    return draft


def grouped(answers: Sequence[Any], sizes: Sequence[int]) -> list[list[Any]]:
    """Return answers in groups of the sizes told, else those of one share and feedback that follow one another."""
    if sizes and all(isinstance(size, int) and size > 0 for size in sizes) and sum(sizes) == len(answers):
        rest = iter(answers)
        return [[next(rest) for _place in range(size)] for size in sizes]
    return [list(group) for _same, group in groupby(answers, key=lambda answer: answer[1:])]


def lines_of(draft: Draft, id: str) -> list[str]:
    """Return the wordings of an answer, one on each line of its part."""
    return [line.strip() for line in draft.part(id).splitlines() if line.strip()]


def wordings(draft: Draft) -> list[Accepted]:
    """Return wording, share and feedback of all that is accepted, as Moodle writes it."""
    answers = draft.body["answers"]
    draft.keep_ids(answer["id"] for answer in answers)
    found: list[Accepted] = []
    sizes = []
    for answer in answers:
        lines = lines_of(draft, answer["id"])
        if not draft.body.get("wildcard"):
            lines = [line.replace("*", "\\*") for line in lines]
        share, note = Fraction(str(answer.get("weight", "1"))), draft.part(answer["id"], "feedback")
        found += [(line, share, note) for line in lines]
        sizes.append(len(lines))
    if [len(group) for group in grouped(found, [])] != sizes:
        draft.keep("groups", sizes)
    return found


def percent(share: Fraction) -> Decimal:
    """Return a share in per cent."""
    return percent_of(share)
