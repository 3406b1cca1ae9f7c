"""Writing GIFT: records in, text out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from ..draft import Draft
from ..markup import NONCHARACTERS, from_words
from ..pictures import without_pictures
from .records import COMMAND, FORMAT, WEIGHT, WHOLE, Answer, Record, Text, written_path


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
    """Return text with GIFT's own characters escaped; line ends are written ``\\n``, or as they are where that would
    look like a command of TeX.
    """
    text = NONCHARACTERS.sub("\ufffd", text.strip().replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(rf"[\\~=#{{}}:]|\n(?!{COMMAND})", lambda sign: "\\n" if sign[0] == "\n" else f"\\{sign[0]}", text)


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
