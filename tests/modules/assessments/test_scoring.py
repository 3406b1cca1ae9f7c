"""The rules of scoring, as stated at the top of ``scoring.py``."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.scoring import grade_of, percent, points, share


def choices(right: str, ids: str = "abcdef"):
    return [{"id": choice, "correct": choice in right} for choice in ids]


@pytest.mark.parametrize(
    ("type", "right", "taken", "expected"),
    [
        ("single", "a", "a", 1),
        ("single", "a", "b", 0),
        ("single", "a", "", 0),
        ("single", "a", "ab", 0),
        ("truefalse", "b", "b", 1),
        ("truefalse", "b", "a", 0),
        ("multiple", "abc", "abc", 1),
        ("multiple", "abc", "ab", Fraction(2, 3)),
        ("multiple", "abc", "abd", Fraction(1, 3)),
        ("multiple", "abc", "abcdef", 0),
        ("multiple", "abc", "def", 0),
        ("multiple", "abc", "", 0),
        ("multiple", "ab", "abc", Fraction(1, 2)),
        ("multiple", "", "", 0),
    ],
)
def test_the_share_of_an_answer(type, right, taken, expected):
    assert share(type, choices(right), set(taken)) == expected


def test_a_choice_taken_twice_counts_once():
    assert share("multiple", choices("ab"), ["a", "a", "b"]) == 1


@pytest.mark.parametrize("type", ["single", "multiple", "truefalse"])
def test_an_unknown_choice_is_no_answer(type):
    with pytest.raises(ValueError, match="does not have"):
        share(type, choices("a"), ["a", "z"])


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


@st.composite
def answered(draw):
    """A question and an answer to it."""
    ids = draw(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=8, unique=True))
    right = draw(st.sets(st.sampled_from(ids), min_size=1))
    taken = draw(st.sets(st.sampled_from(ids)))
    type = draw(st.sampled_from(["single", "multiple", "truefalse"]))
    weight = draw(st.decimals(min_value=0, max_value=100, places=2))
    return type, [{"id": choice, "correct": choice in right} for choice in ids], right, taken, weight


@given(answered())
def test_no_answer_earns_less_than_nothing_or_more_than_all(question):
    type, all_choices, _right, taken, weight = question
    earned = share(type, all_choices, taken)
    assert 0 <= earned <= 1
    assert 0 <= points(earned, weight) <= weight


@given(answered())
def test_exactly_the_right_choices_of_many_earn_everything(question):
    _type, all_choices, right, taken, _weight = question
    assert share("multiple", all_choices, right) == 1
    if taken != right:
        assert share("multiple", all_choices, taken) < 1


@given(answered())
def test_a_wrong_choice_more_never_helps(question):
    type, all_choices, right, taken, _weight = question
    for wrong in {choice["id"] for choice in all_choices} - right - taken:
        assert share(type, all_choices, taken | {wrong}) <= share(type, all_choices, taken)


@given(answered())
def test_taking_everything_is_no_way_to_pass(question):
    _type, all_choices, right, _taken, _weight = question
    everything = {choice["id"] for choice in all_choices}
    if len(everything) >= 2 * len(right):
        assert share("multiple", all_choices, everything) == 0


@given(st.lists(answered(), max_size=12))
def test_an_attempt_stays_between_0_and_100_per_cent(questions):
    weights = [weight for *_rest, weight in questions]
    earned = [points(share(type, some, taken), weight) for type, some, _right, taken, weight in questions]
    assert 0 <= percent(earned, weights) <= 100


@given(st.lists(answered(), min_size=1, max_size=12))
def test_everything_right_is_100_per_cent_whatever_the_weights(questions):
    weights = [weight for *_rest, weight in questions]
    expected = 100 if sum(weights) else 0
    assert percent([points(Fraction(1), weight) for weight in weights], weights) == expected


@given(
    st.lists(st.decimals(min_value=0, max_value=100, places=2), min_size=1, max_size=9),
    st.sampled_from(["best", "last", "mean"]),
)
def test_a_grade_lies_between_the_worst_and_the_best_attempt(percents, rule):
    assert min(percents) <= grade_of(rule, percents) <= max(percents)
