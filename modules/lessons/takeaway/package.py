"""A book as plain HTML in one ZIP: opens from a memory stick, with pictures and files, without script and a line."""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import translation

from media.models import CampusDocument

from .book import Book, online, stored_name
from .rewriting import rewrite

STYLE = Path(__file__).parent / "pages.css"
DOCUMENT = re.compile(r"^/documents/(\d{1,18})/")
PIECE = 1024 * 1024


def write_zip(book: Book, target: IO[bytes], *, recordings: bool = False) -> None:
    """Write the ZIP of a book; everything lies in one folder, named after the module.

    With its pictures and the files it offers; with ``recordings`` also what plays and its captions. Transcripts are
    always there. What lies in the storage is copied piece by piece, so memory does not grow with it.
    """
    taken = Taken()
    places = {chapter.path: chapter.file for chapter in book.chapters}
    link = partial(_link, places, taken)
    folder = f"{book.slug}-{book.language}"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, translation.override(book.language):
        archive.writestr(f"{folder}/style.css", STYLE.read_text(encoding="utf-8"))
        for number, chapter in enumerate(book.chapters):
            body = rewrite(chapter.body, taken.picture, link, taken.recording if recordings else None)
            near = {"previous": number - 1, "next": number + 1}
            page = {name: book.chapters[at] for name, at in near.items() if 0 <= at < len(book.chapters)}
            html = render_to_string(
                "lessons/takeaway/page.html", {"book": book, "chapter": chapter, "body": body, **page}
            )
            archive.writestr(f"{folder}/{chapter.file}", html)
        for name in ("index", "glossary"):
            html = render_to_string(f"lessons/takeaway/{name}.html", {"book": book})
            archive.writestr(f"{folder}/{name}.html", html)
        for stored, name in taken.names.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=time.localtime()[:6])
            if not name.startswith("recordings/"):  # what plays is packed as tightly as it gets
                entry.compress_type = zipfile.ZIP_DEFLATED
            with default_storage.open(stored, "rb") as file, archive.open(entry, "w", force_zip64=True) as to:
                shutil.copyfileobj(file, to, PIECE)


class Taken:
    """What is taken along of the storage of uploads: its name there, and its name in the ZIP."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def picture(self, url: str) -> str:
        return self._take(stored_name(url), "pictures")

    def recording(self, url: str) -> str:
        return self._take(stored_name(url), "recordings")

    def document(self, path: str) -> str:
        """Return the name of a file to download; empty where it is none, or not for everybody."""
        match = DOCUMENT.search(path)
        found = CampusDocument.objects.select_related("collection").filter(pk=match[1]).first() if match else None
        if found is None or found.collection.get_view_restrictions():
            return ""
        return self._take(str(found.file.name), "files")

    def _take(self, name: str, folder: str) -> str:
        if not name or not default_storage.exists(name):
            return ""
        ending = PurePosixPath(name).suffix.lower()
        return self.names.setdefault(name, f"{folder}/{len(self.names) + 1:03}{ending}")


def _link(places: Mapping[str, str], taken: Taken, attributes: Mapping[str, str]) -> str:
    if attributes.get("data-term"):
        return f"glossary.html#{attributes['data-term']}"
    path, mark, place = attributes["href"].partition("#")
    if path in places:
        return f"{places[path]}{mark}{place}"
    if not path:
        return f"#{place}"
    return taken.document(path) or online(attributes["href"])
