"""Numbers in other systems' formats.

Moodle's multiplier of a unit is what one of the author's units is in it (1 m: 100 cm); our factor is the other way
round. Its tolerances are amounts; a relative one is written as the amount that it is, and travels along as a share.
"""

from __future__ import annotations

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

NONE, OPTIONAL, REQUIRED = "none", "optional", "required"
NO_UNIT_FIELD = "3"
NUMBERS = ("float", "integer")
PLACES = 15
Value = tuple[str, str, Fraction, str]
Unit = tuple[list[str], str]


class NumericExchange(Exchange):
    def from_gift(self, record: gift.Record) -> Draft | None:
        if record.kind != "numerical":
            return None
        draft = record.draft("numeric")
        if any(answer.number is None for answer in record.answers):
            draft.lose(_("the feedback to any other number"))
        values = [
            (
                number(answer.number),
                number(answer.tolerance or Decimal(0)),
                fraction_of(answer.weight),
                record.words(answer.feedback),
            )
            for answer in record.answers
            if answer.number is not None
        ]
        return measured(draft, values, NONE, [])

    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind != "numerical":
            return None
        element, draft = record.element, record.draft
        values = []
        for answer in element.findall("answer"):
            text = moodle_xml.text_of(answer)
            if text == "*":
                draft.lose(_("the feedback to any other number"))
                continue
            tolerance = gift.decimal_of(moodle_xml.value(answer, "tolerance", "0"))
            share = fraction_of(moodle_xml.fraction_of(answer))
            note = record.words(answer.find("feedback"))
            values.append((number(gift.decimal_of(text)), number(abs(tolerance)), share, note))
        units: list[tuple[str, Fraction]] = []
        for unit in element.findall("units/unit"):
            multiplier = Fraction(gift.decimal_of(moodle_xml.value(unit, "multiplier", "1")))
            if multiplier > 0 and (name := moodle_xml.value(unit, "unit_name")):
                units.append((name, 1 / multiplier))
        graded = moodle_xml.value(element, "unitgradingtype", "0") != "0"
        if graded and (penalty := moodle_xml.value(element, "unitpenalty", "1")) not in ("1", "1.0000000"):
            draft.lose(_("the penalty of %(number)s for a wrong unit: here it earns nothing") % {"number": penalty})
        mode = REQUIRED if graded else OPTIONAL
        if not units or moodle_xml.value(element, "showunits") == NO_UNIT_FIELD:
            mode = NONE
            if units:
                draft.lose(_("the units, which are not asked for"))
        groups = groupby(units, key=lambda unit: unit[1])
        merged = [([name for name, _factor in group], str(factor)) for factor, group in groups]
        return measured(draft, values, mode, merged if mode != NONE else [])

    def from_qti(self, record: qti.Record) -> Draft | None:
        if record.kind != "textEntryInteraction" or len(record.interactions) != 1:
            return None
        (interaction,) = record.interactions
        declared = record.declared(interaction)
        if declared.base not in NUMBERS:
            return None
        record.draft.text = record.asked(lambda node: f" {gift.GAP} ")
        values = [(number(gift.decimal_of(text)), "0", share, "") for text, share in declared.shares()]
        return measured(record.draft, values, NONE, [])

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type != "numeric":
            return None
        draft, values = row.draft("numeric"), []
        for cell in row.answers:
            text, mark, tolerance = cell.text.partition(":")
            relative = tolerance.strip().endswith("%")
            amount = Fraction(gift.decimal_of(tolerance.strip().rstrip("%") if mark else "0"))
            values.append(
                (
                    number(gift.decimal_of(text)),
                    str(amount / 100 if relative else amount),
                    table.share_in(cell.weight or "1"),
                    cell.feedback,
                )
            )
        names = [name.strip() for name in row.options.get("unit", "").split(",") if name.strip()]
        mode = (REQUIRED if row.yes("required") else OPTIONAL) if names else NONE
        measured(draft, values, mode, [(names, "1")] if names else [])
        for answer, cell in zip(draft.body["answers"], row.answers, strict=True):
            answer["relative"] = cell.text.strip().endswith("%")
        return draft

    def to_gift(self, draft: Draft) -> gift.Record:
        values = travelling(draft)
        if draft.body.get("units"):
            draft.lose(_("the units"))
            draft.keep("units", {"mode": draft.body.get("unit", NONE), "units": units_of(draft)})
        return gift.record_of(
            draft,
            "numerical",
            [
                gift.Answer(
                    gift.Text(),
                    percent_of(share),
                    gift.words_of(note),
                    number=decimal(value),
                    tolerance=decimal(amount),
                )
                for value, amount, share, note in values
            ],
        )

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        values, units, mode = travelling(draft), units_of(draft), draft.body.get("unit", NONE)
        if any(exact(factor) == 0 or decimal_text(1 / exact(factor)) is None for _names, factor in units):
            draft.keep("units", {"mode": mode, "units": units})
        written = moodle_xml.Written("numerical", draft, load)
        for value, amount, share, note in values:
            answer = written.answer(number(decimal(value)), percent_of(share), note)
            written.add("tolerance", number(decimal(amount)), answer)
        if units:
            holder = written.add("units")
            for names, factor in units:
                for name in names:
                    unit = written.add("unit", into=holder)
                    written.add("multiplier", number(decimal(1 / exact(factor))), unit)
                    written.add("unit_name", name, unit)
        written.add("unitgradingtype", "1" if mode == REQUIRED else "0")
        written.add("unitpenalty", "1")
        written.add("showunits", NO_UNIT_FIELD if mode == NONE else "0")
        written.add("unitsleft", "0")
        return written

    def to_row(self, draft: Draft) -> table.Row:
        travelling(draft)
        for name in ("exact", "relative"):  # which the table says itself, as far as it can
            draft.extra.pop(name, "")
        units = units_of(draft)
        if len(units) > 1 or any(exact(factor) != 1 for _names, factor in units):
            raise CannotCarry(_("The table has one unit to a number."))
        cells = []
        for answer in draft.body["answers"]:
            tolerance = exact(answer.get("tolerance", "0"))
            amount = f"{number(decimal(tolerance * 100))}%" if answer.get("relative") else number(decimal(tolerance))
            weight = str(answer.get("weight", "1"))
            cells.append(
                table.Cell(
                    f"{number(decimal(exact(answer['value'])))}:{amount}"
                    if tolerance
                    else number(decimal(exact(answer["value"]))),
                    draft.part(answer["id"], "feedback"),
                    "" if weight == "1" else weight,
                )
            )
        names = ", ".join(units[0][0]) if units else ""
        required = "yes" if draft.body.get("unit") == REQUIRED else ""
        return table.row_of(draft, cells, unit=names, required=required)


def measured(draft: Draft, values: Sequence[Value], mode: str, units: Sequence[Unit]) -> Draft:
    """Fill a question from value, tolerance, share and feedback, and from the names and the factor of each unit."""
    draft.type = "numeric"
    held = draft.kept("units", {"mode": NONE, "units": []})
    if held.get("units"):
        mode, units = str(held.get("mode", NONE)), [(names, str(factor)) for names, factor in held["units"]]
    exactly = draft.kept("exact", [])
    relative = draft.kept("relative", [])
    names = iter(draft.kept("unit_ids", []))
    draft.body = {"answers": [], "unit": mode, "units": []}
    for place, (id, (value, tolerance, share, note)) in enumerate(zip(draft.ids(), values, strict=False)):
        if place < len(exactly):
            value, tolerance = (str(text) for text in exactly[place])
        answer: dict[str, Any] = {"id": id, "value": value, "tolerance": tolerance, "weight": str(share)}
        answer["relative"] = bool(relative[place]) if place < len(relative) else False
        draft.body["answers"].append(answer)
        draft.parts[id] = {"feedback": note}
    for place, (wordings, factor) in enumerate(units, start=1):
        id = str(next(names, f"u{place}"))
        draft.body["units"].append({"id": id, "factor": factor})
        draft.parts[id] = {"text": "\n".join(wordings)}
    return draft


def travelling(draft: Draft) -> list[tuple[Fraction, Fraction, Fraction, str]]:
    """Return value, amount of tolerance, share and feedback; what only we need goes along."""
    answers = draft.body["answers"]
    draft.keep_ids(answer["id"] for answer in answers)
    unit_ids = [unit["id"] for unit in draft.body.get("units", [])]
    if unit_ids != [f"u{place}" for place in range(1, len(unit_ids) + 1)]:
        draft.keep("unit_ids", unit_ids)
    found, rounded = [], False
    for answer in answers:
        value, tolerance = exact(answer["value"]), exact(answer.get("tolerance", "0"))
        amount = abs(value) * tolerance if answer.get("relative") else tolerance
        rounded |= answer.get("relative", False) or None in (decimal_text(value), decimal_text(amount))
        found.append((value, amount, exact(answer.get("weight", "1")), draft.part(answer["id"], "feedback")))
    if rounded:
        draft.keep("exact", [[str(answer["value"]), str(answer.get("tolerance", "0"))] for answer in answers])
    if any(answer.get("relative") for answer in answers):
        draft.keep("relative", [bool(answer.get("relative")) for answer in answers])
        draft.lose(_("that the tolerance is a share of the value: it is written as an amount"))
    return found


def units_of(draft: Draft) -> list[Unit]:
    """Return the names and the factor of each unit."""
    return [
        ([line.strip() for line in draft.part(unit["id"]).splitlines() if line.strip()], str(unit["factor"]))
        for unit in draft.body.get("units", [])
    ]


def exact(text: object) -> Fraction:
    """Return a number as the question keeps it (``12.5``, ``1/3``); raises ``ValueError`` for what is none."""
    return Fraction(str(text).strip())


def decimal(value: Fraction) -> Decimal:
    """Return a number with as many places as Moodle keeps."""
    return round(Decimal(value.numerator) / Decimal(value.denominator), PLACES)


def decimal_text(value: Fraction) -> str | None:
    """Return a number as a decimal; ``None`` when it has none that is the same."""
    short = decimal(value)
    return number(short) if Fraction(short) == value else None


def number(value: Decimal) -> str:
    """Return a number as text, without an exponent and needless zeros."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
