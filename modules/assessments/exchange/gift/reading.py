"""Reading GIFT: lines in, records with their lines out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from ..markup import NONCHARACTERS
from ..problems import Fault
from .records import COMMAND, FORMAT, WEIGHT, Answer, Record, Text, category_path, decimal_of

SPECIAL = "\\~=#{}:\n"
# Characters that no text may hold stand for escaped ones while a question is taken apart.
HIDDEN = {sign: chr(0xFDD0 + place) for place, sign in enumerate(SPECIAL)}
SHOWN = str.maketrans({mark: sign for sign, mark in HIDDEN.items()})
ESCAPE = re.compile(r"\\([\\~=#{}:])|\\(n)")
# Within a formula whose backslashes somebody forgot to escape, a command of TeX is no line end.
IN_FORMULA = re.compile(ESCAPE.pattern + rf"(?!{COMMAND})")
FORMULA = re.compile(
    r"\$\$(?:\\.|[^\\{}#~$])+\$\$|(?<!\\)\\\((?:\\[^()]|[^\\{}#~])+\\\)|(?<!\\)\\\[(?:\\[^\[\]]|[^\\{}#~])+\\\]"
)
CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)", re.IGNORECASE)
NAME = re.compile(r"\s*::(.*?)::", re.DOTALL)
NOTE = re.compile(r"\[(id|tag|campus):((?:[^\]\\]|\\.)*)\]")
TRUE, FALSE = {"T", "TRUE"}, {"F", "FALSE"}


class _Broken(Exception):
    """What is wrong with a question, and where."""

    def __init__(self, why: str, place: int) -> None:
        super().__init__(why)
        self.place = place


@dataclass
class _Block:
    """The lines of one question, escaped characters hidden."""

    lines: list[tuple[int, str]]

    def __post_init__(self) -> None:
        self.text = "\n".join(line for _number, line in self.lines)

    def line(self, place: int) -> int:
        return self.lines[self.text.count("\n", 0, max(place, 0))][0]


def read(lines: Iterable[str]) -> Iterator[Record | Fault]:
    """Yield the questions of a file, line by line read; a ``Fault`` for each that cannot be understood."""
    category: tuple[str, ...] = ()
    held: list[tuple[int, str]] = []
    notes: list[str] = []
    for number, line in enumerate(lines, start=1):
        line = NONCHARACTERS.sub("\ufffd", line)
        if line.lstrip().startswith("//"):
            notes.append(line)
        elif found := CATEGORY.match(line):
            yield from _question(held, category, notes)
            category, held, notes = category_path(found[1]), [], []
        elif line.strip():
            held.append((number, _hide(line)))
        elif held:
            yield from _question(held, category, notes)
            held, notes = [], []
        # an empty line after comments alone leaves them to the next question
    yield from _question(held, category, notes)


def _hide(line: str) -> str:
    hidden, end = [], 0
    for formula in FORMULA.finditer(line):
        hidden += [_hidden(ESCAPE, line[end : formula.start()]), _hidden(IN_FORMULA, formula[0])]
        end = formula.end()
    return "".join([*hidden, _hidden(ESCAPE, line[end:])])


def _hidden(escapes: re.Pattern[str], text: str) -> str:
    return escapes.sub(lambda found: HIDDEN["\n" if found[2] else found[1]], text)


def _show(text: str) -> str:
    return text.translate(SHOWN)


def _question(lines: list[tuple[int, str]], category: tuple[str, ...], notes: list[str]) -> Iterator[Record | Fault]:
    if not lines:
        return
    block = _Block(lines)
    name = ""
    try:
        start = 0
        if found := NAME.match(block.text):
            name, start = " ".join(_show(found[1]).split()), found.end()
        record = _parsed(block, start)
    except _Broken as broken:
        yield Fault(line=block.line(broken.place), why=str(broken), name=name)
        return
    record.name, record.category, record.line = name, category, lines[0][0]
    for kind, value in NOTE.findall("\n".join(notes)):
        value = re.sub(r"\\(.)", r"\1", value).strip()
        if kind == "id":
            record.idnumber = value
        elif kind == "campus":
            setting, _sign, said = value.partition("=")
            record.extra[setting] = said
        elif value:
            record.tags.append(value)
    yield record


def _parsed(block: _Block, start: int) -> Record:
    text = block.text
    opening, closing = text.find("{", start), text.find("}", start)
    if opening < 0 and closing < 0:
        return Record("description", _text(text[start:], "moodle"))
    if opening < 0 or 0 <= closing < opening:
        raise _Broken(_("A “}” has no “{” before it. Write \\} for a brace in the text."), closing)
    if closing < 0:
        raise _Broken(_("The answers begin with “{” but no “}” ends them before the empty line."), opening)
    for sign in "{}":
        if (again := text.find(sign, opening + 1 if sign == "{" else closing + 1)) >= 0:
            raise _Broken(
                _("There is a second “%(sign)s”: a question of GIFT has its answers in one place.") % {"sign": sign},
                again,
            )
    asked = _text(text[start:opening], "moodle")
    after = _show(text[closing + 1 :]).strip()
    inner, inside = text[opening + 1 : closing], opening + 1
    general = Text(format=asked.format)
    if (mark := inner.rfind("####")) >= 0:
        general, inner = _text(inner[mark + 4 :], asked.format), inner[:mark]
    kind, answers = _answers(block, inner, inside, asked.format)
    single = kind == "multichoice" and "=" in inner
    if not (asked.raw or after):
        raise _Broken(_("The question has no text."), start)
    return Record(kind, asked, answers, after=after, single=single, feedback=general)


def _text(hidden: str, default: str) -> Text:
    format = default
    if found := FORMAT.match(hidden):
        format, hidden = found[1].lower(), hidden[found.end() :]
    return Text(_show(hidden).strip(), format)


def _answers(block: _Block, inner: str, start: int, format: str) -> tuple[str, list[Answer]]:
    lead = len(inner) - len(inner.lstrip())
    if not inner.strip():
        return "essay", []
    if inner.lstrip().startswith("#"):
        return "numerical", _numbers(block, inner[lead + 1 :], start + lead + 1, format)
    parts = _parts(inner, start)
    if parts and "~" in {sign for sign, *_rest in parts}:
        return "multichoice", [_answer(block, *part, format) for part in parts]
    if not parts:
        head, *notes = inner.split("#")
        if head.strip().upper() in TRUE | FALSE:
            return "truefalse", _true_false(block, head, notes, start, format)
        parts = [("=", inner, start)]
    arrows = ["->" in part for _sign, part, _place in parts]
    if all(arrows):
        return "matching", [_pair(block, part, place, format) for _sign, part, place in parts]
    if any(arrows):
        raise _Broken(_("Some answers have a “->” and some have none."), parts[arrows.index(False)][2])
    return "shortanswer", [_answer(block, *part, "plain", format) for part in parts]


def _parts(inner: str, start: int) -> list[tuple[str, str, int]]:
    """The answers that begin with ``=`` or ``~``: sign, what follows, where. What stands before them is an error."""
    places = [found.start() for found in re.finditer("[=~]", inner)]
    if places and inner[: places[0]].strip():
        raise _Broken(_("Something stands before the first answer."), start)
    ends = [*places[1:], len(inner)][: len(places)]
    return [(inner[place], inner[place + 1 : end], start + place) for place, end in zip(places, ends, strict=True)]


def _weighed(block: _Block, sign: str, part: str, place: int) -> tuple[Decimal, str]:
    if found := WEIGHT.match(part):
        weight = Decimal(found[1].replace(",", "."))
        if abs(weight) > 100:
            raise _Broken(_("A weight is between -100 and 100 per cent."), place)
        return weight, part[found.end() :]
    return Decimal(100 if sign == "=" else 0), part


def _answer(block: _Block, sign: str, part: str, place: int, format: str, notes: str = "") -> Answer:
    weight, rest = _weighed(block, sign, part, place)
    text, _mark, note = rest.partition("#")
    if not text.strip():
        raise _Broken(_("An answer has no text."), place)
    answer = Text(_show(text).strip(), format) if notes else _text(text, format)
    return Answer(answer, weight, _text(note, notes or format), line=block.line(place))


def _pair(block: _Block, part: str, place: int, format: str) -> Answer:
    left, _arrow, right = part.partition("->")
    if not right.strip():
        raise _Broken(_("Nothing stands after “->”."), place)
    return Answer(_text(left, format), Decimal(100), pair=_show(right).strip(), line=block.line(place))


def _true_false(block: _Block, head: str, notes: list[str], start: int, format: str) -> list[Answer]:
    """The two answers; the first note is for who answered wrongly, the second for who answered rightly."""
    if len(notes) > 2:
        raise _Broken(_("A true-or-false question has two feedbacks at most."), start)
    wrong, right = (_text(note, format) for note in [*notes, "", ""][:2])
    is_true, line = head.strip().upper() in TRUE, block.line(start)
    return [
        Answer(Text("true", "plain"), Decimal(100 * is_true), right if is_true else wrong, line=line),
        Answer(Text("false", "plain"), Decimal(100 * (not is_true)), wrong if is_true else right, line=line),
    ]


def _numbers(block: _Block, inner: str, start: int, format: str) -> list[Answer]:
    parts = _parts(inner, start) or [("=", inner, start)]
    answers = []
    for sign, part, place in parts:
        weight, rest = _weighed(block, sign, part, place)
        text, _mark, note = rest.partition("#")
        number, tolerance = (None, None)
        if text.strip() not in ("", "*"):
            number, tolerance = _number(text.strip(), place)
        answers.append(
            Answer(
                Text(_show(text).strip(), "plain"),
                weight,
                _text(note, format),
                number=number,
                tolerance=tolerance,
                line=block.line(place),
            )
        )
    if not any(answer.number is not None and answer.weight > 0 for answer in answers):
        raise _Broken(_("A numerical question needs a number as its answer."), start)
    return answers


def _number(text: str, place: int) -> tuple[Decimal, Decimal]:
    try:
        if ".." in text:
            low, high = (decimal_of(part) for part in text.split("..", 1))
            return (low + high) / 2, abs(high - low) / 2
        number, _mark, tolerance = text.partition(":")
        return decimal_of(number), abs(decimal_of(tolerance or "0"))
    except ValueError:
        raise _Broken(_("“%(text)s” is not a number.") % {"text": _show(text)}, place) from None
