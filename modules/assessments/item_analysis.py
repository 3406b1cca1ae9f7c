"""How well a quiz and its questions measure. Pure: no database, no clock.

**Share correct** (difficulty index, facility): the mean share of a question's points that was earned, 0 to 1; for a
question that is right or wrong it is the share of people who were right. **Spread**: the standard deviation of these
shares. **Separation** (discrimination): the correlation of what the question earned with what the *rest* of the same
attempt earned, each as a share of its points; for right-or-wrong questions this is the corrected point-biserial
coefficient. The question itself is left out, because it would correlate with itself: S. Henrysson, "Correction of
item-total correlations in item analysis", Psychometrika 28 (1963), 211-218. From -1 to 1; there is none where
everybody earned the same.

**Consistency** (Cronbach's alpha): k / (k - 1) x (1 - sum of the variances of the questions / variance of the total);
L. J. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16 (1951), 297-334. It needs two
questions or more, people who were asked the very same ones, and scores that differ. Where a question was changed or
questions are drawn, the questions asked of most people are taken; with more than ``MOST_PAPERS`` different sets of
questions there is none. **Standard error** of a score: its standard deviation x root of (1 - alpha), in percentage
points; F. M. Lord and M. R. Novick, "Statistical theories of mental test scores" (1968), chapter 3.

**Small numbers.** Under ``LEAST_PEOPLE`` nothing but the number of people is told: it would be about persons. Under
``LEAST_RELATION`` there is no separation and no consistency: chance alone moves a correlation among so few by a third
and more (its standard error is about 1 / root of n).

Everything is added up in whole numbers, so the figures do not depend on the order of the attempts.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import sqrt

LEAST_PEOPLE = 5
LEAST_RELATION = 30
MOST_PAPERS = 50
BINS = 10
WHOLE = 10**6
"""Shares are added up in millionths."""

EASY, HARD = 0.95, 0.2
"""Above and below, a question tells hardly anything about who knows more."""
SEPARATES = 0.2
"""Below it a question separates poorly: R. L. Ebel and D. A. Frisbie, "Essentials of educational measurement", 1991."""
FUNCTIONS = 0.05
"""A wrong answer that fewer take does no work: T. M. Haladyna and S. M. Downing, "How many options is enough for a
multiple-choice test item?", Educational and Psychological Measurement 53 (1993), 999-1010."""
SURE = 2.0
"""How many standard errors two means must lie apart before the difference is called one."""


SUMS = ("asked", "share", "square", "related", "x", "xx", "y", "yy", "xy")


@dataclass
class Item:
    """Running sums of one question (one version of it), added to attempt by attempt."""

    asked: int = 0
    share: int = 0
    square: int = 0
    related: int = 0
    x: int = 0
    xx: int = 0
    y: int = 0
    yy: int = 0
    xy: int = 0
    seconds: Counter[int] = field(default_factory=Counter)

    def add(self, points: Decimal, most: Decimal, all_points: Decimal, all_most: Decimal) -> None:
        """Add an attempt: what the question earned of its most, and what the whole attempt did, with this question."""
        x = part(points, most)
        self.asked += 1
        self.share += x
        self.square += x * x
        if all_most > most:
            y = part(all_points - points, all_most - most)
            self.related += 1
            self.x, self.xx = self.x + x, self.xx + x * x
            self.y, self.yy = self.y + y, self.yy + y * y
            self.xy += x * y

    def __add__(self, other: Item) -> Item:
        """The sums of both groups of attempts, without their times."""
        both = ((getattr(self, name) + getattr(other, name)) for name in SUMS)
        return Item(**dict(zip(SUMS, both, strict=True)))

    @property
    def facility(self) -> float | None:
        """The mean share of the points, 0 to 1; ``None`` where nobody was asked."""
        return self.share / self.asked / WHOLE if self.asked else None

    @property
    def spread(self) -> float | None:
        """The standard deviation of the shares, 0 to 0.5."""
        if not self.asked:
            return None
        return sqrt(self.asked * self.square - self.share**2) / self.asked / WHOLE

    @property
    def separation(self) -> float | None:
        """The correlation with the rest, -1 to 1; ``None`` for too few, or where all earned the same."""
        if self.related < LEAST_RELATION:
            return None
        n = self.related
        of_x, of_y = n * self.xx - self.x**2, n * self.yy - self.y**2
        if not of_x or not of_y:
            return None
        return max(-1.0, min(1.0, (n * self.xy - self.x * self.y) / sqrt(of_x) / sqrt(of_y)))

    @property
    def time(self) -> int | None:
        """The median of the seconds spent, where they are known for ``LEAST_PEOPLE`` attempts."""
        number = self.seconds.total()
        if number < LEAST_PEOPLE:
            return None
        passed = 0
        for seconds in sorted(self.seconds):
            passed += self.seconds[seconds]
            if passed * 2 >= number:
                return seconds
        return None

    def remarks(self) -> list[str]:
        """What an author should look at: ``against``, ``flat``, ``easy``, ``hard``; nothing for too few."""
        facility, separation = self.facility, self.separation
        if facility is None or self.asked < LEAST_RELATION:
            return []
        found = []
        if separation is not None and separation < 0:
            found.append("against")
        if facility > EASY:
            found.append("easy")
        elif facility < HARD:
            found.append("hard")
        if separation is not None and 0 <= separation < SEPARATES and facility <= EASY:
            found.append("flat")
        return found


def part(points: Decimal, most: Decimal) -> int:
    """Return points as millionths of the most there is, 0 to ``WHOLE``; nothing of nothing is 0."""
    return max(0, min(WHOLE, round(points * WHOLE / most))) if most > 0 else 0


def differs(one: Item, other: Item) -> bool:
    """Whether the mean shares of two groups lie further apart than chance explains, both big enough to tell.

    Twice the standard error of the difference of two means (B. L. Welch, Biometrika 34 (1947), 28-35).
    """
    if min(one.asked, other.asked) < 2 * LEAST_PEOPLE:
        return False
    a, b = one.facility or 0.0, other.facility or 0.0
    error = sqrt((one.spread or 0) ** 2 / (one.asked - 1) + (other.spread or 0) ** 2 / (other.asked - 1))
    return abs(a - b) > max(SURE * error, FUNCTIONS)


# --- a whole quiz -------------------------------------------------------------------------


@dataclass
class Papers:
    """The attempts by the questions that they asked, for the consistency of a quiz."""

    papers: dict[frozenset[Hashable], _Paper] = field(default_factory=dict)
    drawn: bool = False

    def add(self, points: Mapping[Hashable, Decimal]) -> None:
        """Add an attempt: ``{question version: points}``."""
        if self.drawn:
            return
        paper = self.papers.setdefault(frozenset(points), _Paper())
        paper.add({key: round(value * 100) for key, value in points.items()})
        if len(self.papers) > MOST_PAPERS:
            self.drawn = True
            self.papers.clear()

    def consistency(self) -> Consistency:
        """Return Cronbach's alpha of the questions that most people were asked, or why there is none."""
        if self.drawn:
            return Consistency(why="drawn")
        if not self.papers:
            return Consistency(why="few")
        asked, paper = max(self.papers.items(), key=lambda held: (held[1].people, sorted(map(str, held[0]))))
        if paper.people < LEAST_RELATION:
            return Consistency(paper.people, len(asked), why="few")
        if len(asked) < 2:
            return Consistency(paper.people, len(asked), why="one")
        n = paper.people
        of_total = n * paper.square - paper.total**2
        if not of_total:
            return Consistency(n, len(asked), why="same")
        of_items = sum(n * square - total**2 for total, square in paper.items.values())
        return Consistency(n, len(asked), len(asked) / (len(asked) - 1) * (1 - of_items / of_total))


@dataclass
class _Paper:
    people: int = 0
    total: int = 0
    square: int = 0
    items: dict[Hashable, tuple[int, int]] = field(default_factory=dict)

    def add(self, points: Mapping[Hashable, int]) -> None:
        whole = sum(points.values())
        self.people += 1
        self.total += whole
        self.square += whole * whole
        for key, value in points.items():
            total, square = self.items.get(key, (0, 0))
            self.items[key] = (total + value, square + value * value)


@dataclass(frozen=True)
class Consistency:
    """Cronbach's alpha of ``questions`` over ``people``; without it ``why``: ``few``, ``one``, ``same``, ``drawn``."""

    people: int = 0
    questions: int = 0
    alpha: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Summary:
    """The scores of a quiz, in per cent. Without figures (``None``) where there are too few people."""

    attempts: int
    people: int
    passed: float | None = None
    mean: float | None = None
    median: float | None = None
    quartiles: tuple[float, float] | None = None
    deviation: float | None = None
    bins: tuple[int, ...] = ()
    error: float | None = None

    @property
    def told(self) -> bool:
        """Whether there are people enough to tell more than their number."""
        return self.people >= LEAST_PEOPLE


def summary(percents: Sequence[Decimal], passed: int, people: int, alpha: float | None = None) -> Summary:
    """Return the figures of the scores of all attempts.

    Quartiles interpolate between the scores (type 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical
    packages", The American Statistician 50 (1996), 361-365). Bins: from 0, from 10, ... the last from 90 to 100.
    """
    number = len(percents)
    if people < LEAST_PEOPLE or number < LEAST_PEOPLE:
        return Summary(number, people)
    scores = sorted(percents)
    low, median, high = statistics.quantiles(scores, n=4, method="inclusive")
    hundredths = [round(score * 100) for score in scores]
    variance = (number * sum(one * one for one in hundredths) - sum(hundredths) ** 2) / number / (number - 1)
    deviation = sqrt(variance) / 100
    counts = Counter(min(int(score // (100 // BINS)), BINS - 1) for score in scores)
    return Summary(
        attempts=number,
        people=people,
        passed=passed / number,
        mean=sum(hundredths) / number / 100,
        median=float(median),
        quartiles=(float(low), float(high)),
        deviation=deviation,
        bins=tuple(counts[bin] for bin in range(BINS)),
        error=deviation * sqrt(1 - alpha) if alpha is not None and 0 <= alpha <= 1 else None,
    )


# --- small groups -------------------------------------------------------------------------


def groups_told(sizes: Mapping[str, int]) -> set[str]:
    """Return the groups of people of which figures may be told: those with ``LEAST_PEOPLE`` or more.

    Where the others together are fewer than that, the smallest of the big ones is kept back too: beside the figures of
    everybody, what is kept back could be worked out by subtraction.
    """
    told = {key for key, size in sizes.items() if size >= LEAST_PEOPLE}
    rest = sum(size for key, size in sizes.items() if key not in told)
    if told and 0 < rest < LEAST_PEOPLE:
        told.remove(min(told, key=lambda key: (sizes[key], str(key))))
    return told
