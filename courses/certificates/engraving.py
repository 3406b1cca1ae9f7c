"""The engraver's lines on a certificate: rules, a woven border, rosettes. Our own geometry, pure arithmetic.

A drawing is a list of ``Line``: curves of one colour and width, in millimetres from the upper left corner of
the sheet. ``to_pdf`` writes it as PDF operators, which costs a certificate nothing: the sheet is drawn once for a
batch and put under every page.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 297.0, 210.0
POINT = 72 / 25.4

Point = tuple[float, float]
Colour = tuple[int, int, int]
Curve = Callable[[float], tuple[Point, Point]]
"""From a parameter to a point and the derivative there."""

GREEN: Colour = (15, 81, 50)
OCHRE: Colour = (150, 108, 40)
HUES: dict[str, Colour] = {"abs": (61, 86, 9), "customs": (19, 74, 115), "lmo": (87, 53, 141)}


@dataclass(frozen=True)
class Line:
    """Curves drawn with one pen. A path is a start and then triples of points: cubic Bézier curves."""

    colour: Colour
    width: float
    paths: tuple[tuple[Point, ...], ...]


def tint(colour: Colour, share: float) -> Colour:
    """Mix a colour with the white of the paper: no transparency, so that every printer agrees."""
    red, green, blue = (round(255 - (255 - part) * share) for part in colour)
    return red, green, blue


def bezier(curve: Curve, start: float, end: float, pieces: int) -> tuple[Point, ...]:
    """Return ``curve`` from ``start`` to ``end`` as cubic Bézier pieces through its own points and tangents."""
    step = (end - start) / pieces
    (x, y), (dx, dy) = curve(start)
    path = [(x, y)]
    for number in range(1, pieces + 1):
        (u, v), (du, dv) = curve(start + number * step)
        path += [(x + dx * step / 3, y + dy * step / 3), (u - du * step / 3, v - dv * step / 3), (u, v)]
        x, y, dx, dy = u, v, du, dv
    return tuple(path)


def straight(*points: Point) -> tuple[Point, ...]:
    """Return straight lines through the points, in the form of ``bezier``."""
    path = [points[0]]
    for (x, y), (u, v) in itertools.pairwise(points):
        path += [(x + (u - x) / 3, y + (v - y) / 3), (x + (u - x) * 2 / 3, y + (v - y) * 2 / 3), (u, v)]
    return tuple(path)


def rectangle(inset: float) -> tuple[Point, ...]:
    """Return the outline of the sheet, moved inwards by ``inset``."""
    right, bottom = WIDTH - inset, HEIGHT - inset
    return straight((inset, inset), (right, inset), (right, bottom), (inset, bottom), (inset, inset))


def rosette(centre: Point, radius: float, depth: float, lobes: int, turn: float = 0.0, ripple: float = 0.0) -> Curve:
    """Return a closed wavy circle: ``radius + depth·cos(lobes·t + turn)``, with a ripple of three times the waves."""

    def curve(t: float) -> tuple[Point, Point]:
        r = radius + depth * math.cos(lobes * t + turn) + ripple * math.cos(3 * lobes * t + turn)
        dr = -depth * lobes * math.sin(lobes * t + turn) - 3 * ripple * lobes * math.sin(3 * lobes * t + turn)
        cos, sin = math.cos(t), math.sin(t)
        return (centre[0] + r * cos, centre[1] + r * sin), (dr * cos - r * sin, dr * sin + r * cos)

    return curve


def rosettes(
    centre: Point, radius: float, depth: float, lobes: int, strands: int, pieces: int, ripple: float = 0.0
) -> tuple[tuple[Point, ...], ...]:
    """Return ``strands`` rosettes, each turned a little further, so that they weave."""
    return tuple(
        bezier(
            rosette(centre, radius, depth, lobes, 2 * math.pi * strand / strands, ripple),
            0,
            2 * math.pi,
            lobes * pieces,
        )
        for strand in range(strands)
    )


def weave(start: Point, end: Point, amplitude: float, wave: float, strands: int) -> tuple[tuple[Point, ...], ...]:
    """Return sine waves along a straight line, each a little later than the last: an engraver's braid."""
    length = math.dist(start, end)
    waves = max(1, round(length / wave))
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    across = (-along[1], along[0])
    beat = 2 * math.pi * waves / length

    def strand(phase: float) -> Curve:
        def curve(t: float) -> tuple[Point, Point]:
            y, dy = amplitude * math.sin(beat * t + phase), amplitude * beat * math.cos(beat * t + phase)
            return (
                (start[0] + along[0] * t + across[0] * y, start[1] + along[1] * t + across[1] * y),
                (along[0] + across[0] * dy, along[1] + across[1] * dy),
            )

        return curve

    return tuple(bezier(strand(2 * math.pi * number / strands), 0, length, waves * 4) for number in range(strands))


def sheet(field: str = "") -> list[Line]:
    """Return the sheet: a woven frame between fine rules, a faint rosette, a seal. ``field``: abs, customs or lmo."""
    hue = HUES.get(field, GREEN)
    outer, inner = 9.0, 18.0
    middle = (outer + inner) / 2
    corners = [(x, y) for x in (middle, WIDTH - middle) for y in (middle, HEIGHT - middle)]
    gap = 6.6
    edges = [((middle + gap, y), (WIDTH - middle - gap, y)) for y in (middle, HEIGHT - middle)] + [
        ((x, middle + gap), (x, HEIGHT - middle - gap)) for x in (middle, WIDTH - middle)
    ]
    braid = tuple(path for start, end in edges for path in weave(start, end, 2.9, 15, 6))
    seal = (WIDTH / 2, 163.5)
    return [
        Line(tint(hue, 0.075), 0.12, rosettes((WIDTH / 2, 96), 58, 13, 24, 10, 4, ripple=1.5)),
        Line(tint(hue, 0.065), 0.12, rosettes((WIDTH / 2, 96), 33, 9, 18, 8, 4)),
        Line(tint(hue, 0.62), 0.1, braid),
        Line(tint(hue, 0.8), 0.1, tuple(p for c in corners for p in rosettes(c, 3.3, 1.6, 12, 4, 4))),
        Line(OCHRE, 0.1, tuple(p for c in corners for p in rosettes(c, 1.2, 0.7, 8, 2, 4))),
        Line(hue, 0.7, (rectangle(outer - 1.3),)),
        Line(hue, 0.14, (rectangle(outer), rectangle(inner))),
        Line(hue, 0.4, (rectangle(inner + 1.0),)),
        Line(tint(hue, 0.45), 0.1, (rectangle(inner + 2.0),)),
        Line(tint(OCHRE, 0.75), 0.09, rosettes(seal, 10.2, 2.0, 24, 6, 4)),
        Line(tint(OCHRE, 0.9), 0.1, rosettes(seal, 6.6, 1.7, 16, 4, 4, ripple=0.35)),
        Line(OCHRE, 0.25, rosettes(seal, 12.9, 0.0, 1, 1, 12) + rosettes(seal, 4.3, 0.0, 1, 1, 8)),
        Line(OCHRE, 0.1, rosettes(seal, 13.4, 0.0, 1, 1, 12) + rosettes(seal, 4.8, 0.0, 1, 1, 8)),
    ]


def to_pdf(lines: Iterable[Line]) -> bytes:
    """Return PDF operators that draw the lines on an A4 page, marked as ornament (screen readers pass it over)."""
    parts = [
        "/Artifact <</Type /Background>> BDC q",
        f"{POINT:.6f} 0 0 {-POINT:.6f} 0 {HEIGHT * POINT:.4f} cm 1 j 1 J",
    ]
    for line in lines:
        parts.append("{:.4f} {:.4f} {:.4f} RG".format(*(part / 255 for part in line.colour)))
        parts.append(f"{line.width:g} w")
        for path in line.paths:
            parts.append(_operators(path))
    parts.append("Q EMC")
    return "\n".join(parts).encode()


def _operators(path: Sequence[Point]) -> str:
    parts = [f"{path[0][0]:.2f} {path[0][1]:.2f} m"]
    for index in range(1, len(path), 3):
        parts.append(" ".join(f"{x:.2f} {y:.2f}" for x, y in path[index : index + 3]) + " c")
    return "\n".join([*parts, "S"])
