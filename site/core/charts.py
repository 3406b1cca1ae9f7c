"""Charts, drawn by pygal on the server as SVG that stands in the page.

What stands in the page has no script, no style sheet and no style attribute of its own, so that it works under our
Content-Security-Policy. Lines and letters take the colour of the text around them, columns that of ``.chart__column``
and ``.chart__column--marked``; so a chart follows theme, field and print. A chart is one picture with a name; its
figures are in a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pygal
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

WIDTH, HEIGHT, LETTERS = 440, 240, 13
"""Of the drawing; in the page it is as wide as its place. Letters stay legible at 300 px."""
KEPT = {"x", "y", "width", "height", "d", "transform", "text-anchor"}
LEFT_OUT = {"defs", "title", "desc", "style", "script"}


@dataclass(frozen=True)
class Column:
    """One column: what it is called below, how high it is, and whether it is one of those marked (also by ``sign``)."""

    label: str
    value: float
    marked: bool = False
    sign: str = ""


def columns(
    name: str, points: Sequence[Column], *, shown: Callable[[float], str], top: float | None = None
) -> SafeString:
    """Return a column chart as SVG; ``shown`` writes a value in words, ``top`` is the highest value of the scale.

    ``name`` says to those who cannot see it what the chart shows. Where one reads from the right, the first column
    stands on the right.
    """
    in_order = list(points)[:: -1 if get_language_bidi() else 1]
    chart: Any = pygal.Bar(
        width=WIDTH,
        height=HEIGHT,
        margin=8,
        spacing=6,
        show_legend=False,
        print_values=True,
        print_values_position="top",
        formatter=shown,
        value_formatter=shown,
        range=(0, top) if top else None,
        include_x_axis=True,
        max_scale=5,
        js=[],
        css=[],
        style=pygal.style.Style(label_font_size=LETTERS, major_label_font_size=LETTERS, value_font_size=LETTERS),
    )
    chart.x_labels = [f"{point.label} {point.sign}".strip() for point in in_order]
    chart.add(None, [point.value for point in in_order])
    tree = ElementTree.fromstring(chart.render(disable_xml_declaration=True))  # noqa: S314  our own
    drawn = _plain(tree, iter(in_order))
    assert drawn is not None
    drawn.attrib.clear()
    drawn.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "chart",
        "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "role": "img",
        "aria-label": name,
        "fill": "currentColor",
        "font-size": str(LETTERS),
        "direction": "ltr",
    }
    return mark_safe(ElementTree.tostring(drawn, encoding="unicode"))  # noqa: S308  written by ElementTree


def _plain(node: Any, points: Any, place: str = "") -> Any:
    """Return a node without what is not drawn, with presentation as attributes; ``None`` for what is left out."""
    tag = node.tag.rpartition("}")[2]
    names = set(node.get("class", "").split())
    if tag in LEFT_OUT or names & {"background", "tooltip", "tooltip-overlay"}:
        return None
    place = "x" if {"axis", "x"} <= names else "y" if {"axis", "y"} <= names else place
    made = ElementTree.Element(tag, {key: value for key, value in node.attrib.items() if key in KEPT})
    made.text = (node.text or "").strip() or None
    if tag == "rect":
        made.set("class", "chart__column chart__column--marked" if next(points).marked else "chart__column")
    elif tag == "path":
        if place == "x":
            return None
        made.attrib |= {"stroke": "currentColor", "stroke-opacity": "1" if "axis" in names else ".2", "fill": "none"}
    elif tag == "text":
        made.attrib |= {"text-anchor": "middle" if place == "x" else "end"} if place else {"dy": "-2"}
    for child in node:
        if (kept := _plain(child, points, place)) is not None:
            made.append(kept)
    return made if tag != "g" or len(made) else None
