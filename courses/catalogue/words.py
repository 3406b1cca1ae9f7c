"""A rule in words, in the reader's language: for learners on the course, and for whoever writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .completion import Branch, Group, Leaf, Outcome, Rule
from .explain import asked, number
from .facts import known


@dataclass(frozen=True)
class Phrase:
    """One line of a rule, with the lines below it; ``outcome`` where it is held against somebody's facts."""

    text: str
    weight: str = ""
    parts: tuple[Phrase, ...] = field(default=())


def group_words(mode: str, needed: float) -> str:
    """Say how many of its parts a group asks for."""
    if mode == "all":
        return _("All of these")
    if mode == "any":
        return _("Any one of these")
    if mode == "n_of":
        return ngettext("At least %(number)d of these", "At least %(number)d of these", int(needed)) % {
            "number": int(needed)
        }
    return _("Taken together by weight, at least %(number)s %% of these") % {"number": number(needed)}


def leaf_words(leaf: Leaf, title: str) -> str:
    """Say what a requirement asks."""
    kind = known(leaf.kind)
    return (kind.describe if kind and kind.describe else asked)(title, leaf)


def in_words(rule: Rule, title: Callable[[str, str], str]) -> Phrase:
    """Return a rule in words; ``title(kind, ref)`` says what a requirement is called."""
    return _phrase(rule.root, title, 1.0)


def hours_words(rule: Rule) -> str:
    """Say which hours the rule credits."""
    if rule.hours == "attended":
        return _(
            "Hours are credited as attended: the study time of the lessons done and the minutes present in live "
            "sessions, never the time a page was open."
        )
    return _("Whoever completes the course is credited all hours that it offers.")


def _phrase(node: Leaf | Branch, title: Callable[[str, str], str], weight: float) -> Phrase:
    counts = _("counts %(number)s times") % {"number": number(weight)} if weight != 1 else ""
    if isinstance(node, Leaf):
        return Phrase(leaf_words(node, title(node.kind, node.ref)), counts)
    parts = tuple(_phrase(part, title, each) for part, each in zip(node.parts, node.weights, strict=True))
    return Phrase(group_words(node.mode, node.needed), counts, parts)


def is_plain(group: Group) -> bool:
    """Whether a group is a plain list of requirements that are all asked, so that it needs no heading."""
    return group.mode == "all" and all(isinstance(part, Outcome) for part in group.parts)
