"""Shares of points: per cent in Moodle's files, fractions here. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

FINEST = 20
CLOSE = Fraction(1, 10_000)


def fraction_of(percent: Decimal) -> Fraction:
    """Return the fraction that a percentage means: 33.33333 is a third."""
    exact = Fraction(percent) / 100
    simple = exact.limit_denominator(FINEST)
    return simple if abs(simple - exact) < CLOSE else exact


def percent_of(share: Fraction) -> Decimal:
    """Return a fraction in per cent as Moodle writes it, with five places at most."""
    exact = Decimal((share * 100).numerator) / Decimal((share * 100).denominator)
    rounded = exact.quantize(Decimal("0.00001"))
    return Decimal(0) if rounded == 0 else rounded.normalize()
