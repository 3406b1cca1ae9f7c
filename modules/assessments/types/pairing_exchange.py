"""Matching and categorising in other systems' formats, which have one type for both: where two items share an answer,
it is categories.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from ..exchange import gift, moodle_xml, table
from ..exchange.contract import Exchange
from ..exchange.draft import PART, Draft
from ..exchange.markup import to_plain
from ..exchange.problems import CannotCarry

if TYPE_CHECKING:
    from ..exchange import qti

TYPES = ("matching", "categorising")
Pair = tuple[str, str, str]


class PairingExchange(Exchange):
    def from_gift(self, record: gift.Record) -> Draft | None:
        if record.kind != "matching":
            return None
        return paired(record.draft(""), [(record.words(answer.text), answer.pair, "") for answer in record.answers])

    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind not in ("matching", "ddmatch"):
            return None
        pairs = []
        for part in record.element.findall("subquestion"):
            answer = part.find("answer")
            formatted = answer is not None and answer.get("format")
            right = record.words(answer) if formatted else to_plain(moodle_xml.text_of(answer), "plain")
            pairs.append((record.words(part), right, ""))
        return paired(record.draft, pairs)

    def from_qti(self, record: qti.Record) -> Draft | None:
        if record.kind != "matchInteraction" or len(record.interactions) != 1:
            return None
        (interaction,) = record.interactions
        record.draft.text = record.asked()
        sides = [
            {choice.get("identifier", ""): record.words(choice) for choice in side.findall("simpleAssociableChoice")}
            for side in interaction.findall("simpleMatchSet")
        ]
        if len(sides) != 2:
            raise CannotCarry(_("A matching question has two columns."))
        declared = record.declared(interaction)
        mapped = {value: points for value, points in declared.earned.items() if points > 0}
        right = [value.split() for value in declared.right or mapped if len(value.split()) == 2]
        if declared.is_whole:
            record.draft.lose(_("that only all of it together earns points: here each item does"))
        if mapped and (len(set(mapped.values())) > 1 or {*mapped} != {*(declared.right or mapped)}):
            record.draft.lose(_("the points of each pair: here each item earns the same"))
        items = [left for left, _right in right]
        if len(set(items)) < len(items):
            raise CannotCarry(_("An item belongs to several answers."))
        if set(items) != set(sides[0]) or {target for _left, target in right} - set(sides[1]):
            raise CannotCarry(_("It is not said for each item where it belongs."))
        target = dict(right)
        pairs = [(text, sides[1][target[name]], "") for name, text in sides[0].items()]
        spare = [("", text, "") for name, text in sides[1].items() if name not in target.values()]
        return paired(record.draft, [*pairs, *spare])

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type not in TYPES:
            return None
        pairs = []
        for cell in row.answers:
            left, arrow, right = cell.text.partition("->")
            if not arrow:
                raise CannotCarry(_("Write “item -> what belongs to it” into each answer."))
            pairs.append((left.strip(), right.strip(), cell.feedback))
        draft = row.draft(row.type)
        draft.extra["type"] = row.type
        return paired(draft, pairs)

    def to_gift(self, draft: Draft) -> gift.Record:
        pairs = travelling(draft)
        draft.keep_feedback(item["id"] for item in draft.body["items"])
        return gift.record_of(
            draft,
            "matching",
            [gift.Answer(gift.words_of(left), gift.WHOLE, pair=right) for left, right, _note in pairs],
        )

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        pairs = travelling(draft)
        draft.keep_feedback(item["id"] for item in draft.body["items"])
        written = moodle_xml.Written("matching", draft, load)
        written.add("shuffleanswers", "true")
        written.combined()
        for left, right, _note in pairs:
            part = written.html("subquestion", gift.words_of(left).raw)
            written.text("answer", right, part)
        return written

    def to_row(self, draft: Draft) -> table.Row:
        cells = [table.Cell(f"{left} -> {right}".strip(), note) for left, right, note in travelling(draft)]
        if any("->" in left for left, _right, _note in travelling(draft)):
            raise CannotCarry(_("An item holds “->”, which parts items from answers in the table."))
        return table.row_of(draft, cells)


def paired(draft: Draft, pairs: Sequence[Pair]) -> Draft:
    """Fill a question from item, target and feedback; a target without an item belongs to none."""
    items = [(left, right, note) for left, right, note in pairs if left]
    targets = list(dict.fromkeys(right for _left, right, _note in pairs))
    repeated = len({right for _left, right, _note in items}) < len(items)
    draft.type = draft.extra.pop("type", "") or ("categorising" if repeated else "matching")
    if draft.type not in TYPES:
        draft.type = "matching"
    held = draft.kept("ids", {"items": [], "targets": []})
    item_ids = _ids(held.get("items"), [str(number) for number in range(1, len(items) + 1)])
    named = dict(zip(targets, _ids(held.get("targets"), _letters(len(targets))), strict=True))
    order = draft.kept("order", [])
    draft.body = {
        "items": [{"id": id, "target": named[right]} for id, (_l, right, _n) in zip(item_ids, items, strict=True)],
        "targets": order if sorted(order) == sorted(named.values()) else list(named.values()),
    }
    draft.parts = {id: {"text": left, "feedback": note} for id, (left, _r, note) in zip(item_ids, items, strict=True)}
    draft.parts |= {id: {"text": right} for right, id in named.items()}
    draft.take_feedback(item_ids)
    return draft


def travelling(draft: Draft) -> list[Pair]:
    """Return item, target and feedback of each pair, then the targets of no item; what only we need goes along."""
    items, targets = draft.body["items"], draft.body["targets"]
    pairs = [(draft.part(item["id"]), draft.part(item["target"]), draft.part(item["id"], "feedback")) for item in items]
    used = list(dict.fromkeys(item["target"] for item in items))
    used += [target for target in targets if target not in used]
    spare = [("", draft.part(target), "") for target in used[len({item["target"] for item in items}) :]]
    item_ids = [item["id"] for item in items]
    if (item_ids, used) != ([str(number) for number in range(1, len(items) + 1)], _letters(len(used))):
        draft.keep("ids", {"items": item_ids, "targets": used})
    if used != targets:
        draft.keep("order", list(targets))
    repeated = len({item["target"] for item in items}) < len(items)
    if draft.type != ("categorising" if repeated else "matching"):
        draft.extra["type"] = draft.type
    return [*pairs, *spare]


def _ids(held: object, usual: list[str]) -> list[str]:
    fits = isinstance(held, list) and len(held) == len(usual) and all(PART.fullmatch(str(id)) for id in held)
    return list(held) if fits and isinstance(held, list) else usual


def _letters(number: int) -> list[str]:
    names = Draft("", "", {}).ids()
    return [next(names) for _place in range(number)]
