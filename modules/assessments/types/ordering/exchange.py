"""Ordering in other systems' formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from ...exchange import moodle_xml, table
from ...exchange.contract import Exchange
from ...exchange.draft import Draft
from ...exchange.problems import CannotCarry

if TYPE_CHECKING:
    from ...exchange import qti

PAIRS = "pairs"
MOODLE = {
    PAIRS: "RELATIVE_ALL_PREVIOUS_AND_NEXT",
    "places": "ABSOLUTE_POSITION",
    "all_or_nothing": "ALL_OR_NOTHING",
}


class OrderingExchange(Exchange):
    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind != "ordering":
            return None
        element, draft = record.element, record.draft
        answers = element.findall("answer")
        places = [moodle_xml.fraction_of(answer) for answer in answers]
        if len(set(places)) == len(places):
            answers = [answer for _place, answer in sorted(zip(places, answers, strict=True), key=lambda pair: pair[0])]
        told = moodle_xml.value(element, "gradingtype", "ABSOLUTE_POSITION")
        marking = next((ours for ours, theirs in MOODLE.items() if theirs == told), "")
        if not marking:
            marking = PAIRS
            draft.lose(_("its rule of marking: here every two items in their right order earn points"))
        if moodle_xml.value(element, "selecttype", "ALL") not in ("ALL", "0"):
            draft.lose(_("the choice of some items by chance: all are asked"))
        items = [(record.words(answer), record.words(answer.find("feedback"))) for answer in answers]
        return ordered(draft, items, marking)

    def from_qti(self, record: qti.Record) -> Draft | None:
        if record.kind != "orderInteraction" or len(record.interactions) != 1:
            return None
        (interaction,) = record.interactions
        record.draft.text = record.asked()
        choices = {choice.get("identifier", ""): choice for choice in interaction.findall("simpleChoice")}
        right = record.declared(interaction).right
        if sorted(right) != sorted(choices):
            raise CannotCarry(_("It is not said for each item which place it has."))
        items = []
        for name in right:
            note = " ".join(record.words(each) for each in choices[name].findall("feedbackInline"))
            items.append((record.words(choices[name]), note))
        return ordered(record.draft, items, "all_or_nothing")

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type != "ordering":
            return None
        items = [(cell.text, cell.feedback) for cell in row.answers]
        return ordered(row.draft("ordering"), items, row.options.get("marking", PAIRS))

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        items = draft.body["items"]
        draft.keep_ids(items)
        written = moodle_xml.Written("ordering", draft, load)
        written.add("layouttype", "VERTICAL")
        written.add("selecttype", "ALL")
        written.add("selectcount", "0")
        written.add("gradingtype", MOODLE[draft.body.get("marking", PAIRS)])
        written.add("showgrading", "SHOW")
        written.add("numberingstyle", "none")
        written.combined()
        for place, id in enumerate(items, start=1):
            written.answer(draft.part(id), place, draft.part(id, "feedback"), is_html=True)
        return written

    def to_row(self, draft: Draft) -> table.Row:
        draft.keep_ids(draft.body["items"])
        marking = draft.body.get("marking", PAIRS)
        cells = [table.Cell(draft.part(id), draft.part(id, "feedback")) for id in draft.body["items"]]
        return table.row_of(draft, cells, marking="" if marking == PAIRS else marking)


def ordered(draft: Draft, items: list[tuple[str, str]], marking: str) -> Draft:
    """Fill a question from text and feedback of the items in their right order."""
    draft.type = "ordering"
    draft.parts = {id: {"text": text, "feedback": note} for id, (text, note) in zip(draft.ids(), items, strict=False)}
    draft.body = {"items": list(draft.parts)}
    if marking != PAIRS:
        draft.body["marking"] = marking
    return draft
