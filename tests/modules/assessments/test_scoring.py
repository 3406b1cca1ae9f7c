"""The rules of scoring, as stated at the top of ``scoring.py``."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.scoring import grade_of, passes, percent, points


@pytest.mark.parametrize(
    ("earned", "weight", "expected"),
    [
        (Fraction(2, 3), "1", "0.67"),
        (Fraction(1, 3), "1", "0.33"),
        (Fraction(1, 8), "1", "0.13"),
        (Fraction(1), "2.5", "2.50"),
    ],
)
def test_points_are_rounded_to_hundredths(earned, weight, expected):
    assert points(earned, Decimal(weight)) == Decimal(expected)


@pytest.mark.parametrize(
    ("earned", "weights", "expected"),
    [
        (["1", "0", "1"], ["1", "1", "1"], "66.67"),
        (["1", "1"], ["1", "1"], "100.00"),
        ([], [], "0.00"),
        (["0"], ["0"], "0.00"),
        (["2.5", "0"], ["2.5", "7.5"], "25.00"),
    ],
)
def test_the_percentage(earned, weights, expected):
    assert percent(map(Decimal, earned), map(Decimal, weights)) == Decimal(expected)


@pytest.mark.parametrize(
    ("rule", "percents", "expected"),
    [
        ("best", ["40", "90", "70"], "90"),
        ("last", ["40", "90", "70"], "70"),
        ("mean", ["40", "90", "70"], "66.67"),
        ("best", [], "0.00"),
    ],
)
def test_the_grade_over_all_attempts(rule, percents, expected):
    assert grade_of(rule, [Decimal(value) for value in percents]) == Decimal(expected)


EARNED = st.tuples(
    st.fractions(min_value=0, max_value=1, max_denominator=20), st.decimals(min_value=0, max_value=100, places=2)
)


@given(EARNED)
def test_no_question_earns_less_than_nothing_or_more_than_its_weight(question):
    assert 0 <= points(*question) <= question[1]


@given(st.lists(EARNED, max_size=12))
def test_an_attempt_stays_between_0_and_100_per_cent(questions):
    assert 0 <= percent([points(*question) for question in questions], [weight for _share, weight in questions]) <= 100


@given(st.lists(EARNED, min_size=1, max_size=12))
def test_everything_right_is_100_per_cent_whatever_the_weights(questions):
    weights = [weight for _share, weight in questions]
    expected = 100 if sum(weights) else 0
    assert percent([points(Fraction(1), weight) for weight in weights], weights) == expected


@given(
    st.lists(st.decimals(min_value=0, max_value=100, places=2), min_size=1, max_size=9),
    st.sampled_from(["best", "last", "mean"]),
)
def test_a_grade_lies_between_the_worst_and_the_best_attempt(percents, rule):
    assert min(percents) <= grade_of(rule, percents) <= max(percents)


def test_nobody_has_passed_who_never_handed_in():
    assert not passes("best", [], 0)
    assert passes("best", [Decimal(0)], 0)


@given(
    st.lists(st.decimals(min_value=0, max_value=100, places=2), min_size=1, max_size=9),
    st.sampled_from(["best", "last", "mean"]),
    st.data(),
)
def test_an_attempt_that_gains_never_lowers_a_grade(percents, rule, data):
    place = data.draw(st.integers(0, len(percents) - 1))
    better = [*percents]
    better[place] = data.draw(st.decimals(min_value=percents[place], max_value=100, places=2))
    assert grade_of(rule, better) >= grade_of(rule, percents)


@pytest.mark.parametrize(
    ("rule", "then", "passed"),
    [
        ("best", (True, False), True),
        ("best", (False, True), True),
        ("best", (False, False), False),
        ("last", (True, False), False),
        ("last", (False, True), True),
        ("mean", (True, True), True),
        ("mean", (True, False), False),
        ("best", (), False),
        ("mean", (), False),
        ("last", (None, None), False),
    ],
)
def test_what_was_passed_stays_passed_when_the_pass_mark_is_raised(rule, then, passed):
    percents = [Decimal(66), Decimal(60)]
    assert passes(rule, percents, 80, then) is passed
    assert passes(rule, percents, 60, then)
    assert not passes(rule, [], 0, ())
