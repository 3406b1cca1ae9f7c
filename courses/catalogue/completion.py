"""Completion: facts and a rule in, every requirement with met or not met out (decision 4).

A rule is a tree of plain values::

    {"all": [
        {"kind": "lessons", "ref": "12", "at_least": 100},
        {"any": [
            {"kind": "quiz", "ref": "12", "at_least": 80},
            {"kind": "live-session", "ref": "7", "at_least": 80},
        ]},
        {"n_of": 2, "of": [ … ]},
    ]}

A leaf asks that the fact ``(kind, ref)`` is worth at least ``at_least`` per cent. A missing fact is worth 0.
``all`` is met when every part is (an empty ``all`` never is: a course that asks nothing completes nobody),
``any`` when one is, ``n_of`` when that many are.

Progress is a share: of a leaf ``min(value, at_least) / at_least``; of ``all`` the mean; of ``any`` the best;
of ``n_of`` the mean of the best n. Therefore it never exceeds 100, never falls by doing more, does not depend
on order, and is 100 exactly when the rule is met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FactKey = tuple[str, str]


class RuleError(ValueError):
    """The rule is not a tree this module understands; the text says where."""


@dataclass(frozen=True)
class Fact:
    """How far somebody is with one thing, in per cent 0–100, with the numbers behind it for words."""

    value: float
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Outcome:
    """One requirement held against its fact."""

    kind: str
    ref: str
    at_least: float
    fact: Fact
    met: bool

    @property
    def share(self) -> float:
        return 1.0 if self.met else max(0.0, min(self.fact.value, self.at_least) / self.at_least)


@dataclass(frozen=True)
class Group:
    """Several parts of which ``needed`` must be met."""

    needed: int
    parts: tuple[Outcome | Group, ...]

    @property
    def met(self) -> bool:
        return bool(self.parts) and sum(part.met for part in self.parts) >= self.needed

    @property
    def share(self) -> float:
        if not self.parts:
            return 0.0
        best = sorted((part.share for part in self.parts), reverse=True)[: self.needed]
        return sum(best) / self.needed

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

    @property
    def complete(self) -> bool:
        return self.root.met

    @property
    def outcomes(self) -> list[Outcome]:
        return list(self.root.outcomes())

    @property
    def percent(self) -> int:
        """Progress 0–100, rounded down; 100 exactly when complete."""
        return 100 if self.complete else min(99, int(self.root.share * 100))


def evaluate(spec: Mapping[str, Any], facts: Mapping[FactKey, Fact]) -> Verdict:
    """Hold a rule against facts.

    Takes the rule's tree and ``{(kind, ref): Fact}``; returns the verdict. Raises ``RuleError``.
    """
    root = _node(spec, facts, "rule")
    return Verdict(root if isinstance(root, Group) else Group(1, (root,)))


def _node(node: Any, facts: Mapping[FactKey, Fact], where: str) -> Outcome | Group:
    if not isinstance(node, Mapping):
        raise RuleError(f"{where}: a requirement or a group is expected")
    for name in ("all", "any"):
        if name in node:
            parts = _parts(node[name], facts, f"{where}.{name}")
            return Group(len(parts) if name == "all" else 1, parts)
    if "n_of" in node:
        parts = _parts(node.get("of"), facts, f"{where}.of")
        needed = node["n_of"]
        if not isinstance(needed, int) or not 1 <= needed <= len(parts):
            raise RuleError(f"{where}.n_of: a number from 1 to {len(parts)} is expected")
        return Group(needed, parts)
    try:
        kind, ref, at_least = str(node["kind"]), str(node["ref"]), float(node["at_least"])
    except (KeyError, TypeError, ValueError) as error:
        raise RuleError(f"{where}: kind, ref and at_least are expected") from error
    if not 0 < at_least <= 100:
        raise RuleError(f"{where}.at_least: more than 0 and at most 100 is expected")
    fact = facts.get((kind, ref), Fact(0))
    return Outcome(kind, ref, at_least, fact, fact.value >= at_least)


def _parts(nodes: Any, facts: Mapping[FactKey, Fact], where: str) -> tuple[Outcome | Group, ...]:
    if not isinstance(nodes, Sequence) or isinstance(nodes, str):
        raise RuleError(f"{where}: a list is expected")
    return tuple(_node(node, facts, f"{where}[{index}]") for index, node in enumerate(nodes))
