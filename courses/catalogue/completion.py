"""Completion: facts and a rule in, every requirement with met or not met out (decision 4).

A rule is a tree of plain values::

    {"hours": "attended", "all": [
        {"kind": "lessons", "ref": "12", "at_least": 100, "weight": 3},
        {"any": [
            {"kind": "quiz", "ref": "12", "at_least": 80},
            {"kind": "live-session", "ref": "7", "at_least": 2, "measure": "days"},
        ]},
        {"n_of": 2, "of": [ … ]},
        {"points": 60, "of": [ … ]},
    ]}

**A leaf** asks that the fact ``(kind, ref)`` measures at least ``at_least``: in per cent of what was offered
(``percent``, the default), in its own count (``count``: posts, minutes), or in ``days``. A missing fact is worth 0.
A fact that carries a waiver meets its leaf whatever it measures.

**A group** is met: ``all`` when every part is, ``any`` when one is, ``n_of`` when that many are, ``points`` when
the shares of its parts, taken together by weight, make that many per cent. An empty group never is: a course
that asks nothing completes nobody.

**Progress** is a share, 1 when met. Else of a leaf ``measured / at_least``; of ``all`` the weighted mean; of ``any``
the best; of ``n_of`` the mean of the best n; of ``points`` what is reached of the points asked. Weights (1 unless
said) count where parts are added up, in ``all`` and ``points``, and are refused elsewhere. Therefore progress
never exceeds 100, never falls by doing more, does not depend on order (sums are exact), and is 100 exactly
when the rule is met.

**Hours** (at the root): ``offered`` credits the hours of the course to whoever completes it; ``attended``
credits the study time that the authors gave to each lesson done and the minutes present in live sessions.
Never the time a page was open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property, lru_cache
from math import fsum
from typing import Any, NamedTuple

FactKey = tuple[str, str]
MEASURES = ("percent", "count", "days")
HOURS = ("offered", "attended")
ROUNDING = 1e-9  # what binary fractions of shares may lack of a sum that is exact on paper
MOST = 10_000  # of a count, days or a weight: beyond it is a slip of the finger


class RuleError(ValueError):
    """The rule is not a tree this module understands; the text says where."""


@dataclass(frozen=True)
class Waiver:
    """Why a requirement counts as met though it was not done here: waived, or recognised from elsewhere."""

    basis: str
    reason: str = ""
    evidence: str = ""
    issuer: str = ""
    by: str = ""
    at: datetime | None = None


class Fact(NamedTuple):
    """How far somebody is with one thing: ``value`` in per cent 0–100, and the numbers behind it for words.

    ``done`` of ``total`` in the kind's own count; ``days`` of ``days_total`` where the thing has days;
    ``minutes`` what it credits where hours are credited as attended. ``noted``: whether anything was
    written down, be it absence; without that, no 0 says that nothing was done.
    """

    value: float
    done: int = 0
    total: int = 0
    days: int = 0
    days_total: int = 0
    minutes: int = 0
    waiver: Waiver | None = None
    noted: bool = True

    def measured(self, measure: str) -> float:
        """Return how much there is of it by this measure."""
        return self.value if measure == "percent" else self.done if measure == "count" else self.days


NOTHING = Fact(0)


class Outcome(NamedTuple):
    """One requirement held against its fact."""

    kind: str
    ref: str
    at_least: float
    fact: Fact
    met: bool
    measure: str
    share: float


@dataclass(frozen=True)
class Group:
    """Several parts together. ``mode`` and ``needed`` as the rule says; ``weights`` go with the parts."""

    mode: str
    needed: float
    parts: tuple[Outcome | Group, ...]
    weights: tuple[float, ...]
    met: bool
    share: float

    def outcomes(self) -> Iterator[Outcome]:
        """Every requirement below, in the rule's order."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.outcomes()
            else:
                yield part


@dataclass(frozen=True)
class Verdict:
    """What the rule says of one person."""

    root: Group
    hours: str = "offered"

    @property
    def complete(self) -> bool:
        return self.root.met

    @cached_property
    def outcomes(self) -> list[Outcome]:
        return list(self.root.outcomes())

    @property
    def percent(self) -> int:
        """Progress 0–100, rounded down; 100 exactly when complete."""
        return 100 if self.complete else min(99, int(self.root.share * 100 + ROUNDING))

    def credited(self, offered: Decimal) -> Decimal:
        """Return the hours credited so far of the ``offered`` ones; see ``credited_hours``."""
        return credited_hours(offered, self.hours, self.outcomes, complete=self.complete)


class Leaf(NamedTuple):
    """A requirement of a rule that has been read."""

    kind: str
    ref: str
    at_least: float
    measure: str = "percent"

    @property
    def key(self) -> FactKey:
        return self.kind, self.ref

    def judge(self, facts: Mapping[FactKey, Fact]) -> Outcome:
        """Hold the requirement against its fact."""
        fact = facts.get((self.kind, self.ref), NOTHING)
        return held(self, fact) if fact.waiver is None else hold(self, fact)


def hold(leaf: Leaf, fact: Fact) -> Outcome:
    """Hold a requirement against a fact."""
    measured = fact.measured(leaf.measure)
    met = fact.waiver is not None or measured >= leaf.at_least
    share = 1.0 if met else max(0.0, measured / leaf.at_least)
    return Outcome(leaf.kind, leaf.ref, leaf.at_least, fact, met, leaf.measure, share)


held = lru_cache(maxsize=16_384)(hold)
"""The same, kept: two lessons of three are true of thousands. Never for a waiver, which names people."""


@dataclass(frozen=True)
class Branch:
    """A group of a rule that has been read."""

    mode: str
    needed: float
    parts: tuple[Leaf | Branch, ...]
    weights: tuple[float, ...]

    def judge(self, facts: Mapping[FactKey, Fact]) -> Group:
        """Hold every part against the facts, then the group against its parts."""
        parts = tuple([part.judge(facts) for part in self.parts])
        if self.mode == "points":
            reached = fsum(weight * part.share for part, weight in zip(parts, self.weights, strict=True))
            asked = fsum(self.weights) * self.needed / 100
            met = bool(parts) and reached >= asked - ROUNDING
            share = 1.0 if met else reached / asked if parts else 0.0
        else:
            met = bool(parts) and sum(part.met for part in parts) >= self.needed
            if met or not parts:
                share = 1.0 if met else 0.0
            elif self.mode == "all":
                reached = fsum(weight * part.share for part, weight in zip(parts, self.weights, strict=True))
                share = reached / fsum(self.weights)
            else:
                best = sorted((part.share for part in parts), reverse=True)[: int(self.needed)]
                share = fsum(best) / self.needed
        return Group(self.mode, self.needed, parts, self.weights, met, share)

    def leaves(self) -> Iterator[Leaf]:
        """Every requirement below, in the rule's order."""
        for part in self.parts:
            if isinstance(part, Branch):
                yield from part.leaves()
            else:
                yield part


@dataclass(frozen=True)
class Rule:
    """A rule that has been read: read once, judge many."""

    root: Branch
    hours: str = "offered"

    def judge(self, facts: Mapping[FactKey, Fact]) -> Verdict:
        """Hold the rule against ``{(kind, ref): Fact}`` of one person."""
        return Verdict(self.root.judge(facts), self.hours)

    @property
    def leaves(self) -> list[Leaf]:
        return list(self.root.leaves())

    @property
    def keys(self) -> set[FactKey]:
        """The facts it asks for."""
        return {leaf.key for leaf in self.root.leaves()}

    @property
    def kinds(self) -> set[str]:
        """The kinds of facts it asks for."""
        return {leaf.kind for leaf in self.root.leaves()}


def evaluate(spec: Mapping[str, Any], facts: Mapping[FactKey, Fact]) -> Verdict:
    """Hold a rule's tree against the facts of one person. Raises ``RuleError``."""
    return read_rule(spec).judge(facts)


def credited_hours(offered: Decimal, by: str, outcomes: Iterable[Outcome], *, complete: bool) -> Decimal:
    """Return the hours credited to somebody.

    ``offered``: all of them once complete, none before. ``attended``: the minutes of each fact once, however often
    the rule asks for it, in half hours rounded down, never above what was offered (0: no such limit). What was
    waived or recognised credits no time.
    """
    if by == "offered":
        return offered if complete else Decimal(0)
    minutes = sum({(o.kind, o.ref): o.fact.minutes for o in outcomes}.values())
    hours = (Decimal(minutes) / 30).to_integral_value(ROUND_FLOOR) / 2
    return min(hours, offered) if offered else hours


def read_rule(spec: Mapping[str, Any]) -> Rule:
    """Read a rule's tree. Raises ``RuleError`` for one that cannot be read; the text says where."""
    root = _node(spec, "rule")
    hours = spec.get("hours", "offered")
    if hours not in HOURS:
        raise RuleError(f"rule.hours: one of {', '.join(HOURS)} is expected")
    return Rule(root if isinstance(root, Branch) else Branch("all", 1, (root,), (1.0,)), hours)


def _node(node: Any, where: str) -> Leaf | Branch:
    if not isinstance(node, Mapping):
        raise RuleError(f"{where}: a requirement or a group is expected")
    for mode in ("all", "any"):
        if mode in node:
            parts, weights = _parts(node[mode], f"{where}.{mode}", weighted=mode == "all")
            return Branch(mode, len(parts) if mode == "all" else 1, parts, weights)
    if "n_of" in node:
        parts, weights = _parts(node.get("of"), f"{where}.of", weighted=False)
        needed = node["n_of"]
        if not isinstance(needed, int) or not 1 <= needed <= len(parts):
            raise RuleError(f"{where}.n_of: a number from 1 to {len(parts)} is expected")
        return Branch("n_of", needed, parts, weights)
    if "points" in node:
        parts, weights = _parts(node.get("of"), f"{where}.of", weighted=True)
        return Branch("points", _number(node["points"], f"{where}.points", 100), parts, weights)
    try:
        kind, ref, at_least = str(node["kind"]), str(node["ref"]), node["at_least"]
    except KeyError as error:
        raise RuleError(f"{where}: kind, ref and at_least are expected") from error
    measure = node.get("measure", "percent")
    if measure not in MEASURES:
        raise RuleError(f"{where}.measure: one of {', '.join(MEASURES)} is expected")
    return Leaf(kind, ref, _number(at_least, f"{where}.at_least", 100 if measure == "percent" else MOST), measure)


def _number(value: Any, where: str, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise RuleError(f"{where}: more than 0 and at most {most} is expected")
    return float(value)


def _parts(nodes: Any, where: str, *, weighted: bool) -> tuple[tuple[Leaf | Branch, ...], tuple[float, ...]]:
    if not isinstance(nodes, Sequence) or isinstance(nodes, str):
        raise RuleError(f"{where}: a list is expected")
    parts = tuple(_node(node, f"{where}[{index}]") for index, node in enumerate(nodes))
    if not weighted and any("weight" in node for node in nodes):
        raise RuleError(f"{where}: weights count only where parts are added up, in all and points")
    weights = tuple(_number(node.get("weight", 1), f"{where}[{i}].weight", MOST) for i, node in enumerate(nodes))
    return parts, weights
