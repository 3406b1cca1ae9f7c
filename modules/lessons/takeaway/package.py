"""A book as plain HTML in one ZIP: opens from a memory stick, with its pictures, without script and without a line."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import translation

from .book import Book, online, stored_name
from .rewriting import rewrite

STYLE = Path(__file__).parent / "pages.css"


def zip_of(book: Book) -> bytes:
    """Return the ZIP of a book; everything lies in one folder, named after the module."""
    pictures: dict[str, str] = {}  # name in the storage -> name in the ZIP
    places = {chapter.path: chapter.file for chapter in book.chapters}
    link = partial(_link, places)
    folder = f"{book.slug}-{book.language}"
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, translation.override(book.language):
        archive.writestr(f"{folder}/style.css", STYLE.read_text(encoding="utf-8"))
        for number, chapter in enumerate(book.chapters):
            body = rewrite(chapter.body, partial(_picture, pictures), link)
            near = {"previous": number - 1, "next": number + 1}
            page = {name: book.chapters[at] for name, at in near.items() if 0 <= at < len(book.chapters)}
            html = render_to_string(
                "lessons/takeaway/page.html", {"book": book, "chapter": chapter, "body": body, **page}
            )
            archive.writestr(f"{folder}/{chapter.file}", html)
        for name in ("index", "glossary"):
            html = render_to_string(f"lessons/takeaway/{name}.html", {"book": book})
            archive.writestr(f"{folder}/{name}.html", html)
        for stored, name in pictures.items():
            with default_storage.open(stored, "rb") as file:
                archive.writestr(f"{folder}/{name}", file.read(), zipfile.ZIP_STORED)
    return content.getvalue()


def _picture(pictures: dict[str, str], url: str) -> str:
    name = stored_name(url)
    if not name or not default_storage.exists(name):
        return ""
    ending = PurePosixPath(name).suffix.lower()
    return pictures.setdefault(name, f"pictures/{len(pictures) + 1:03}{ending}")


def _link(places: Mapping[str, str], attributes: Mapping[str, str]) -> str:
    if attributes.get("data-term"):
        return f"glossary.html#{attributes['data-term']}"
    path, mark, place = attributes["href"].partition("#")
    if path in places:
        return f"{places[path]}{mark}{place}"
    return f"#{place}" if not path else online(attributes["href"])
