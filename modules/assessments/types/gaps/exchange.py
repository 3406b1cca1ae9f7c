"""Gaps in other systems' formats: Moodle's cloze, its “select missing words” and “drag into text”, QTI's text entries
and inline choices, and a missing word of a table.

In cloze a gap is ``{1:SHORTANSWER:=accepted#feedback~%50%half}`` in the text, with its weight first. Ours are
written so, and read back; what only we have travels along.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ...exchange import moodle_xml, table
from ...exchange.contract import Exchange
from ...exchange.draft import Draft
from ...exchange.markup import NONCHARACTERS, from_words, unsaid, words
from ...exchange.problems import CannotCarry

if TYPE_CHECKING:
    from ...exchange import qti

TYPED, TYPED_CASE = ("SHORTANSWER", "SA", "MW"), ("SHORTANSWER_C", "SAC", "MWC")
CHOSEN = {
    f"{name}{how}{mixed}"
    for name, hows in (("MULTICHOICE", ("", "_V", "_H")), ("MC", ("", "V", "H")))
    for how in hows
    for mixed in ("", "S", "_S")
} | {"MULTICHOICE_VS", "MULTICHOICE_HS", "MCVS", "MCHS", "MCS"}
NUMERICAL = ("NUMERICAL", "NM")
CLOZE = re.compile(r"\{(\d{0,4}):([A-Z_]{1,20}):((?:\\.|[^\\}]){0,5000})\}", re.DOTALL)
SLOT = re.compile(r"\[\[(\d+)\]\]")
KEPT = re.compile(r"\[\[([^\[\]]+)\]\]")
SHARE = re.compile(r"%(-?\d+(?:\.\d+)?)%")
# Between signs that part answers and feedback, what a backslash makes plain does not count.
PARTS = re.compile(r"(?:\\.|[^\\~]|\\$)+", re.DOTALL)
NOTED = re.compile(r"((?:\\.|[^\\#])*)#(.*)", re.DOTALL)
ESCAPED = re.compile(r"\\([\\#}~/\"=*])")
# Moodle itself takes a backslash away from # and } alone: any other sign of its own is written as an entity, which it
# decodes last. While a text is taken apart, characters that no text may hold stand for them, and for a brace written as
# an entity, with which no gap begins.
SIGNS = "{\\#}~=%"
BRACE = re.compile(r"&(?:#0*123|#[xX]0*7[bB]|lbrace|lcub);")
ENTITY = re.compile(r"&(?:amp;)?#(\d{2,3});")
HIDDEN = {ord(sign): chr(0xFDD8 + place) for place, sign in enumerate(SIGNS)}
SHOWN = {ord(mark): chr(sign) for sign, mark in HIDDEN.items()}

Answer = tuple[str, float, str]


class GapsExchange(Exchange):
    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind == "cloze":
            asked = record.element.find("questiontext")
            if asked is not None and (text := asked.find("text")) is not None:
                raw = NONCHARACTERS.sub("\ufffd", text.text or "")
                raw = CLOZE.sub(lambda gap: ENTITY.sub(_hidden, gap[0]), raw)
                text.text = BRACE.sub(HIDDEN[ord("{")], raw)
                record.draft.text = record.html(asked)
            return from_cloze(record.draft)
        if record.kind in ("gapselect", "ddwtos"):
            return from_choices(record)
        return None

    def from_qti(self, record: qti.Record) -> Draft | None:
        kinds = {node.tag for node in record.interactions}
        if not kinds or kinds - {"textEntryInteraction", "inlineChoiceInteraction"}:
            return None
        if kinds == {"textEntryInteraction"} and len(record.interactions) == 1:
            return None  # a short answer or a number
        return from_interactions(record)

    def from_row(self, row: table.Row) -> Draft | None:
        if row.type != "gaps":
            return None
        draft = row.draft("gaps")
        gaps = _Gaps(draft)
        for number, cell in enumerate(row.answers, start=1):
            answers = [part.strip() for part in cell.text.split("|") if part.strip()]
            right = [answer for answer in answers if answer.startswith("=")]
            if right:
                gaps.choose(str(number), [(each.lstrip("= "), float(each in right), "") for each in answers])
            else:
                gaps.type(str(number), answers, cell.feedback)
        for name in ("case", "diacritics"):
            if row.yes(name):
                draft.body[name] = True
        return draft

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        gaps = {gap["id"]: gap for gap in draft.body["gaps"]}
        usual = KEPT.findall(draft.text)
        if list(gaps) != [str(number) for number in range(1, len(gaps) + 1)] or usual != list(gaps):
            draft.keep("gaps", {"order": list(gaps), "text": usual})
        _keep_choices(draft, usual)
        if not draft.body.get("diacritics"):
            draft.extra["diacritics"] = "no"
            draft.lose(_("that accents do not matter"))
        case = bool(draft.body.get("case"))
        sent = Draft(draft.type, "", {}, idnumber=draft.idnumber, name=draft.name, category=draft.category)
        sent.tags, sent.feedback, sent.extra = draft.tags, draft.feedback, draft.extra
        sent.text = KEPT.sub(lambda found: _cloze(draft, gaps[found[1]], case), _unhurt(draft.text))
        return moodle_xml.Written("cloze", sent, load)

    def to_row(self, draft: Draft) -> table.Row:
        cells = []
        gaps = {gap["id"]: gap for gap in draft.body["gaps"]}
        if list(gaps) != [str(number) for number in range(1, len(gaps) + 1)]:
            raise CannotCarry(_("The table numbers gaps from 1."))
        _keep_choices(draft, list(gaps))
        for id, gap in gaps.items():
            if any("|" in part.get("text", "") for name, part in draft.parts.items() if name.split(".")[0] == id):
                raise CannotCarry(_("A gap holds “|”, which parts what is accepted in the table."))
            if "choices" in gap:
                texts = [("=" if name == gap["right"] else "") + draft.part(f"{id}.{name}") for name in gap["choices"]]
                if any(draft.part(f"{id}.{name}", "feedback") for name in gap["choices"]):
                    draft.lose(_("the feedback to each choice"))
                cells.append(table.Cell(" | ".join(texts)))
            else:
                cells.append(table.Cell(" | ".join(_lines(draft.part(id))), draft.part(id, "feedback")))
            if gap.get("weight", 1) != 1:
                draft.lose(_("the weights of the gaps"))
        policy = {name: "yes" for name in ("case", "diacritics") if draft.body.get(name)}
        return table.row_of(draft, cells, **policy)


class _Gaps:
    """Collects the gaps of a question."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        draft.type, draft.body = "gaps", {"gaps": []}
        self.held = draft.kept("choices", [])

    def type(self, id: str, accepted: list[str], note: str = "", weight: int = 1) -> None:
        """A gap to type into."""
        self._add({"id": id}, weight)
        self.draft.parts[id] = {"text": "\n".join(accepted), "feedback": note}

    def choose(self, id: str, answers: list[Answer], weight: int = 1) -> None:
        """A gap with choices: text, share and feedback; the best is the right one."""
        if not answers:
            raise CannotCarry(_("A gap has nothing to choose."))
        place, names = len(self.draft.body["gaps"]), _letters(len(answers))
        held = self.held[place] if place < len(self.held) else []
        if isinstance(held, list) and len(held) == len(names) and all(re.fullmatch(r"\w{1,20}", str(n)) for n in held):
            names = [str(name) for name in held]
        if not all(text for text, _share, _note in answers):
            raise CannotCarry(_("A choice of gap %(id)s has no words.") % {"id": id})
        best = max(range(len(answers)), key=lambda each: answers[each][1])
        if answers[best][1] <= 0:
            raise CannotCarry(_("Its gap %(id)s has no right choice.") % {"id": id})
        if any(share > 0 for each, (_text, share, _note) in enumerate(answers) if each != best):
            self.draft.lose(_("the points for a choice that is half right"))
        self._add({"id": id, "choices": names, "right": names[best]}, weight)
        for name, (text, _share, note) in zip(names, answers, strict=True):
            self.draft.parts[f"{id}.{name}"] = {"text": text, "feedback": note}

    def _add(self, gap: dict[str, Any], weight: int) -> None:
        if weight > 1:
            gap["weight"] = weight
        self.draft.body["gaps"].append(gap)


def from_cloze(draft: Draft) -> Draft:
    """Read the gaps out of a cloze question's text."""
    diacritics = draft.extra.pop("diacritics", "yes") == "yes"
    order = draft.kept("gaps", {"order": [], "text": []})
    found = list(CLOZE.finditer(draft.text))
    if not found:
        raise CannotCarry(_("There is no gap in its text."))
    ids = _ids(len(found), order.get("text", []))
    gaps, cases = _Gaps(draft), set()
    for id, gap in zip(ids, found, strict=True):
        kind, weight = gap[2], int(gap[1] or 1)
        answers = _answers(draft, gap[3])
        if kind in CHOSEN:
            gaps.choose(id, answers, weight)
        elif kind in (*TYPED, *TYPED_CASE, *NUMERICAL):
            cases.add(kind in TYPED_CASE)
            _typed(draft, gaps, id, answers, weight, kind)
        else:
            raise CannotCarry(_("Its gap %(id)s is of the type %(kind)s.") % {"id": id, "kind": kind})
    if True in cases:
        draft.body["case"] = True
        if False in cases:
            draft.lose(_("that capital letters matter in some gaps only: here in all"))
    if diacritics and cases:
        draft.body["diacritics"] = True
    texts = iter(ids)
    draft.text = CLOZE.sub(lambda gap: f"[[{next(texts)}]]", SLOT.sub(r"[\1]", draft.text))
    draft.text = draft.text.translate(SHOWN)
    draft.pictures = {mark: each for mark, each in draft.pictures.items() if mark in draft.text + draft.feedback}
    told = order.get("order", [])
    if sorted(map(str, told)) == sorted(ids):
        draft.body["gaps"].sort(key=lambda gap: told.index(gap["id"]))
    return draft


def _ids(number: int, told: list[Any]) -> list[str]:
    """The ids of so many gaps: those that our own export tells, where they fit; else 1, 2, 3 and so on."""
    ids = [str(id) for id in told]
    if len(ids) == number == len(set(ids)) and all(re.fullmatch(r"[\w.-]{1,20}", id) for id in ids):
        return ids
    return [str(place) for place in range(1, number + 1)]


def _typed(draft: Draft, gaps: _Gaps, id: str, answers: list[Answer], weight: int, kind: str) -> None:
    whole = [answer for answer in answers if answer[1] >= 100]
    if any(0 < share < 100 for _text, share, _note in answers):
        draft.lose(_("the points for an answer that is half right"))
    if any(note for _text, share, note in answers if share <= 0):
        draft.lose(_("the feedback to wrong answers in a gap"))
    accepted = [text for text, _share, _note in whole if text]
    if kind in NUMERICAL:
        values = [text.partition(":") for text in accepted]
        if any(tolerance.strip() not in ("", "0") for _value, _sign, tolerance in values):
            draft.lose(_("the tolerance of a number in a gap"))
        accepted = [value.strip() for value, _sign, _tolerance in values]
    notes = list(dict.fromkeys(note for _text, _share, note in whole if note))
    gaps.type(id, accepted, "\n".join(notes[:1]), weight)
    if len(notes) > 1:
        draft.lose(_("the feedback to each wording of a gap"))


def _answers(draft: Draft, text: str) -> list[Answer]:
    """The answers of a gap: text, share in per cent, feedback. What is not said of one is noted as lost."""
    found = []
    for part in PARTS.findall(text):
        if not part.strip():
            continue
        share = 0.0
        if part.startswith("="):
            share, part = 100.0, part[1:]
        elif told := SHARE.match(part):
            share, part = float(told[1]), part[told.end() :]
        answer, _sign, note = _split(part)
        for html in (answer, note):
            if what := unsaid(_unescaped(html)):
                draft.lose(what)
        found.append((_plain(answer), share, _plain(note)))
    return found


def _split(part: str) -> tuple[str, str, str]:
    found = NOTED.fullmatch(part)
    return (found[1], "#", found[2]) if found else (part, "", "")


def _plain(text: str) -> str:
    return words(_unescaped(text)).translate(SHOWN)


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda sign: escape(sign[1]), text)


def _hidden(entity: re.Match[str]) -> str:
    return HIDDEN.get(int(entity[1]), entity[0])


def _cloze(draft: Draft, gap: dict[str, Any], case: bool) -> str:
    """A gap as cloze writes it."""
    id = gap["id"]
    if "choices" in gap:
        kind = "MULTICHOICE_S"
        answers = [
            ("=" if name == gap["right"] else "")
            + _written(draft.part(f"{id}.{name}"), draft.part(f"{id}.{name}", "feedback"))
            for name in gap["choices"]
        ]
    else:
        kind = "SHORTANSWER_C" if case else "SHORTANSWER"
        note = draft.part(id, "feedback")
        answers = ["=" + _written(line, note).replace("*", "\\*") for line in _lines(draft.part(id))]
    return f"{{{gap.get('weight', 1)}:{kind}:{'~'.join(answers)}}}"


def _keep_choices(draft: Draft, order: list[str]) -> None:
    """Let the ids of choices travel along where they are not those that they would get."""
    names = {gap["id"]: gap["choices"] for gap in draft.body["gaps"] if "choices" in gap}
    if any(held != _letters(len(held)) for held in names.values()):
        draft.keep("choices", [names.get(id, []) for id in order])


def _written(text: str, note: str) -> str:
    return _escaped(text) + (f"#{_escaped(note)}" if note else "")


def _escaped(text: str) -> str:
    """Words as HTML in which nothing looks like a sign of cloze."""
    return re.sub(r"[\\#}~]|^[=%]", lambda sign: f"&#{ord(sign[0])};", from_words(text))


def _unhurt(html: str) -> str:
    """Text in which no brace looks like a gap."""
    return re.sub(r"\{(?=\d*:[A-Z_]+:)", "&#123;", html)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _letters(number: int) -> list[str]:
    names = Draft("", "", {}).ids()
    return [next(names) for _place in range(number)]


def from_choices(record: moodle_xml.Record) -> Draft:
    """Read “select missing words” and “drag into text”: the choices of a gap are those of its right one's group."""
    element, draft = record.element, record.draft
    options = element.findall("selectoption") or element.findall("dragbox")
    choices = [(moodle_xml.text_of(option), moodle_xml.value(option, "group", "1")) for option in options]
    slots = SLOT.findall(draft.text)
    gaps = _Gaps(draft)
    numbers = iter(range(1, len(slots) + 1))
    for id, slot in enumerate(slots, start=1):
        if not 0 < int(slot) <= len(choices):
            raise CannotCarry(_("Its gap %(id)s has no right choice.") % {"id": id})
        right, group = choices[int(slot) - 1]
        texts = [text for text, each in choices if each == group]
        gaps.choose(str(id), [(words(text), float(text == right), "") for text in texts])
    draft.text = SLOT.sub(lambda _slot: f"[[{next(numbers)}]]", draft.text)
    return draft


def from_interactions(record: qti.Record) -> Draft:
    """Read text entries and inline choices of QTI."""
    draft = record.draft
    gaps = _Gaps(draft)
    ids = {id(node): str(number) for number, node in enumerate(record.interactions, start=1)}
    draft.text = record.asked(lambda node: f"[[{ids[id(node)]}]]")
    for node in record.interactions:
        declared, number = record.declared(node), ids[id(node)]
        if node.tag == "inlineChoiceInteraction":
            earned = dict(declared.shares())
            answers = [
                (record.words(choice), float(earned.get(choice.get("identifier", ""), 0)), "")
                for choice in node.findall("inlineChoice")
            ]
            gaps.choose(number, answers)
        else:
            shares = declared.shares()
            if any(share < 1 for _text, share in shares):
                draft.lose(_("the points for an answer that is half right"))
            gaps.type(number, [unescape(text) for text, share in shares if share == 1])
            if declared.case_sensitive:
                draft.body["case"] = True
    return draft
