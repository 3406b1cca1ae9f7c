"""From plain data to a PDF: one sheet, tagged for screen readers, in the certificate's language and direction.

``BatchRenderer`` prepares fonts, style sheet and drawn sheet once and sets every certificate of a batch with
them. It takes a ``Sheet`` of plain values and touches neither database nor network nor file.
"""

from __future__ import annotations

import atexit
import gc
import itertools
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydyf
import segno
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from core.errors import DomainError
from core.languages import direction

from . import engraving

# WeasyPrint's objects are parts of reference cycles. Those still waiting for the collector when the interpreter
# ends would be freed after Pango is unloaded, and crash; so they are collected just before.
atexit.register(gc.collect)

STYLE = Path(__file__).parent / "certificate.css"
QR = "campus:qr"


@dataclass(frozen=True)
class Sheet:
    """Everything that is printed. ``statement`` is a list of (text, is it the title?)."""

    serial: str
    language: str
    name: str
    heading: str
    statement: tuple[tuple[str, bool], ...]
    title: str
    details: tuple[str, ...]
    """Dates, hours, place: one short phrase each."""
    signatory_name: str
    signatory_title: str
    issuer: str
    issued: str
    """The line with the day of issue."""
    check_url: str
    check_words: str
    qr_words: str
    certify_words: str
    name_latin: str = ""
    title_language: str = ""
    field: str = ""


class TooLong(DomainError):
    """The text does not fit on one page."""

    def __init__(self) -> None:
        super().__init__(_("The text of the certificate is too long for one page. Shorten the statement."))


class NothingFetched(URLFetcher):
    """Fetches nothing: no file, no host, no data address. What a certificate shows is already in memory."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        raise FatalURLFetchingError("A certificate shows only its own pictures.")


class QRCode:
    """A QR code as WeasyPrint's cache of pictures holds it: drawn with PDF operators, without a detour by SVG."""

    def __init__(self, url: str) -> None:
        # A given mask spares segno the search for the best one; every mask can be read.
        self.rows = segno.make(url, error="m", micro=False, mask=4, boost_error=False).matrix

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[float, float, float]:
        """Width, height and ratio."""
        return 87, 87, 1

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw the dark modules, one rectangle for each run of them."""
        x, y = width / len(self.rows[0]), height / len(self.rows)
        parts = [f"q {x:.5f} 0 0 {y:.5f} 0 0 cm 0 g"]
        for number, row in enumerate(self.rows):
            start = 0
            for dark, run in itertools.groupby(row):
                length = len(list(run))
                if dark:
                    parts.append(f"{start} {number} {length} 1 re")
                start += length
        stream.stream.append("\n".join([*parts, "f Q"]).encode())


class BatchRenderer:
    """Sets certificates. One for a batch; not shared between threads."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.fetcher = NothingFetched()
        self.style = CSS(string=STYLE.read_text(encoding="utf-8"), font_config=self.fonts, url_fetcher=self.fetcher)

    def html(self, sheet: Sheet, fit: str = "") -> str:
        """Return the sheet as HTML; every value is escaped."""
        return render_to_string(
            "certificates/certificate.html",
            {
                "sheet": sheet,
                "fit": fit,
                "dir": direction(sheet.language),
                "name_dir": text_direction(sheet.name),
                "title_dir": text_direction(sheet.title),
                "title_apart": not any(is_title for _text, is_title in sheet.statement),
                "size": name_size(sheet.name),
                "qr": QR,
            },
        )

    def pdf(self, sheet: Sheet) -> bytes:
        """Return the sheet as a PDF/UA file of one page, set closer and smaller when the text is long.

        Raises ``TooLong`` when even that does not fit.
        """
        pictures = {QR: QRCode(sheet.check_url)}
        for fit in ("", "close", "closer"):
            html = HTML(string=self.html(sheet, fit), url_fetcher=self.fetcher)
            document = html.render(
                font_config=self.fonts, stylesheets=[self.style], cache=pictures, pdf_variant="pdf/ua-1"
            )
            if len(document.pages) == 1:
                break
        else:
            raise TooLong
        return document.write_pdf(
            pdf_variant="pdf/ua-1",
            pdf_identifier=sheet.serial.encode(),
            finisher=lambda _document, pdf: put_under(pdf, drawn_sheet(sheet.field)),
        )


def name_size(name: str) -> str:
    """Return how large a name is set, so that a long one stays on two lines at most: large, middle, small, tiny.

    Wide characters (Chinese, Ethiopic) count double.
    """
    width = sum(2 if character >= "\u1100" else 1 for character in name)
    for size, most in (("large", 30), ("middle", 44), ("small", 90)):
        if width <= most:
            return size
    return "tiny"


def text_direction(text: str) -> str:
    """Return ``rtl`` or ``ltr``: that of the first letter which has one."""
    for character in text:
        if (kind := unicodedata.bidirectional(character)) in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


@lru_cache(maxsize=8)
def drawn_sheet(field: str) -> bytes:
    """Return the compressed PDF operators of the engraved sheet of a field of work."""
    return zlib.compress(engraving.to_pdf(engraving.sheet(field)), 9)


def put_under(pdf: pydyf.PDF, drawing: bytes) -> None:
    """Put a drawing under the content of every page."""
    stream = pydyf.Stream([drawing], extra={"Filter": "/FlateDecode", "Length": len(drawing)})
    pdf.add_object(stream)
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/Page":
            item["Contents"] = pydyf.Array([stream.reference, item["Contents"]])
