"""What a lesson weighs on a slow line, and which of its parts weigh most.

A reader on a phone loads the page itself (``FRAME``: layout, style sheet and scripts, compressed, as ``make bench``
measures them), the text (compressed) and each picture at the size a phone takes. Files and recordings are loaded
only by who asks for them; their weight is told apart.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from wagtail.documents import get_document_model

from .body import render_body

LINE = 20_000
"""Bytes that a 2G line (GPRS/EDGE, about 160 kbit/s at its best) brings in a second."""
FRAME = 17_000
"""Bytes of the page around a lesson, at the first visit."""
HEAVIEST = 3
PHONE_WIDTH = 720
"""Pixels of the picture that a phone 360 pixels wide, with two dots to a pixel, chooses."""


class Part(NamedTuple):
    """One thing that is loaded."""

    title: str
    size: int
    block: str = ""  # the id of its block
    later: bool = False  # only when the reader asks for it


@dataclass(frozen=True)
class Weight:
    """The sum."""

    total: int
    seconds: int
    heaviest: tuple[Part, ...]
    later: tuple[Part, ...]


def weigh(parts: Sequence[Part]) -> Weight:
    """Sum up parts: bytes at first view, seconds on a 2G line (rounded up), the heaviest first. Pure."""
    first = sorted((part for part in parts if not part.later), key=lambda part: -part.size)
    later = sorted((part for part in parts if part.later), key=lambda part: -part.size)
    total = sum(part.size for part in first)
    return Weight(total, -(-total // LINE), tuple(first[:HEAVIEST]), tuple(later))


def weight_of(page: Any) -> Weight:
    """Return the weight of a lesson page as it is written now, published or not."""
    return weigh([Part(_("Page around the text"), FRAME), *_parts(page)])


def _parts(page: Any) -> list[Part]:
    html = render_body(page.body, page.locale.language_code)
    parts = [Part(_("Text"), len(gzip.compress(html.encode())))]
    for child in page.body:
        value, block = child.value, str(child.id or "")
        with suppress(OSError, KeyError, AttributeError):  # a file that is gone weighs nothing; the checks name it
            if child.block_type == "picture":
                parts.append(Part(value["image"].title, _picture_size(value["image"]), block))
            elif child.block_type == "file":
                parts.append(Part(value["document"].title, value["document"].get_file_size() or 0, block, later=True))
            elif child.block_type == "media":
                parts.append(Part(value["media"].title, value["media"].file.size, block, later=True))
    return parts + _linked(page)


def _linked(page: Any) -> list[Part]:
    """The files that texts link to; each once. Two queries at most."""
    documents = get_document_model()
    blocks = {
        int(key): path.partition(".")[0]
        for model, key, _model_path, path in page.body.stream_block.extract_references(page.body)
        if model is documents
    }
    files = [child.value["document"] for child in page.body if child.block_type == "file"]
    apart = {document.pk for document in files if document}
    parts = []
    for key, document in documents.objects.in_bulk(blocks.keys() - apart).items():
        with suppress(OSError):
            if size := document.get_file_size():
                parts.append(Part(document.title, size, blocks[key], later=True))
    return parts


def _picture_size(image: Any) -> int:
    if image.is_svg():
        return image.file.size
    return image.get_rendition(f"width-{PHONE_WIDTH}|format-webp").file.size
