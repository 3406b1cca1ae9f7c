"""A book as a PDF: cover, contents with page numbers, lessons, words explained; tagged for screen readers."""

from __future__ import annotations

import atexit
import gc
import mimetypes
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .book import Book, online, stored_name
from .rewriting import rewrite

STYLE = Path(__file__).parent / "book.css"
PICTURE = "campus-picture:"

atexit.register(gc.collect)  # WeasyPrint's objects must be gone before Pango is


class UploadsOnly(URLFetcher):
    """Fetches pictures from the storage of uploads, and nothing else: no file, no host."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix(PICTURE)
        if name == url or not default_storage.exists(name):
            raise FatalURLFetchingError("A book shows only its own pictures.")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        with default_storage.open(name, "rb") as file:
            return URLFetcherResponse(url, file.read(), {"Content-Type": kind})


def pdf_of(book: Book) -> bytes:
    """Return the PDF of a book."""
    fonts, fetcher = FontConfiguration(), UploadsOnly()
    style = CSS(string=STYLE.read_text(encoding="utf-8"), font_config=fonts, url_fetcher=fetcher)
    document = HTML(string=html_of(book), url_fetcher=fetcher)
    return document.write_pdf(font_config=fonts, stylesheets=[style], pdf_variant="pdf/ua-1")


def html_of(book: Book) -> str:
    """Return a book as one HTML document."""
    places = {chapter.path: f"#lesson-{chapter.number}" for chapter in book.chapters}
    bodies = [rewrite(chapter.body, _picture, partial(_link, places)) for chapter in book.chapters]
    with translation.override(book.language):
        return render_to_string(
            "lessons/takeaway/book.html", {"book": book, "chapters": list(zip(book.chapters, bodies, strict=True))}
        )


def _picture(url: str) -> str:
    name = stored_name(url)
    return f"{PICTURE}{name}" if name else ""


def _link(places: Mapping[str, str], attributes: Mapping[str, str]) -> str:
    if attributes.get("data-term"):
        return f"#{attributes['data-term']}"
    href = attributes["href"]
    return places.get(href.partition("#")[0]) or (href if href.startswith("#") else online(href))
