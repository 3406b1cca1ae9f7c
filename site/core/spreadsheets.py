"""Tables for spreadsheet programs: streamed, and never a formula."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from core.languages import direction


class _Echo:
    """A file that gives back what is written."""

    def write(self, value: str) -> str:
        return value


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    A text that begins so after a quote gets one more, so that ``plain_cell`` can tell the two apart.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text


def plain_cell(text: str) -> str:
    """Return the text that ``safe_cell`` was given, when a table of ours comes back."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS) else text


def csv_response(file_name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Return a CSV download, streamed row by row in the language of the request.

    Starts with a byte-order mark, by which Excel knows that it is Unicode.
    """
    language = get_language()

    def lines() -> Iterator[str]:
        with translation.override(language):  # the middleware has left its language by then
            writer = csv.writer(_Echo())
            yield "\ufeff" + writer.writerow([safe_cell(cell) for cell in head])
            for row in rows:
                yield writer.writerow([safe_cell(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def xlsx_response(file_name: str, title: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Return an XLSX download of one sheet. It is written row by row to a temporary file: memory does not grow.

    Every cell is text, so that nothing is worked out when it is opened; the head and the first column stay in sight.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31])
    sheet.sheet_view.rightToLeft = direction(get_language() or "en") == "rtl"
    sheet.freeze_panes = "B2"
    sheet.append(_text_cells(sheet, head))
    for row in rows:
        sheet.append(_text_cells(sheet, row))
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(target)
    target.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(target, as_attachment=True, filename=file_name, content_type=kind)


def table_response(
    format: str, name: str, title: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse | FileResponse:
    """Return a table as a download, as ``xlsx`` or else as CSV; ``name`` is that of the file without its ending."""
    if format == "xlsx":
        return xlsx_response(f"{name}.xlsx", title, head, rows)
    return csv_response(f"{name}.csv", head, rows)


def _text_cells(sheet: Any, row: Sequence[Any]) -> list[WriteOnlyCell]:
    cells = []
    for value in row:
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", safe_cell(value)))
        cell.data_type = "s"
        cells.append(cell)
    return cells
