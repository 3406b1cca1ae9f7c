"""GIFT, Moodle's text format of questions: read with line numbers, and written. Pure: text in, records out.

An empty line ends a question. ``::name::`` and ``[format]`` go before the text, ``{answers}`` anywhere in
it; a line that begins with ``//`` is a comment, in which Moodle keeps ``[id:…]`` and ``[tag:…]``. The
characters ``~ = # { } :`` and the backslash are written with a backslash before them, a line end as
``\\n``. What the answers look like tells the kind of question, by Moodle's own rules:

=====================  ======================================================
``description``        no braces
``essay``              ``{}``
``numerical``          begins with ``#``: ``{#3:0.5}``, ``{#1..5}``, ``{#=3:0 =%50%3:1}``
``multichoice``        has a ``~``
``matching``           every ``=`` has a ``->``
``truefalse``          ``{T}``, ``{FALSE#when wrong#when right}``
``shortanswer``        the rest
=====================  ======================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from .draft import Draft
from .markup import NONCHARACTERS, from_words, to_html, unsaid, words
from .pictures import taken_in, without_pictures
from .problems import Fault

SPECIAL = "\\~=#{}:\n"
# Characters that no text may hold stand for escaped ones while a question is taken apart.
HIDDEN = {sign: chr(0xFDD0 + place) for place, sign in enumerate(SPECIAL)}
SHOWN = str.maketrans({mark: sign for sign, mark in HIDDEN.items()})
# A line end, unless it begins a command of TeX that somebody forgot to escape.
ESCAPE = re.compile(r"\\([\\~=#{}:])|\\(n)(?!(?:e|eq|u|abla|otin|mid|exists)\b)")
CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)", re.IGNORECASE)
NAME = re.compile(r"\s*::(.*?)::", re.DOTALL)
FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
WEIGHT = re.compile(r"\s*%(-?\d+(?:[.,]\d+)?)%")
NOTE = re.compile(r"\[(id|tag|campus):((?:[^\]\\]|\\.)*)\]")
TRUE, FALSE = {"T", "TRUE"}, {"F", "FALSE"}
WHOLE = Decimal(100)
GAP = "_____"


@dataclass(frozen=True)
class Text:
    """Text in one of Moodle's formats."""

    raw: str = ""
    format: str = "moodle"

    @property
    def html(self) -> str:
        return to_html(self.raw, self.format)


@dataclass(frozen=True)
class Answer:
    """One answer: ``weight`` is its share in per cent. ``pair`` is what a part of a matching question goes with.

    Numbers: ``number`` and ``tolerance``; both ``None`` for whatever else is typed (``*``).
    """

    text: Text
    weight: Decimal
    feedback: Text = Text()
    pair: str = ""
    number: Decimal | None = None
    tolerance: Decimal | None = None
    line: int = 0


@dataclass
class Record:
    """One question as GIFT tells it. ``single``: one answer of a multiple-choice question may be chosen."""

    kind: str
    text: Text
    answers: list[Answer] = field(default_factory=list)
    name: str = ""
    after: str = ""
    single: bool = False
    feedback: Text = Text()
    category: tuple[str, ...] = ()
    idnumber: str = ""
    tags: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    line: int = 0
    language: str = "en"
    lost: list[str] = field(default_factory=list)

    def words(self, text: Text) -> str:
        """Return the text of an answer or its feedback as plain words; what they cannot carry is noted as lost."""
        html = text.html
        if (what := unsaid(html)) and what not in self.lost:
            self.lost.append(what)
        return words(html)

    def draft(self, type: str, body: dict[str, Any] | None = None) -> Draft:
        """Return what the record says of every question, with a type and its body."""
        draft = Draft(type, "", body or {}, name=self.name, idnumber=self.idnumber, category=self.category)
        draft.tags, draft.extra, draft.line = list(self.tags), dict(self.extra), self.line
        draft.language, draft.lost = self.language, self.lost
        draft.text = taken_in(self.html, {}, draft)
        draft.feedback = taken_in(self.feedback.html, {}, draft)
        return draft

    @property
    def html(self) -> str:
        """The question; a missing word is a line between the words before and after it."""
        if not self.after:
            return self.text.html
        return to_html(f"{self.text.raw} {GAP} {self.after}", self.text.format)


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


def category_path(path: str) -> tuple[str, ...]:
    """Return the names of a category and those above it: ``$course$/top/Laws/A//B`` is ``("Laws", "A/B")``."""
    parts = [part.replace("\0", "/").strip() for part in path.strip().replace("//", "\0").split("/")]
    if parts and re.fullmatch(r"\$[a-z0-9]+\$", parts[0]):
        parts.pop(0)
    if parts and parts[0] == "top":
        parts.pop(0)
    return tuple(part for part in parts if part)


def written_path(category: Iterable[str]) -> str:
    """Return a category's path as Moodle writes it."""
    return f"$course$/top/{written_names(category)}".rstrip("/")


def written_names(names: Iterable[str]) -> str:
    """Return a path of categories as people write it: ``Laws/Access``; a slash within a name is doubled."""
    return "/".join(name.strip("/ ").replace("/", "//") or "-" for name in names)


def _hide(line: str) -> str:
    return ESCAPE.sub(lambda found: HIDDEN["\n" if found[2] else found[1]], line)


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


def decimal_of(text: str) -> Decimal:
    """Return a number as people write it, with a point or one comma. Raises ``ValueError``."""
    text = text.strip().replace("\u2212", "-").replace("\u00a0", "")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite() or abs(number.adjusted()) > 40:
        raise ValueError(text)
    return number


# --- Writing ------------------------------------------------------------------------------------


def record_of(draft: Draft, kind: str, answers: list[Answer], *, single: bool = False) -> Record:
    """Return the record of a question; the type says its kind and answers."""
    if "<img" in draft.text + draft.feedback:
        draft.lose(_("the pictures"))
    return Record(
        kind,
        Text(without_pictures(draft.text), "html"),
        answers,
        name=draft.name,
        single=single,
        feedback=Text(without_pictures(draft.feedback), "html"),
        category=draft.category,
        idnumber=draft.idnumber,
        tags=draft.tags,
        extra=draft.extra,
    )


def words_of(text: str) -> Text:
    """Return plain words as a text that needs no format of its own within a question in HTML."""
    return Text(from_words(text), "html") if text else Text()


def write(records: Iterable[Record]) -> Iterator[str]:
    """Yield the text of a GIFT file, question by question."""
    category: tuple[str, ...] | None = None
    for record in records:
        if record.category != (category or ()):
            category = record.category
            yield f"$CATEGORY: {written_path(category)}\n\n"
        yield _written(record)


def escaped(text: str) -> str:
    """Return text with GIFT's own characters escaped; line ends are written ``\\n``."""
    text = NONCHARACTERS.sub("\ufffd", text.strip().replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[\\~=#{}:\n]", lambda sign: "\\n" if sign[0] == "\n" else f"\\{sign[0]}", text)


def _formatted(text: Text, default: str = "") -> str:
    if not text.raw:
        return ""
    # A text that begins like a format needs one before it.
    needed = text.format != default or FORMAT.match(text.raw)
    return (f"[{text.format}]" if needed else "") + escaped(text.raw)


def _note(text: str) -> str:
    return re.sub(r"([\]\\])", r"\\\1", " ".join(text.split()))


def _written(record: Record) -> str:
    notes = [f"[id:{_note(record.idnumber)}]"] if record.idnumber else []
    notes += [f"[tag:{_note(tag)}]" for tag in record.tags]
    notes += [f"[campus:{_note(name)}={_note(value)}]" for name, value in record.extra.items()]
    lines = [f"// {' '.join(notes)}\n"] if notes else []
    if record.name:
        lines.append(f"::{escaped(' '.join(record.name.split()))}::")
    format = record.text.format
    lines.append(_formatted(record.text))
    if record.kind != "description":
        lines.append("{" + _body(record, format))
        if record.feedback.raw:
            lines.append("\n\t####" + _formatted(record.feedback, format))
        lines.append("\n}" if record.answers and record.kind != "truefalse" else "}")
        if record.after:
            lines.append(" " + escaped(record.after))
    return "".join(lines) + "\n\n"


def _body(record: Record, format: str) -> str:
    if record.kind == "essay":
        return ""
    if record.kind == "truefalse":
        true, false = record.answers
        is_true = true.weight > 0
        right, wrong = (true, false) if is_true else (false, true)
        notes = f"#{_formatted(wrong.feedback, format)}#{_formatted(right.feedback, format)}"
        return ("TRUE" if is_true else "FALSE") + (notes if right.feedback.raw or wrong.feedback.raw else "")
    lines = ["#" if record.kind == "numerical" else ""]
    for answer in record.answers:
        lines.append("\n\t" + _answer_line(record.kind, answer, format, record.single))
    return "".join(lines)


def _answer_line(kind: str, answer: Answer, format: str, single: bool) -> str:
    note = f"#{_formatted(answer.feedback, format)}" if answer.feedback.raw else ""
    if kind == "matching":
        return f"={_formatted(answer.text, format)} -> {escaped(answer.pair)}"
    text = escaped(answer.text.raw) if kind == "shortanswer" else _formatted(answer.text, format)
    if kind == "numerical":
        text = "*"
        if answer.number is not None:
            text = f"{_plain_number(answer.number)}:{_plain_number(answer.tolerance or Decimal(0))}"
    sign = "~" if kind == "multichoice" and not (single and answer.weight == WHOLE) else "="
    usual = WHOLE if sign == "=" else Decimal(0)
    # A text that begins like a weight needs one before it.
    weight = f"%{_plain_number(answer.weight)}%" if answer.weight != usual or WEIGHT.match(text) else ""
    return f"{sign}{weight}{text}{note}"


def _plain_number(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
