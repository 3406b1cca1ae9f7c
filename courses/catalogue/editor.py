"""The rule as a form: groups and requirements as typed, read into a rule or given back with what is wrong.

Everything works without a script: each press of a button sends the whole form, which is kept as a draft. A node's
name is its place in the tree: ``r`` is the rule, ``r-0-2`` the third part of its first part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .completion import MOST
from .facts import FactKind, known
from .words import group_words

DEEPEST = 3
"""Levels of groups below the rule itself."""
MOST_PARTS = 120
MODES = {
    "all": gettext_lazy("all of these"),
    "any": gettext_lazy("any one of these"),
    "n_of": gettext_lazy("a number of these"),
    "points": gettext_lazy("a share of these, by weight"),
}
MEASURES = {
    "percent": gettext_lazy("per cent"),
    "count": gettext_lazy("times or minutes"),
    "days": gettext_lazy("days"),
}
FIELDS = ("mode", "pick", "at_least", "measure", "weight", "needed")


@dataclass
class Node:
    """A requirement (``mode`` is ``leaf``) or a group, as typed."""

    name: str
    mode: str = "leaf"
    pick: str = ""
    at_least: str = "100"
    measure: str = "percent"
    weight: str = ""
    needed: str = ""
    parts: list[Node] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        return self.name.count("-")

    @property
    def is_group(self) -> bool:
        return self.mode != "leaf"

    @property
    def adds_up(self) -> bool:
        """Whether weights of its parts count."""
        return self.mode in ("all", "points")

    @property
    def may_nest(self) -> bool:
        return self.depth < DEEPEST

    @property
    def kind(self) -> FactKind | None:
        return known(self.pick.partition(":")[0])

    @property
    def number(self) -> int:
        """Its place among its neighbours, from 1."""
        return int(self.name.rpartition("-")[2]) + 1 if "-" in self.name else 1

    def every(self) -> Iterator[Node]:
        """The node and everything below."""
        yield self
        for part in self.parts:
            yield from part.every()

    def state(self) -> dict[str, Any]:
        """Return what was typed, to be kept."""
        return {name: getattr(self, name) for name in FIELDS} | {"parts": [part.state() for part in self.parts]}


class Editor:
    """A rule being written for a course; ``titles`` are what it can ask for: ``{kind: {ref: title}}``."""

    def __init__(self, root: Node, hours: str, titles: Mapping[str, Mapping[str, str]]) -> None:
        self.root, self.hours, self.titles = root, hours, titles
        self._name(root, "r")

    # --- Where it comes from

    @classmethod
    def of_spec(cls, spec: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]]) -> Editor:
        """Take up a rule that is in force."""
        root = _node_of(spec)
        if not root.is_group:
            root = Node("r", "all", parts=[root])
        return cls(root, spec.get("hours", "offered"), titles)

    @classmethod
    def of_state(cls, state: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]]) -> Editor:
        """Take up a draft where it was left."""
        return cls(_node_of_state(state["root"]), state.get("hours", "offered"), titles)

    @classmethod
    def of_form(cls, data: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]) -> Editor:
        """Read what was sent."""
        left = MOST_PARTS

        def read(name: str, depth: int) -> Node:
            nonlocal left
            left -= 1
            node = Node(name)
            for each in FIELDS:
                setattr(node, each, str(data.get(f"{name}.{each}", ""))[:60].strip())
            if node.mode not in MODES:
                node.mode = "all" if name == "r" else "leaf"
            place = 0
            while node.is_group and depth <= DEEPEST and left > 0 and f"{name}-{place}.mode" in data:
                node.parts.append(read(f"{name}-{place}", depth + 1))
                place += 1
            return node

        return cls(read("r", 0), "attended" if data.get("hours") == "attended" else "offered", titles)

    def state(self) -> dict[str, Any]:
        """Return everything typed, to be kept as a draft."""
        return {"root": self.root.state(), "hours": self.hours}

    # --- What one does with it

    def act(self, act: str, name: str) -> str:
        """Add, take out or move a part; returns the name of the node to look at next."""
        node = next((node for node in self.root.every() if node.name == name), self.root)
        owner = next((group for group in self.root.every() if node in group.parts), None)
        full = sum(1 for _node in self.root.every()) >= MOST_PARTS
        if act == "add" and node.is_group and not full:
            node.parts.append(Node(""))
            node = node.parts[-1]
        elif act == "group" and node.is_group and node.may_nest and not full:
            node.parts.append(Node("", "any", parts=[Node("")]))
            node = node.parts[-1]
        elif act == "remove" and owner is not None:
            owner.parts.remove(node)
            node = owner
        elif act in ("up", "down") and owner is not None:
            here = owner.parts.index(node)
            there = here + (1 if act == "down" else -1)
            if 0 <= there < len(owner.parts):
                owner.parts[here], owner.parts[there] = owner.parts[there], owner.parts[here]
        self._name(self.root, "r")
        return node.name

    def _name(self, node: Node, name: str) -> None:
        node.name = name
        for place, part in enumerate(node.parts):
            self._name(part, f"{name}-{place}")

    # --- What comes of it

    def spec(self) -> dict[str, Any]:
        """Return the rule as far as it can be read; what is wrong stands in the nodes' ``errors``."""
        for node in self.root.every():
            node.errors = {}
        spec = self._read(self.root, adds_up=False) or {"all": []}
        return spec | {"hours": "attended"} if self.hours == "attended" else spec

    @property
    def errors(self) -> list[tuple[Node, str]]:
        """What is wrong, in the form's order; after ``spec``."""
        return [(node, text) for node in self.root.every() for text in node.errors.values()]

    def _read(self, node: Node, *, adds_up: bool) -> dict[str, Any] | None:
        made = self._group(node) if node.is_group else self._leaf(node)
        if made is not None and adds_up and node.weight:
            weight = _number(node.weight)
            if weight is None or not 0 < weight <= MOST:
                node.errors["weight"] = _("Write a number above 0, or leave it empty.")
            elif weight != 1:
                made["weight"] = weight
        return made

    def _group(self, node: Node) -> dict[str, Any] | None:
        parts = [self._read(part, adds_up=node.adds_up) for part in node.parts]
        good = [part for part in parts if part is not None]
        if not node.parts:
            node.errors["parts"] = _("Add at least one requirement.")
            return None
        if node.mode in ("all", "any"):
            return {node.mode: good} if good else None
        needed = _number(node.needed)
        if node.mode == "points":
            if needed is None or not 0 < needed <= 100:
                node.errors["needed"] = _("Write a number from 1 to 100.")
                return None
            return {"points": needed, "of": good} if good else None
        if not isinstance(needed, int) or not 1 <= needed <= len(node.parts):
            node.errors["needed"] = _("Write a whole number from 1 to %(most)d.") % {"most": len(node.parts)}
            return None
        return {"n_of": min(needed, len(good)), "of": good} if good else None

    def _leaf(self, node: Node) -> dict[str, Any] | None:
        name, _colon, ref = node.pick.partition(":")
        kind = known(name)
        if not node.pick:
            node.errors["pick"] = _("Choose what is asked.")
            return None
        if kind is None or ref not in self.titles.get(name, {}):
            node.errors["pick"] = _("This is no longer part of the course. Choose something else.")
            return None
        if kind.judged:
            return {"kind": name, "ref": ref, "at_least": 100}
        if node.measure not in kind.measures:
            names = ", ".join(str(MEASURES[measure]) for measure in kind.measures)
            node.errors["measure"] = _("This can be asked for in: %(measures)s.") % {"measures": names}
            return None
        at_least = _number(node.at_least)
        most = 100 if node.measure == "percent" else MOST
        if at_least is None or not 0 < at_least <= most:
            node.errors["at_least"] = _("Write a number from 1 to %(most)d.") % {"most": most}
            return None
        leaf = {"kind": name, "ref": ref, "at_least": at_least}
        return leaf if node.measure == "percent" else leaf | {"measure": node.measure}

    # --- What the form shows

    @property
    def choices(self) -> list[dict[str, Any]]:
        """What a requirement can ask for, by kind; kinds of which the course has nothing are left out."""
        found = []
        for name, titles in self.titles.items():
            kind = known(name)
            if kind is not None and titles:
                options = [{"value": f"{name}:{ref}", "title": title} for ref, title in titles.items()]
                found.append({"kind": kind, "measures": " ".join(kind.measures), "options": options})
        return found

    @property
    def modes(self) -> dict[str, Any]:
        return MODES

    @property
    def measures(self) -> dict[str, Any]:
        return MEASURES

    @staticmethod
    def heading(node: Node) -> str:
        """Return a group's name for the form: what it asks, or where it stands."""
        needed = _number(node.needed)
        if node.mode in ("all", "any"):
            return group_words(node.mode, 1)
        return group_words(node.mode, needed) if needed else str(MODES[node.mode])


def _number(typed: str) -> int | float | None:
    """Read a number as people write it; ``None`` when it is none."""
    try:
        value = float(typed.replace(",", ".").replace("٫", "."))
    except ValueError:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return int(value) if value == int(value) else value


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else ""


def _node_of(spec: Mapping[str, Any]) -> Node:
    weight = _text(spec.get("weight"))
    for mode in ("all", "any"):
        if mode in spec:
            return Node("", mode, weight=weight, parts=[_node_of(part) for part in spec[mode]])
    for mode in ("n_of", "points"):
        if mode in spec:
            parts = [_node_of(part) for part in spec["of"]]
            return Node("", mode, weight=weight, needed=_text(spec[mode]), parts=parts)
    return Node(
        "",
        pick=f"{spec['kind']}:{spec['ref']}",
        at_least=_text(spec["at_least"]),
        measure=spec.get("measure", "percent"),
        weight=weight,
    )


def _node_of_state(state: Mapping[str, Any]) -> Node:
    node = Node("", parts=[_node_of_state(part) for part in state.get("parts", ())])
    for each in FIELDS:
        setattr(node, each, str(state.get(each, "")))
    return node
