"""Grading again with corrected right answers. Pure: no database, no clock.

A question's version is never changed once it was asked. Who corrects it makes a new version, and regrading applies the
right answers of that one (the **key**) to attempts that asked the old one: body and parts are the key's, question text
and whatever the key lacks stay as asked. What the key asks beyond that is left out (``QuestionType.right_in``).

Nobody loses a pass by it, unless the organiser asks for that: an attempt that had passed and would not any more keeps
the points it had; and where the grade of the quiz over all attempts of a learner (best, last or mean) had passed and
would not any more, each of these attempts that would lose keeps its points. What is gained is always given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .scoring import passes, percent
from .types.base import Content, QuestionType


def with_right_answers_of(kind: QuestionType, asked: Content, key: Content) -> Content:
    """Return what was asked, with the right answers (and the words of parts and feedback) of the key, of one type."""
    words = {}
    for language, own in asked.words.items():
        other = key.words.get(language)
        words[language] = (
            replace(own, parts={**own.parts, **other.parts}, feedback=other.feedback or own.feedback) if other else own
        )
    return replace(asked, body=kind.right_in(key.body, asked.body), words=words)


@dataclass(frozen=True)
class Outcome:
    """What regrading makes of one attempt. ``kept``: a pass would have been lost, so it keeps its points."""

    before: Decimal
    after: Decimal
    passed_before: bool
    passed: bool
    kept: bool = False


def outcome(
    old: Sequence[Decimal],
    new: Sequence[Decimal],
    weights: Sequence[Decimal],
    *,
    pass_mark: int,
    keep_passed: bool,
    had_passed: bool | None = None,
) -> Outcome:
    """Return what becomes of an attempt whose questions had ``old`` points and are now worth ``new``.

    ``had_passed``: what it was told, where the pass mark was another then.
    """
    before, after = percent(old, weights), percent(new, weights)
    passed_before = before >= pass_mark if had_passed is None else had_passed
    if not keep_passed or not passed_before or after >= pass_mark:
        return Outcome(before, after, passed_before, after >= pass_mark)
    return Outcome(before, max(before, after), True, True, kept=after < before)


def together(rule: str, outcomes: Sequence[Outcome], *, pass_mark: int, keep_passed: bool) -> list[Outcome]:
    """Return what becomes of all graded attempts of one learner at one quiz, in their order.

    ``rule`` makes the grade of them.
    """
    had, has = (
        passes(rule, percents, pass_mark)
        for percents in ([one.before for one in outcomes], [one.after for one in outcomes])
    )
    if has or not (had and keep_passed):
        return list(outcomes)
    return [
        replace(one, after=one.before, passed=one.passed_before, kept=True) if one.after < one.before else one
        for one in outcomes
    ]


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
