"""From the files' blocks to a StreamField's."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from wagtail.models import Collection

from media.models import CampusImage

from .files import FOLDER, key_of


def picture(name: str, title: str, credit: str) -> CampusImage:
    """Return the picture of a starter file, loading it once."""
    data = (FOLDER / "pictures" / name).read_bytes()
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    image = CampusImage.objects.filter(file_hash=digest).first()
    if image is None:
        image = CampusImage(
            title=title[:255],
            credit=credit,
            licence="cc-by-4.0",
            description=title[:255],
            collection=Collection.get_first_root_node(),
            file=ImageFile(ContentFile(data), name=name),
        )
        image.file_size = len(data)
        image.file_hash = digest
        image.save()
    return image


def stream(blocks: list[dict[str, Any]], owner: str) -> list[dict[str, Any]]:
    """Return StreamField data of a file's ``body``; block ids are stable, so that a learner's place survives."""
    data = []
    for number, block in enumerate(blocks):
        ((kind, value),) = block.items()
        identity = str(key_of("block", owner, str(number)))
        if kind == "table":
            value = {
                "caption": value["caption"],
                "header": _items(value["header"], identity, "header"),
                "rows": _items(
                    [_items([str(cell) for cell in row], identity, f"row{n}") for n, row in enumerate(value["rows"])],
                    identity,
                    "rows",
                ),
            }
        elif kind == "picture":
            image = picture(value["file"], value["alt"], value.get("credit", "Protocol Campus"))
            value = {
                "image": image.pk,
                "alt": value["alt"],
                "caption": value.get("caption", ""),
                "credit": value.get("credit", "Protocol Campus"),
            }
        elif kind == "text":
            value = value.strip()
        data.append({"type": kind, "value": value, "id": identity})
    return data


def _items(values: list[Any], identity: str, name: str) -> list[dict[str, Any]]:
    return [
        {"type": "item", "value": value, "id": str(key_of("item", identity, name, str(number)))}
        for number, value in enumerate(values)
    ]


def bullets(lines: list[str]) -> str:
    """Return rich text of a list."""
    from django.utils.html import format_html_join

    return f"<ul>{format_html_join('', '<li>{}</li>', ((line,) for line in lines))}</ul>" if lines else ""
