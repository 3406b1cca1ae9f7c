"""Reading a list of people from CSV or XLSX, row by row: memory does not grow with the rows.

No database. ``open_table`` looks at a file and says what it is; ``Table.rows`` yields its rows. A workbook is
read by openpyxl in its read-only mode; a text file's encoding and delimiter are found out, or given.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError

from .columns import is_heading

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_STRINGS = 80 * 1024 * 1024  # a workbook's table of texts is read as a whole
MAX_ROWS = 100_000
TITLE_ROWS = 10  # among which the headings are looked for
SHEET_ROWS = 2**20  # as many as a sheet of Excel has
MAX_COLUMNS = 60
MAX_CELL = 2_000
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 64 * 1024

ENCODINGS = {
    "utf-8": gettext_lazy("Unicode (UTF-8)"),
    "utf-16": gettext_lazy("Unicode (UTF-16)"),
    "cp1252": gettext_lazy("Western European"),
    "cp1251": gettext_lazy("Cyrillic"),
    "cp1256": gettext_lazy("Arabic"),
    "gb18030": gettext_lazy("Chinese"),
}


class UnreadableFile(DomainError):
    """The file cannot be read as a list of people."""


@dataclass
class Table:
    """A list in a file: its headings and how to read its rows."""

    kind: str
    headings: list[str] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""

    def rows(self, file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        """Yield ``(number, cells)`` of each row below the headings that is not empty.

        Numbers are those that a spreadsheet program shows. Raises ``UnreadableFile`` beyond ``MAX_ROWS``.
        """
        below = (row for row in self.whole(file) if row[0] > self.first)
        for filled, row in enumerate(below, start=1):
            if filled > MAX_ROWS:
                raise UnreadableFile(
                    _("The list has more than %(number)s rows. Please divide it.") % {"number": f"{MAX_ROWS:,}"}
                )
            yield row

    def whole(self, file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        """Yield every row that is not empty, with the headings and the titles above them."""
        source = _sheet_rows(file) if self.kind == "xlsx" else _text_rows(file, self.encoding, self.delimiter)
        return (row for row in source if any(row[1]))

    first: int = 1


def open_table(file: IO[bytes], name: str, *, encoding: str = "") -> Table:
    """Look at a file and return its table. ``encoding`` (of ``ENCODINGS``) overrules what a text file looks like.

    Raises ``UnreadableFile`` with a sentence that says what is wrong and what to do.
    """
    _require_size(file)
    file.seek(0)
    start = file.read(8)
    if start.startswith(b"PK"):
        _check_archive(file)
        table = Table("xlsx")
        source = _sheet_rows(file)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(_("This Excel file is old or protected. Save it as .xlsx without a password, or as CSV."))
    else:
        file.seek(0)
        sample = file.read(SAMPLE)
        if b"\0" in sample and not encoding and not sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UnreadableFile(_("This is not a list of people. Please choose a CSV or XLSX file."))
        table = Table("csv", encoding=encoding or detect_encoding(file))
        text = sample.decode(codec_of(table.encoding), errors="replace")
        table.delimiter = detect_delimiter(text)
        source = _text_rows(file, table.encoding, table.delimiter)
    table.first, table.headings = _find_headings(source)
    if not table.headings:
        raise UnreadableFile(_("The file is empty."))
    if len(table.headings) > MAX_COLUMNS:
        raise UnreadableFile(_("The list has more than %(number)d columns.") % {"number": MAX_COLUMNS})
    return table


def _require_size(file: IO[bytes]) -> None:
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if size == 0:
        raise UnreadableFile(_("The file is empty."))
    if size > MAX_BYTES:
        raise UnreadableFile(_("The file is too large. A list may have up to 20 MB."))


def _find_headings(source: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """Return number and cells of the row of headings: the first that is filled.

    A title above them, perhaps over merged cells, and Excel's note "sep=;" are passed over: one cell that is no heading
    we know, where one of the next rows has several.
    """
    first: tuple[int, list[str]] | None = None
    filled = ((number, _without_tail(cells)) for number, cells in source if any(cells))
    for number, cells in islice(filled, TITLE_ROWS):
        first = first or (number, cells)
        words = [cell for cell in cells if cell]
        if len(words) > 1 or is_heading(words[0]):
            return number, cells
    return first or (1, [])


def _without_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def codec_of(encoding: str) -> str:
    """Return Python's codec; a byte-order mark is not part of the text."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def detect_encoding(file: IO[bytes]) -> str:
    """Return the encoding of a text file: what its first bytes say, else UTF-8 if all of it is, else the likeliest.

    Among the old encodings the one wins whose letters are of one alphabet: text read in a wrong one is a
    mixture of letters, signs and controls.
    """
    file.seek(0)
    sample = file.read(SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(SAMPLE):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
        return "utf-8"
    except UnicodeDecodeError:
        return max(("cp1252", "cp1251", "cp1256", "gb18030"), key=lambda code: _likelihood(sample, code))


def _likelihood(sample: bytes, encoding: str) -> float:
    """Score how much a sample looks like text in an encoding, by what stands for its bytes above 127."""
    text = sample.decode(encoding, errors="replace")
    if encoding == "gb18030" and text.endswith("\ufffd"):
        text = text[:-1]  # a character cut by the end of the sample
    score = 0.0
    for before, char in zip(" " + text, text, strict=False):
        if char < "\x80":
            continue
        if char == "\ufffd" or char < "\xa0":
            score -= 10
        elif encoding == "cp1252":
            # one accented letter among plain ones is a Western word; several in a row are not
            score += 1 if char.isalpha() and (before < "\x80" or before == " ") else -1.5
        elif encoding == "cp1251":
            common = "\u0430" <= char <= "\u044f" or char == "ё"
            capital = "\u0410" <= char <= "\u042f"
            after_letter = "\u0400" <= before <= "\u04ff"
            score += 1 if common and (after_letter or before in " \t\"',;|-\r\n") else 0.6 if capital else -1.5
            score -= 2 if capital and "\u0430" <= before <= "\u044f" else 0
        elif encoding == "cp1256":
            score += 1 if "\u0621" <= char <= "\u064a" else -1.5
        else:
            score += 1.6 if "\u4e00" <= char <= "\u9fff" and _is_common(char) else -2
    return score


def _is_common(char: str) -> bool:
    """Whether a Chinese character is in the first level of GB 2312, the 3,755 in daily use."""
    try:
        return 0xB0 <= char.encode("gb2312")[0] <= 0xD7
    except (UnicodeEncodeError, IndexError):
        return False


def detect_delimiter(text: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, and all into as many."""
    lines = [line for line in text.splitlines() if line.strip()][:20]
    if len(lines) > 1 and len(text) >= SAMPLE // 4:
        lines = lines[:-1]  # may be cut

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        most = max(set(widths), key=widths.count) if widths else 1
        return (widths.count(most) / len(widths) if most > 1 else 0.0, most)

    return max(DELIMITERS, key=score)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:MAX_CELL]


def _text_rows(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=codec_of(encoding), errors="replace", newline="")  # type: ignore[arg-type]
    csv.field_size_limit(1024 * 1024)
    reader = csv.reader((line.replace("\0", "") for line in text), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            yield number, [_cell(cell) for cell in row]
    except csv.Error as error:
        raise UnreadableFile(
            _("Row %(number)d cannot be read: a quotation mark is probably not closed.") % {"number": reader.line_num}
        ) from error
    finally:
        text.detach()  # else the wrapper closes a file that is not its own


def _check_archive(file: IO[bytes]) -> None:
    """Refuse what is no workbook, and what unpacks to far more than it is."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:  # type: ignore[arg-type]
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile(_("The workbook is damaged. Open it, save it again, and try once more.")) from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableFile(_("This is not a list of people. Please choose a CSV or XLSX file."))
    strings = sum(part.file_size for part in parts if part.filename.lower() == "xl/sharedstrings.xml")
    if len(parts) > 2_000 or sum(part.file_size for part in parts) > MAX_UNPACKED or strings > MAX_STRINGS:
        raise UnreadableFile(_("The workbook is too large. Keep only the sheet with the list, or save it as CSV."))


def _sheet_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet that is shown. Formulas give the value they had when the file was saved."""
    from openpyxl import load_workbook

    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise UnreadableFile(_("The workbook has no sheet with a list."))
        sheet = shown[0]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1), start=1):
            if number > SHEET_ROWS:  # rows that only a number in the file claims
                raise ValueError(number)
            yield number, [_cell(value) for value in row] if any(value is not None for value in row) else []
        book.close()
    except DomainError:
        raise
    except Exception as error:  # a damaged workbook fails in many ways
        raise UnreadableFile(_("The workbook is damaged. Open it, save it again, and try once more.")) from error
