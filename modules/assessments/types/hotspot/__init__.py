"""Hotspot: regions of a picture to be pointed at, each with words for who does not see it.

Body: ``{"picture": id, "choices": [{"id": "a", "correct": true, "shape": "rect", "coords": [x, y, width, height]},
...], "several": false, "marking": ...}``. Shapes are ``rect``, ``circle`` (``[x, y, radius]``) and ``polygon``
(``[x1, y1, x2, y2, x3, y3, ...]``), in pixels of the picture as it was uploaded. Parts: for each region its words, in
which it can be chosen without seeing the picture, and feedback; ``"picture"`` describes the picture. Answer and marking
are those of a choice; with ``several`` those of a multiple choice.

The regions are drawn on the picture with their numbers, and listed with the same numbers as choices: the list is the
form, for the keyboard, for screen readers and without script; with script a region that is clicked is chosen in the
list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...words import marked
from ..base import Answer, Body, Content, InvalidQuestion, Words
from ..choice import Choice
from .exchange import HotspotExchange

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

PICTURE = "picture"
SHAPES = {"rect": range(4, 5), "circle": range(3, 4), "polygon": range(6, 201, 2)}
"""How many numbers each shape has."""


class Hotspot(Choice):
    """A picture with regions."""

    name = "hotspot"
    place = 100
    label = gettext_lazy("Hotspot on a picture")
    hint = gettext_lazy("Regions of a picture to be found; each is also described in words.")
    icon = "crosshairs"
    exchange = HotspotExchange()
    lines = ""  # its picture shows what is chosen too
    shuffles = False
    script = "types/hotspot/hotspot.js"

    def form_class(self) -> type[QuestionForm]:
        from .form import HotspotForm

        return HotspotForm

    def several(self, body: Body) -> bool:
        return bool(body.get("several"))

    def picture_ids(self, body: Body) -> list[int]:
        return [body["picture"]]

    def right_in(self, key: Body, asked: Body) -> Body:
        """The picture and its regions stay as they were pointed at, and how many could be."""
        body, held = super().right_in(key, asked), {region["id"]: region for region in asked["choices"]}
        choices = [{**region, **{n: held[region["id"]][n] for n in ("shape", "coords")}} for region in body["choices"]]
        return {**body, "choices": choices, "picture": asked["picture"], "several": self.several(asked)}

    def check(self, body: Body, words: Words) -> None:
        if not isinstance(body.get("picture"), int):
            raise InvalidQuestion(_("Choose a picture."))
        if not words.part(PICTURE).strip():
            raise InvalidQuestion(_("Describe the picture for people who do not see it."))
        for region in body.get("choices", []):
            coords = region.get("coords", [])
            numbers = all(isinstance(number, int | float) and 0 <= number < 100_000 for number in coords)
            if not numbers or len(coords) not in SHAPES.get(region.get("shape", ""), ()):
                raise InvalidQuestion(_("Say where each region is: its shape, and its place in pixels of the picture."))
        super().check(body, words)

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        field = super().card(content, answer, language=language, seed=seed, graded=graded)
        words = content.in_language(language, self.needed(content.body))
        regions = {region["id"]: region for region in content.body["choices"]}
        for number, choice in enumerate(field["choices"], start=1):
            choice |= drawn(regions[choice["value"]]) | {"number": number}
        picture = content.pictures.get(content.body["picture"])
        if picture:
            field["picture"] = picture | {"line": max(2, round(picture["width"] / 300)), "sign": picture["width"] // 24}
        field["description"] = marked(words.part(PICTURE), words.language)
        return field


def drawn(region: dict[str, Any]) -> dict[str, Any]:
    """Return shape and place of a region as SVG wants them (numbers as text), and where its number stands."""
    shape, coords = region["shape"], region["coords"]
    if shape == "polygon":
        points = " ".join(f"{x},{y}" for x, y in zip(coords[::2], coords[1::2], strict=True))
        at = (sum(coords[::2]) / len(coords[::2]), sum(coords[1::2]) / len(coords[1::2]))
        return {"shape": shape, "points": points, "at": _at(*at)}
    if shape == "circle":
        return {"shape": shape, "coords": [str(number) for number in coords], "at": _at(coords[0], coords[1])}
    x, y, width, height = coords
    return {"shape": shape, "coords": [str(number) for number in coords], "at": _at(x + width / 2, y + height / 2)}


def _at(x: float, y: float) -> dict[str, str]:
    return {"x": str(round(x, 1)), "y": str(round(y, 1))}
