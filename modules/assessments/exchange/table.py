"""Questions as a table (CSV): one question to a row, the columns of ``COLUMNS`` in any order. Pure.

``answer 1``, ``feedback 1``, ``weight 1`` and so on are as many as are needed. UTF-8, UTF-16 and
Windows-1252; commas, semicolons, tabs or bars between the cells: what the file uses is found out.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from core.spreadsheets import plain_cell, safe_cell

from .draft import Draft
from .encoding import lines
from .gift import category_path
from .markup import to_html
from .pictures import taken_in, without_pictures
from .problems import CannotCarry, Fault, Unreadable
from .shares import fraction_of

COLUMNS = ("key", "name", "category", "tags", "type", "question", "feedback", "right", "options", "campus")
NUMBERED = re.compile(r"(answer|feedback|weight)\s*_?(\d{1,3})")
DELIMITERS = ",;\t|"


@dataclass
class Cell:
    """One answer of a row."""

    text: str = ""
    feedback: str = ""
    weight: str = ""


@dataclass
class Row:
    """One question of a table. ``options`` is what the type adds: ``case=yes; unit=kg``."""

    type: str
    text: str
    answers: list[Cell] = field(default_factory=list)
    right: str = ""
    feedback: str = ""
    options: dict[str, str] = field(default_factory=dict)
    key: str = ""
    name: str = ""
    category: str = ""
    tags: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    line: int = 0
    language: str = "en"

    def draft(self, type: str, body: dict[str, Any] | None = None) -> Draft:
        """Return what the row says of every question, with a type and its body."""
        draft = Draft(type, "", body or {}, name=self.name, idnumber=self.key, tags=list(self.tags), line=self.line)
        draft.extra = dict(self.extra)
        draft.category, draft.language = category_path(self.category), self.language
        draft.text = taken_in(to_html(self.text, _format(self.text)), {}, draft)
        draft.feedback = taken_in(to_html(self.feedback, _format(self.feedback)), {}, draft)
        return draft

    def yes(self, option: str, default: bool = False) -> bool:
        """Return what an option that is yes or no says."""
        return self.options.get(option, "yes" if default else "no").lower() in ("yes", "true", "1")


def _format(text: str) -> str:
    """A cell that begins with a tag is HTML; in any other line ends count."""
    return "html" if text.lstrip().startswith("<") else "moodle"


def row_of(draft: Draft, answers: list[Cell], *, right: str = "", **options: str) -> Row:
    """Return a question as a row; the type says its answers and options."""
    if len(answers) > WIDEST:
        raise CannotCarry(_("The table has room for %(number)d answers.") % {"number": WIDEST})
    if "<img" in draft.text + draft.feedback:
        draft.lose(_("the pictures"))
    return Row(
        type=draft.type,
        text=without_pictures(draft.text),
        answers=answers,
        right=right,
        feedback=without_pictures(draft.feedback),
        options={name: value for name, value in options.items() if value},
        key=draft.idnumber,
        name=draft.name,
        category="/".join(name.replace("/", "//") for name in draft.category),
        tags=draft.tags,
        extra=draft.extra,
    )


def read(file: BinaryIO, mended: list[int] | None = None) -> Iterator[Row | Fault]:
    """Yield the rows of a table; a ``Fault`` for each that is no question. Raises ``Unreadable`` without a header.

    ``mended``: see ``encoding.lines``.
    """
    held = _Lines(lines(file, mended))
    header, delimiter = _header(held)
    reader = csv.reader(held, delimiter=delimiter, strict=True)
    for name in _unknown(header):
        why = _("The column “%(name)s” is not known and was not read.") % {"name": name}
        yield Fault(held.number, why, is_remark=True)
    while True:
        line = held.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(line, _("This row cannot be read (%(why)s).") % {"why": error})
            continue
        if any(cell.strip() for cell in cells):
            yield _row(header, cells, line)


class _Lines:
    """Lines with their ends, counted."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source, self.number = source, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.source)
        self.number += 1
        return f"{line}\n"


def _header(held: _Lines) -> tuple[list[str], str]:
    """The names of the columns, and what stands between cells: what makes most known names of the first line."""
    for line in held:
        if not line.strip():
            continue
        if found := re.fullmatch(r"sep=(.)", line.strip()):  # a hint that Excel writes
            return _names(next(held, ""), found[1]), found[1]
        best = max(DELIMITERS, key=lambda sign: len(set(_names(line, sign)) & set(COLUMNS)))
        names = _names(line, best)
        if missing := [name for name in ("type", "question") if name not in names]:
            raise Unreadable(
                _("The first row names the columns; these are missing: %(names)s.") % {"names": ", ".join(missing)}
            )
        return names, best
    raise Unreadable(_("The file is empty."))


def _names(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [" ".join(cell.strip().lower().replace("_", " ").split()) for cell in cells]


def _unknown(header: list[str]) -> list[str]:
    return [name for name in header if name and name not in COLUMNS and not NUMBERED.fullmatch(name)]


def _row(header: list[str], cells: list[str], line: int) -> Row | Fault:
    if any(cell.strip() for cell in cells[len(header) :]):
        return Fault(line, _("The row has more cells than there are columns."))
    held = {name: plain_cell(cell.strip()) for name, cell in zip(header, cells, strict=False) if name}
    answers: dict[int, Cell] = {}
    for name, text in held.items():
        if (found := NUMBERED.fullmatch(name)) and text:
            cell = answers.setdefault(int(found[2]), Cell())
            setattr(cell, {"answer": "text"}.get(found[1], found[1]), text)
    row = Row(
        type=held["type"].lower() if held.get("type") else "",
        text=held.get("question", ""),
        answers=[answers[number] for number in sorted(answers)],
        right=held.get("right", ""),
        feedback=held.get("feedback", ""),
        options=options_of(held.get("options", "")),
        extra=_extra(held.get("campus", "")),
        key=held.get("key", ""),
        name=held.get("name", ""),
        category=held.get("category", ""),
        tags=[tag.strip() for tag in re.split("[,;]", held.get("tags", "")) if tag.strip()],
        line=line,
    )
    for missing in ("type", "question"):
        if not held.get(missing):
            return Fault(line, _("The cell “%(name)s” is empty.") % {"name": missing}, row.name or row.key)
    if any(not cell.text for cell in row.answers):
        return Fault(line, _("A feedback or a weight has no answer."), row.name or row.key)
    return row


def _extra(text: str) -> dict[str, str]:
    """What travelled along in the column “campus”, which only we write."""
    try:
        held = json.loads(text)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in held.items()} if isinstance(held, dict) else {}


def options_of(text: str) -> dict[str, str]:
    """Return ``{"case": "yes"}`` for ``case=yes; …``."""
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _sign, value in pairs}


def written_options(options: dict[str, str]) -> str:
    """Return what ``options_of`` reads; it takes no semicolons."""
    return "; ".join(f"{name}={value}" for name, value in options.items())


def share_in(text: str) -> Fraction:
    """Return a share written as 0.5, 50% or 1/2. Raises ``CannotCarry``."""
    text = text.strip().replace(",", ".")
    try:
        return fraction_of(Decimal(text[:-1])) if text.endswith("%") else Fraction(text)
    except (ValueError, ArithmeticError):
        raise CannotCarry(_("“%(text)s” is not a share. Write 0.5, 1/2 or 50%%.") % {"text": text}) from None


def write(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the text of a table, row by row. The number of answers of a row is at most ``WIDEST``."""
    out = io.StringIO()
    writer = csv.writer(out)
    header = list(COLUMNS)
    for number in range(1, WIDEST + 1):
        header += [f"answer {number}", f"feedback {number}", f"weight {number}"]
    writer.writerow(header)
    for row in rows:
        yield _taken(out)
        cells = [row.key, row.name, row.category, ", ".join(row.tags), row.type, row.text, row.feedback, row.right]
        cells.append(written_options(row.options))
        cells.append(json.dumps(row.extra, ensure_ascii=False) if row.extra else "")
        for answer in row.answers:
            cells += [answer.text, answer.feedback, answer.weight]
        writer.writerow([safe_cell(cell) for cell in cells])
    yield _taken(out)


WIDEST = 12
"""How many answers a written table has room for; a row with more is not carried."""


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
