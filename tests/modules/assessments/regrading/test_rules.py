"""Who gains, loses and keeps a pass: the rules, free of the database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.regrading import outcome, summary, together
from modules.assessments.scoring import grade_of, passes


def points(*numbers: float) -> list[Decimal]:
    return [Decimal(str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("old", "new", "keep", "after", "passed", "kept"),
    [
        ((1, 0), (1, 1), True, 100, True, False),
        ((1, 1), (1, 0), True, 100, True, True),
        ((1, 1), (1, 0), False, 50, False, False),
        ((1, 0), (0, 0), True, 0, False, False),
        ((1, 1), (1, 1), True, 100, True, False),
    ],
)
def test_who_passed_keeps_what_they_had_unless_wanted_otherwise(old, new, keep, after, passed, kept):
    found = outcome(points(*old), points(*new), points(1, 1), pass_mark=80, keep_passed=keep)
    assert (found.after, found.passed, found.kept) == (after, passed, kept)


marks = st.lists(st.tuples(*[st.decimals(0, 1, places=2)] * 2), min_size=1, max_size=6)


@given(st.lists(marks, max_size=8), st.integers(0, 100))
def test_nobody_who_passed_fails_where_passes_are_kept(attempts, pass_mark):
    some = [
        outcome(
            [old for old, _new in one],
            [new for _old, new in one],
            points(*[1] * len(one)),
            pass_mark=pass_mark,
            keep_passed=True,
        )
        for one in attempts
    ]
    counts = summary(some)
    assert counts.no_longer_pass == 0
    assert counts.gain + counts.lose + counts.kept <= counts.attempts == len(attempts)


# One learner's attempts at a quiz: old and new points of some equally heavy questions each, in order.
RULES = st.sampled_from(["best", "last", "mean"])


def all_of(rule, attempts, pass_mark, keep_passed):
    weights = [points(*[1] * len(one)) for one in attempts]
    found = [
        outcome([a for a, _b in one], [b for _a, b in one], most, pass_mark=pass_mark, keep_passed=keep_passed)
        for one, most in zip(attempts, weights, strict=True)
    ]
    return together(rule, found, pass_mark=pass_mark, keep_passed=keep_passed)


def percents(outcomes, name):
    return [getattr(one, name) for one in outcomes]


@given(RULES, st.lists(marks, min_size=1, max_size=6), st.integers(1, 100))
def test_whatever_attempt_counts_who_had_passed_the_quiz_has_passed_it_still(rule, attempts, pass_mark):
    found = all_of(rule, attempts, pass_mark, keep_passed=True)
    if passes(rule, percents(found, "before"), pass_mark):
        assert passes(rule, percents(found, "after"), pass_mark)
    assert all(one.passed or not one.passed_before for one in found)


@given(RULES, st.lists(marks, min_size=1, max_size=6), st.integers(1, 100))
def test_keeping_never_gives_less_and_never_more_than_one_had_or_earns(rule, attempts, pass_mark):
    kept = all_of(rule, attempts, pass_mark, keep_passed=True)
    hard = all_of(rule, attempts, pass_mark, keep_passed=False)
    for one, other in zip(kept, hard, strict=True):
        assert one.after >= other.after
        assert one.after == (one.before if one.kept else other.after)
    assert grade_of(rule, percents(kept, "after")) >= grade_of(rule, percents(hard, "after"))


@given(RULES, st.lists(marks, min_size=1, max_size=6), st.integers(1, 100), st.booleans())
def test_regraded_twice_is_regraded_once(rule, attempts, pass_mark, keep_passed):
    first = all_of(rule, attempts, pass_mark, keep_passed)
    reached = [
        [(old, old) if fate.kept else (new, new) for old, new in one] for one, fate in zip(attempts, first, strict=True)
    ]
    again = all_of(rule, reached, pass_mark, keep_passed)
    assert percents(again, "after") == percents(first, "after")


@pytest.mark.parametrize(("rule", "after"), [("mean", [100, 60]), ("best", [100, 50]), ("last", [100, 50])])
def test_a_failed_attempt_keeps_its_points_only_where_the_grade_would_fail_without_them(rule, after):
    """100 % and 60 %, of which the second would be 50 %, with a pass mark of 80 %."""
    pairs = [[(Decimal(1), Decimal(1))] * 2, [(Decimal(1), Decimal(1)), (Decimal("0.2"), Decimal(0))]]
    assert percents(all_of(rule, pairs, 80, keep_passed=True), "after") == after
