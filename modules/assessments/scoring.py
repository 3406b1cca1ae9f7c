"""How answers become points, points a percentage, and attempts a grade. Pure: no database, no clock.

**One question.** Its type grades an answer with a share from 0 to 1; the rule of each stands in ``types``.

**One attempt.** The points of a question are its share times its weight, rounded to hundredths (a half
upwards). The percentage is the sum of points over the sum of weights, rounded likewise: never below 0,
never above 100. A quiz without any weight gives 0.

**One quiz.** The grade over all attempts handed in is the best, the last, or the mean of their percentages. Who
handed in at least one has passed when this grade reaches the pass mark.

**What was passed stays passed** when the pass mark is raised later: each attempt remembers whether it had passed by the
pass mark of its day. Somebody has passed still where the best rule finds one such attempt, the last rule the last one,
and the mean rule nothing else (then their mean had passed, too). Today's pass mark can only add.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

HUNDREDTH = Decimal("0.01")


def points(earned: Fraction, weight: Decimal) -> Decimal:
    """Return the points of one question, to the hundredth, never above its weight."""
    exact = earned * Fraction(weight)
    return min(_round(exact), weight)


def percent(earned: Iterable[Decimal], weights: Iterable[Decimal]) -> Decimal:
    """Return the percentage of an attempt, to the hundredth, from 0 to 100."""
    total = sum(weights, Decimal(0))
    if total <= 0:
        return Decimal("0.00")
    exact = Fraction(sum(earned, Decimal(0))) / Fraction(total) * 100
    return min(_round(max(exact, Fraction(0))), Decimal("100.00"))


def grade_of(rule: str, percents: Sequence[Decimal]) -> Decimal:
    """Return the grade over the percentages of all attempts in order; 0 when there is none.

    ``rule`` is ``best``, ``last`` or ``mean``.
    """
    if not percents:
        return Decimal("0.00")
    if rule == "last":
        return percents[-1]
    if rule == "mean":
        return _round(Fraction(sum(percents, Decimal(0))) / len(percents))
    return max(percents)


def passes(rule: str, percents: Sequence[Decimal], pass_mark: int, then: Sequence[bool | None] = ()) -> bool:
    """Say whether somebody with these attempts, in order, has passed a quiz; not before the first one.

    ``then``: for each attempt, whether it had passed by the pass mark of its day; empty: only today's counts.
    """
    if not percents or grade_of(rule, percents) >= pass_mark:
        return bool(percents)
    if rule == "last":
        return bool(then and then[-1])
    return bool(then) and (all(then) if rule == "mean" else any(then))


Result = tuple[Decimal, bool | None, int]
"""Of an attempt: the percentage, whether it had passed by the pass mark of its day, and its series."""


def standing(rule: str, results: Sequence[Result], pass_mark: int) -> tuple[Decimal, bool]:
    """Return the grade over the results of all attempts in order, and whether the quiz is passed.

    Attempts of an account that was joined to another are a series of their own: ``rule`` makes a grade of each series
    and the best of them counts, so that two accounts of one person never make a grade lower than either had.
    """
    series: dict[int, list[Result]] = {}
    for result in results:
        series.setdefault(result[2], []).append(result)
    grade, passed = Decimal("0.00"), False
    for some in series.values():
        percents, then = [percent for percent, _passed, _series in some], [passed for _percent, passed, _series in some]
        grade = max(grade, grade_of(rule, percents))
        passed = passed or passes(rule, percents, pass_mark, then)
    return grade, passed


def _round(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(HUNDREDTH, ROUND_HALF_UP)
