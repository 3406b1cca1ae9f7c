"""What is right in an item of QTI, and what it earns. Pure.

An item may declare both what is right and points for each answer (a mapping). Its response processing says which of
them counts: ``match_correct`` takes what is right, all or nothing, and no mapping; ``map_response`` takes the mapping.
Without any, a mapping counts where there is one. Source: QTI 2.2, Information Model, "Response Processing Templates".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from .gift import decimal_of

STANDARD = re.compile(r"(?:(match)_correct|CC2_(match)|(map)_response)(?:_point)?(?:\.xml)?$")


@dataclass
class Declaration:
    """What is right: the values in their order, and what each earns where the item maps them.

    ``is_whole``: only all of it together earns points. ``least`` and ``highest`` are bounds of what can be earned.
    """

    cardinality: str = "single"
    base: str = "identifier"
    right: list[str] = field(default_factory=list)
    earned: dict[str, Decimal] = field(default_factory=dict)
    case_sensitive: bool = False
    default: Decimal = Decimal(0)
    is_whole: bool = False
    least: Decimal | None = None
    highest: Decimal | None = None

    @property
    def most(self) -> Fraction:
        """What can be earned, if no bound is below it."""
        points = [Fraction(points) for points in self.earned.values() if points > 0]
        return max(points, default=Fraction(0)) if self.cardinality == "single" else sum(points, Fraction(0))

    def shares(self) -> list[tuple[str, Fraction]]:
        """Return each accepted value with its share of the points, the best first: 1."""
        most = max(self.earned.values(), default=Decimal(0))
        earned = {text: points for text, points in self.earned.items() if points > 0}
        if most <= 0:
            return [(text, Fraction(1)) for text in self.right]
        pairs = [(text, Fraction(points) / Fraction(most)) for text, points in earned.items()]
        pairs += [(text, Fraction(1)) for text in self.right if text not in self.earned]
        return sorted(pairs, key=lambda pair: -pair[1])


def declarations(root: Element, processing: Element | None) -> dict[str, Declaration]:
    """Return what an item declares, by the names of its responses; a mapping that does not count is left out."""
    found = {node.get("identifier", ""): _declaration(node) for node in root.findall("responseDeclaration")}
    if _rule(processing) == "match":
        for declared in found.values():
            if declared.right:
                declared.earned, declared.is_whole = {}, True
    return found


def losses(processing: Element | None, declared: Iterable[tuple[str, Declaration]]) -> Iterator[str]:
    """Yield what of an item's scoring is not kept; ``declared`` is what is right, with the name of each interaction."""
    told = processing is not None and (len(processing) > 0 or processing.get("template"))
    if processing is not None and told and not STANDARD.search(processing.get("template", "")):
        yield _("its own program of scoring: what it declares as right is used")
    for tag, each in declared:
        if not each.earned:
            continue
        if (each.highest is not None and each.highest < each.most) or (each.least or 0) != 0:
            yield _("the bounds of its points")
        if tag != "choiceInteraction" and min(*each.earned.values(), each.default) < 0:
            yield _("that wrong answers take away points")


def _rule(processing: Element | None) -> str:
    """``match`` or ``map``: what counts; empty where it is not said."""
    if processing is None:
        return ""
    if found := STANDARD.search(processing.get("template", "")):
        return "map" if found[3] else "match"
    tags = {node.tag for node in processing.iter()}
    return "map" if "mapResponse" in tags else "match" if "correct" in tags else ""


def _declaration(node: Element) -> Declaration:
    declared = Declaration(node.get("cardinality", "single"), node.get("baseType", "identifier"))
    correct, mapping = node.find("correctResponse"), node.find("mapping")
    if correct is not None:
        declared.right = [" ".join("".join(value.itertext()).split()) for value in correct.findall("value")]
    if mapping is not None:
        declared.default = _number(mapping.get("defaultValue", "0"))
        declared.least, declared.highest = (
            _number(text) if (text := mapping.get(name)) else None for name in ("lowerBound", "upperBound")
        )
        for entry in mapping.findall("mapEntry"):
            declared.earned[entry.get("mapKey", "")] = _number(entry.get("mappedValue", "0"))
            declared.case_sensitive |= entry.get("caseSensitive", "") == "true"
    return declared


def _number(text: str) -> Decimal:
    try:
        return decimal_of(text)
    except ValueError:
        return Decimal(0)
