"""Grading again with corrected right answers. Pure: no database, no clock.

A question's version is never changed once it was asked. Who corrects it makes a new version, and regrading applies the
right answers of that one (the **key**) to attempts that asked the old one: body and parts are the key's, question text
and whatever the key lacks stay as asked. An attempt that had passed and would not any more keeps the points it had,
unless the organiser asks otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .scoring import percent
from .types.base import Content


def with_right_answers_of(asked: Content, key: Content) -> Content:
    """Return what was asked, with the right answers (and the words of parts and feedback) of the key."""
    words = {}
    for language, own in asked.words.items():
        other = key.words.get(language)
        words[language] = (
            replace(own, parts={**own.parts, **other.parts}, feedback=other.feedback or own.feedback) if other else own
        )
    return replace(asked, body=key.body, words=words)


@dataclass(frozen=True)
class Outcome:
    """What regrading makes of one attempt. ``kept``: it would have lost its pass, and keeps the points it had."""

    before: Decimal
    after: Decimal
    passed_before: bool
    passed: bool
    kept: bool = False


def outcome(
    old: Sequence[Decimal], new: Sequence[Decimal], weights: Sequence[Decimal], *, pass_mark: int, keep_passed: bool
) -> Outcome:
    """Return what becomes of an attempt whose questions had ``old`` points and are now worth ``new``."""
    before, after = percent(old, weights), percent(new, weights)
    passed_before, passes = before >= pass_mark, after >= pass_mark
    if keep_passed and passed_before and not passes:
        return Outcome(before, before, True, True, kept=True)
    return Outcome(before, after, passed_before, passes)


@dataclass(frozen=True)
class Summary:
    """How many attempts gain and lose by regrading, and whose pass changes."""

    attempts: int = 0
    gain: int = 0
    lose: int = 0
    now_pass: int = 0
    no_longer_pass: int = 0
    kept: int = 0


def summary(outcomes: Iterable[Outcome]) -> Summary:
    """Return the counts over all attempts."""
    some = list(outcomes)
    return Summary(
        attempts=len(some),
        gain=sum(one.after > one.before for one in some),
        lose=sum(one.after < one.before for one in some),
        now_pass=sum(one.passed and not one.passed_before for one in some),
        no_longer_pass=sum(one.passed_before and not one.passed for one in some),
        kept=sum(one.kept for one in some),
    )
