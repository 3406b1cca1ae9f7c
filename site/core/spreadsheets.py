"""Tables for spreadsheet programs: streamed, and never a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import get_language


class _Echo:
    """A file that gives back what is written."""

    def write(self, value: str) -> str:
        return value


def safe_cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


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
