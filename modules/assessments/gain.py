"""What was gained between a pre-test and a post-test. Pure: no database, no clock.

The gain of a learner is the post-test's percentage less the pre-test's, in points; it may be below 0. The normalised
gain of a cohort is that of R. R. Hake, "Interactive-engagement versus traditional methods", American Journal of
Physics 66 (1998), 64-74: of what there was to gain on average, the part that was gained,
<g> = (<post> - <pre>) / (100 - <pre>), from the means of those who took both. Under 0.3 it is called low, from 0.7 on
high. Nothing is left to gain where everybody had 100 before: then there is no figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Gain:
    """A learner's percentages before and after."""

    before: Decimal
    after: Decimal

    @property
    def points(self) -> Decimal:
        """Percentage points gained, from -100 to 100."""
        return self.after - self.before


@dataclass(frozen=True)
class CohortGain:
    """The gain of those who took both tests."""

    learners: int
    before: Decimal
    after: Decimal
    normalised: Decimal | None


def cohort_gain(gains: Iterable[Gain]) -> CohortGain | None:
    """Return the gain of a cohort from those of its learners; ``None`` when nobody took both tests."""
    some = list(gains)
    if not some:
        return None
    before = sum((one.before for one in some), Decimal(0)) / len(some)
    after = sum((one.after for one in some), Decimal(0)) / len(some)
    normalised = None if before >= 100 else ((after - before) / (100 - before)).quantize(HUNDREDTH, ROUND_HALF_UP)
    return CohortGain(
        len(some), before.quantize(HUNDREDTH, ROUND_HALF_UP), after.quantize(HUNDREDTH, ROUND_HALF_UP), normalised
    )
