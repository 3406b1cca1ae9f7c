"""Hotspots in other systems' formats: Moodle's “drag markers onto an image”, where it has one marker to a region.

Moodle asks to put markers into zones, we ask which regions are meant. A question with one kind of marker and its zones
becomes one that asks for these zones; zones that are not right are ours alone and travel along.

Moodle makes a picture of more than 600 × 400 pixels that small when it saves the question, but leaves the zones where
they were. So a larger picture is written small, with its zones, and travels along as it is.
"""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from ...exchange import markup, moodle_xml
from ...exchange.contract import Exchange
from ...exchange.draft import Draft, Picture
from ...exchange.pictures import bytes_of
from ...exchange.problems import CannotCarry

PICTURE = "picture"
WIDEST, HIGHEST = 600, 400


class HotspotExchange(Exchange):
    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind != "ddmarker":
            return None
        element, draft = record.element, record.draft
        file = element.find("file")
        content = bytes_of(file.text or "") if file is not None else None
        if file is None or not content:
            raise CannotCarry(_("Its picture is not in the file."))
        held = draft.kept("hotspot", {"body": {}, "parts": {}})
        whole = draft.kept("picture", {"name": "", "content": ""})
        name = file.get("name", "picture.png")
        if held.get("body") and (kept := bytes_of(str(whole.get("content", "")))):
            name, content = str(whole.get("name") or name), kept
        picture = Picture(name, content)
        draft.pictures[picture.mark] = picture
        if held.get("body"):
            draft.body = {**held["body"], "picture": picture.mark}
            draft.parts = {str(id): dict(part) for id, part in held["parts"].items()}
            draft.type = "hotspot"
            return draft
        markers = [words for drag in element.findall("drag") if (words := markup.words(moodle_xml.value(drag, "text")))]
        drops = element.findall("drop")
        if len({moodle_xml.value(drop, "choice", "1") for drop in drops}) != 1 or not markers:
            raise CannotCarry(_("It has several kinds of markers: ours asks for one."))
        if len(drops) < 2:
            raise CannotCarry(_("It has one zone only: there is nothing to choose from."))
        draft.lose(_("the free placing of markers: the zones can be seen and are chosen from"))
        choices = []
        for id, drop in zip(draft.ids(), drops, strict=False):
            shape, coords = zone(moodle_xml.value(drop, "shape"), moodle_xml.value(drop, "coords"))
            choices.append({"id": id, "correct": True, "shape": shape, "coords": coords})
            draft.parts[id] = {"text": f"{markers[0]} {len(choices)}" if len(drops) > 1 else markers[0]}
        draft.parts[PICTURE] = {"text": markup.words(draft.text)}
        draft.body = {"picture": picture.mark, "several": len(choices) > 1, "choices": choices}
        draft.type = "hotspot"
        return draft

    def to_moodle(self, draft: Draft, load: moodle_xml.Load) -> moodle_xml.Written:
        picture = load(draft.body["picture"])
        if picture is None:
            raise CannotCarry(_("Its picture is gone."))
        right = [choice for choice in draft.body["choices"] if choice["correct"]]
        draft.keep("hotspot", {"body": {k: v for k, v in draft.body.items() if k != "picture"}, "parts": draft.parts})
        if len(right) < len(draft.body["choices"]) or any(part.get("feedback") for part in draft.parts.values()):
            draft.lose(_("the wrong regions, and what is said to each"))
        small, scale = shrunk(picture)
        if scale < 1:
            draft.keep("picture", {"name": picture.name, "content": base64.b64encode(picture.content).decode()})
        written = moodle_xml.Written("ddmarker", draft, load)
        written.combined()
        file = written.add("file", name=small.name, path="/", encoding="base64")
        file.text = base64.b64encode(small.content).decode()
        drag = written.text("drag", draft.part(right[0]["id"]))
        written.add("no", "1", drag)
        written.add("noofdrags", str(len(right)), drag)
        for number, choice in enumerate(right, start=1):
            drop = written.add("drop")
            written.add("no", str(number), drop)
            shape, coords = dropped(choice["shape"], [number * scale for number in choice["coords"]])
            written.add("shape", shape, drop)
            written.add("coords", coords, drop)
            written.add("choice", "1", drop)
        return written


def zone(shape: str, coords: str) -> tuple[str, list[float]]:
    """Return our shape and coordinates of one of Moodle's: ``10,20;30,40`` is a rectangle with its width and height."""
    try:
        numbers = [float(number) for number in coords.replace(";", ",").split(",")]
    except ValueError:
        numbers = []
    name = {"circle": "circle", "rectangle": "rect", "polygon": "polygon"}.get(shape)
    fits = {
        "circle": len(numbers) == 3,
        "rect": len(numbers) == 4,
        "polygon": len(numbers) >= 6 and not len(numbers) % 2,
    }
    if name is None or not fits[name]:
        raise CannotCarry(_("A zone of its picture cannot be read."))
    return name, [int(number) if number == int(number) else number for number in numbers]


def shrunk(picture: Picture) -> tuple[Picture, float]:
    """Return a picture no larger than Moodle keeps it, and by how much it is smaller. Drawings stay as they are."""
    try:
        with Image.open(BytesIO(picture.content)) as image:
            scale = min(WIDEST / image.width, HIGHEST / image.height, 1.0)
            if scale == 1:
                return picture, scale
            kind = "JPEG" if image.format == "JPEG" else "PNG"
            size = max(1, int(image.width * scale)), max(1, int(image.height * scale))
            small, target = image.convert("RGB" if kind == "JPEG" else "RGBA").resize(size), BytesIO()
    except (UnidentifiedImageError, OSError):
        return picture, 1.0
    small.save(target, kind, optimize=True)
    ending = "jpg" if kind == "JPEG" else "png"
    return Picture(f"{picture.name.rpartition('.')[0] or picture.name}.{ending}", target.getvalue()), scale


def dropped(shape: str, coords: list[Any]) -> tuple[str, str]:
    """Return shape and coordinates as Moodle writes them: whole numbers."""
    n = [round(number) for number in coords]
    if shape == "circle":
        return "circle", f"{n[0]},{n[1]};{max(n[2], 1)}"
    if shape == "rect":
        return "rectangle", f"{n[0]},{n[1]};{max(n[2], 1)},{max(n[3], 1)}"
    return "polygon", ";".join(f"{x},{y}" for x, y in zip(n[::2], n[1::2], strict=True))
