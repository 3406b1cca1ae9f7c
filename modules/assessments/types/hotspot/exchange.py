"""Hotspots in other systems' formats: Moodle's “drag markers onto an image”, where it has one marker to a region.

Moodle asks to put markers into zones, we ask which regions are meant. A question with one kind of marker and its zones
becomes one that asks for these zones; zones that are not right are ours alone and travel along.
"""

from __future__ import annotations

import base64
from typing import Any

from django.utils.translation import gettext as _

from ...exchange import markup, moodle_xml
from ...exchange.contract import Exchange
from ...exchange.draft import Draft, Picture
from ...exchange.pictures import bytes_of
from ...exchange.problems import CannotCarry

PICTURE = "picture"


class HotspotExchange(Exchange):
    def from_moodle(self, record: moodle_xml.Record) -> Draft | None:
        if record.kind != "ddmarker":
            return None
        element, draft = record.element, record.draft
        file = element.find("file")
        content = bytes_of(file.text or "") if file is not None else None
        if file is None or not content:
            raise CannotCarry(_("Its picture is not in the file."))
        picture = Picture(file.get("name", "picture.png"), content)
        draft.pictures[picture.mark] = picture
        held = draft.kept("hotspot", {"body": {}, "parts": {}})
        if held.get("body"):
            draft.body = {**held["body"], "picture": picture.mark}
            draft.parts = {str(id): dict(part) for id, part in held["parts"].items()}
            draft.type = "hotspot"
            return draft
        markers = [words for drag in element.findall("drag") if (words := markup.words(moodle_xml.value(drag, "text")))]
        drops = element.findall("drop")
        if len({moodle_xml.value(drop, "choice", "1") for drop in drops}) != 1 or not markers:
            raise CannotCarry(_("It has several kinds of markers: ours asks for one."))
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
        written = moodle_xml.Written("ddmarker", draft, load)
        file = written.add("file", name=picture.name, encoding="base64")
        file.text = base64.b64encode(picture.content).decode()
        drag = written.text("drag", draft.part(right[0]["id"]))
        written.add("no", "1", drag)
        written.add("noofdrags", str(len(right)), drag)
        for number, choice in enumerate(right, start=1):
            drop = written.add("drop")
            written.add("no", str(number), drop)
            shape, coords = dropped(choice["shape"], choice["coords"])
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


def dropped(shape: str, coords: list[Any]) -> tuple[str, str]:
    """Return shape and coordinates as Moodle writes them."""
    if shape == "circle":
        return "circle", f"{coords[0]},{coords[1]};{coords[2]}"
    if shape == "rect":
        return "rectangle", f"{coords[0]},{coords[1]};{coords[2]},{coords[3]}"
    return "polygon", ";".join(f"{x},{y}" for x, y in zip(coords[::2], coords[1::2], strict=True))
