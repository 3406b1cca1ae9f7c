"""How well a quiz and its questions measure."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.answering_time import PAUSE, times
from modules.assessments.item_analysis import (
    LEAST_PEOPLE,
    LEAST_RELATION,
    MOST_PAPERS,
    WHOLE,
    Item,
    Papers,
    differs,
    groups_told,
    part,
    summary,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def item(*rows: tuple[float, float], most: int = 1, all_most: int = 10) -> Item:
    """From ``(points of the question, points of the rest)``."""
    found = Item()
    for x, rest in rows:
        points, others = Decimal(str(x)), Decimal(str(rest))
        found.add(points, Decimal(most), points + others, Decimal(all_most))
    return found


# --- one question -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earned", "facility", "spread"),
    [
        ([1, 1, 1, 1], 1.0, 0.0),
        ([1, 1, 0, 0], 0.5, 0.5),
        ([1, 0, 0, 0], 0.25, sqrt(3) / 4),
        ([0.5, 0.5], 0.5, 0.0),
    ],
)
def test_the_share_correct_is_the_mean_share_of_the_points(earned, facility, spread):
    found = item(*((points, 5) for points in earned))
    assert (found.facility, found.spread) == (pytest.approx(facility), pytest.approx(spread))


def test_a_question_that_nobody_was_asked_has_no_figures():
    found = Item()
    assert (found.facility, found.spread, found.separation, found.time, found.remarks()) == (None, None, None, None, [])


def test_separation_is_the_correlation_with_the_rest_of_the_attempt():
    rows = [(number % 3 > 0, number % 7 + (number % 3 > 0)) for number in range(60)]
    expected = statistics.correlation([float(x) for x, _rest in rows], [float(rest) for _x, rest in rows])
    assert item(*((int(x), rest) for x, rest in rows)).separation == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(1, 9), (0, 0)], 1.0),
        ([(0, 9), (1, 0)], -1.0),
        ([(1, 4), (1, 2)], None),  # all are right: nothing to correlate
        ([(1, 4), (0, 4)], None),  # the rest is the same for all
    ],
)
def test_separation_at_its_ends(rows, expected):
    found = item(*(rows * LEAST_RELATION)).separation
    assert found == (None if expected is None else pytest.approx(expected))


def test_too_few_have_no_separation_and_no_remarks():
    few = item(*([(1, 9), (0, 0)] * (LEAST_RELATION // 2 - 1)))
    assert (few.separation, few.remarks()) == (None, [])


def test_a_question_alone_in_its_quiz_has_nothing_to_be_compared_with():
    found = Item()
    for number in range(100):
        found.add(Decimal(number % 2), Decimal(1), Decimal(number % 2), Decimal(1))
    assert (found.facility, found.separation) == (0.5, None)


@pytest.mark.parametrize(
    ("rows", "remarks"),
    [
        ([(1, 5), (1, 7)], ["easy"]),
        ([(0, 5), (0, 7)], ["hard"]),
        ([(1, 0), (0, 9)], ["against"]),
        ([(1, 9), (0, 0)], []),
        ([(1, 5), (0, 5), (1, 7), (0, 7)], ["flat"]),
    ],
)
def test_remarks_name_what_an_author_should_look_at(rows, remarks):
    assert item(*(rows * LEAST_RELATION)).remarks() == remarks


points = st.decimals(0, 3, places=2)


@given(st.lists(st.tuples(points, points), min_size=1, max_size=80), st.randoms())
def test_figures_keep_their_bounds_and_do_not_depend_on_the_order(rows, chance):
    found = item(*rows, most=3, all_most=6)
    assert 0 <= found.facility <= 1
    assert 0 <= found.spread <= 0.5
    assert found.separation is None or -1 <= found.separation <= 1
    mixed = list(rows)
    chance.shuffle(mixed)
    assert item(*mixed, most=3, all_most=6) == found


@given(points, points)
def test_a_share_is_never_below_nothing_nor_above_all(earned, most):
    assert 0 <= part(earned, most) <= WHOLE


# --- a whole quiz -------------------------------------------------------------------------


def papers(*attempts: dict) -> Papers:
    found = Papers()
    for attempt in attempts:
        found.add({key: Decimal(str(value)) for key, value in attempt.items()})
    return found


def test_questions_that_always_agree_are_fully_consistent():
    found = papers(*([{1: 1, 2: 1, 3: 1}, {1: 0, 2: 0, 3: 0}] * 20)).consistency()
    assert (found.alpha, found.people, found.questions) == (pytest.approx(1.0), 40, 3)


def test_questions_that_have_nothing_to_do_with_each_other_are_not_consistent():
    every = [{1: a, 2: b} for a in (0, 1) for b in (0, 1)]
    assert papers(*(every * 10)).consistency().alpha == pytest.approx(0)


def test_alpha_is_that_of_the_formula():
    chance = random.Random(5)
    able = [chance.random() for _ in range(50)]
    rows = [{key: int(chance.random() < one) for key in range(6)} for one in able]
    items = sum(statistics.pvariance([row[key] for row in rows]) for key in range(6))
    total = statistics.pvariance([sum(row.values()) for row in rows])
    assert papers(*rows).consistency().alpha == pytest.approx(6 / 5 * (1 - items / total))


@pytest.mark.parametrize(
    ("attempts", "why"),
    [
        ([], "few"),
        ([{1: 1, 2: 0}] * (LEAST_RELATION - 1), "few"),
        ([{1: 1}, {1: 0}] * 20, "one"),
        ([{1: 1, 2: 0}, {1: 0, 2: 1}] * 20, "same"),
        ([{number: 1, 0: 1} for number in range(1, MOST_PAPERS + 2)], "drawn"),
    ],
)
def test_without_its_conditions_there_is_no_alpha_but_a_reason(attempts, why):
    found = papers(*attempts).consistency()
    assert (found.alpha, found.why) == (None, why)


def test_after_a_question_was_changed_the_paper_of_most_people_counts():
    before = [{"a1": 1, "b1": 1}, {"a1": 0, "b1": 0}] * 16
    after = [{"a2": 1, "b1": 0}, {"a2": 0, "b1": 1}, {"a2": 1, "b1": 1}] * 15
    found = papers(*before, *after).consistency()
    assert (found.people, found.questions) == (45, 2)


attempts = st.lists(st.fixed_dictionaries(dict.fromkeys(range(4), points)), min_size=LEAST_RELATION, max_size=33)


@given(attempts, st.randoms())
def test_alpha_is_never_above_one_and_does_not_depend_on_the_order(rows, chance):
    found = papers(*rows).consistency()
    assert found.alpha is None or found.alpha <= 1 + 1e-9
    mixed = list(rows)
    chance.shuffle(mixed)
    assert papers(*mixed).consistency() == found


def of(*scores: float):
    return [Decimal(str(score)) for score in scores]


def test_the_summary_of_a_quiz():
    found = summary(of(0, 25, 50, 75, 100), passed=2, people=5, alpha=0.75)
    assert (found.mean, found.median, found.quartiles) == (50, 50, (25, 75))
    assert found.passed == 0.4
    assert found.deviation == pytest.approx(statistics.stdev([0, 25, 50, 75, 100]))
    assert found.error == pytest.approx(found.deviation / 2)
    assert found.bins == (1, 0, 1, 0, 0, 1, 0, 1, 0, 1)


@pytest.mark.parametrize(("people", "told"), [(0, False), (LEAST_PEOPLE - 1, False), (LEAST_PEOPLE, True)])
def test_of_too_few_people_only_their_number_is_told(people, told):
    found = summary(of(*([40] * people)), passed=0, people=people)
    assert (found.told, found.mean is not None, bool(found.bins)) == (told, told, told)


def test_many_attempts_of_few_people_tell_nothing_either():
    assert summary(of(*range(50)), passed=0, people=2).mean is None


@pytest.mark.parametrize("alpha", [None, -0.3])
def test_without_consistency_there_is_no_standard_error(alpha):
    assert summary(of(*range(50)), passed=0, people=50, alpha=alpha).error is None


@given(st.lists(st.decimals(0, 100, places=2), min_size=LEAST_PEOPLE, max_size=60), st.randoms())
def test_scores_keep_their_bounds_and_do_not_depend_on_the_order(scores, chance):
    found = summary(scores, passed=0, people=len(scores))
    assert 0 <= found.mean <= 100
    assert found.quartiles[0] <= found.median <= found.quartiles[1]
    assert sum(found.bins) == len(scores)
    mixed = list(scores)
    chance.shuffle(mixed)
    assert summary(mixed, passed=0, people=len(scores)) == found
    assert isclose(found.mean, float(statistics.mean(scores)), abs_tol=1e-6)


# --- time ---------------------------------------------------------------------------------


def at(*saved: tuple[str, float]):
    return [(question, NOON + timedelta(seconds=seconds)) for question, seconds in saved]


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ([], {}),
        ([("a", 30), ("b", 90)], {"a": 30, "b": 60}),
        ([("a", 30), ("b", 90), ("a", 100)], {"a": 40, "b": 60}),  # went back
        ([("a", 30), ("a", 30.5)], {"a": 30}),  # clicked twice
        ([("a", 30), ("b", 30.2), ("c", 60)], {"c": 30}),  # a and b came in one form
        ([("a", 30), ("b", 90), ("b", 200.0), ("c", 200.1)], {"a": 30}),
        ([("a", PAUSE + 1), ("b", PAUSE + 21)], {"b": 20}),  # left the desk before a
        ([("a", -5), ("b", 20)], {"b": 25}),  # a clock that goes wrong
    ],
)
def test_the_time_of_a_question_is_that_since_the_answer_before(saved, expected):
    assert times(NOON, at(*saved)) == expected


def test_the_time_of_a_question_is_the_median_and_known_from_enough_people():
    found = Item()
    found.seconds.update([10, 20, 30, 40])
    assert found.time is None
    found.seconds.update([900])
    assert found.time == 30


# --- groups -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ({"en": 40, "fr": 20}, {"en", "fr"}),
        ({"en": 40, "fr": 20, "ar": 3}, {"en"}),  # else Arabic could be worked out
        ({"en": 40, "fr": 20, "ar": 3, "ru": 2}, {"en", "fr"}),
        ({"en": 40, "ar": 3}, set()),
        ({"en": 3}, set()),
        ({}, set()),
    ],
)
def test_figures_of_a_few_people_cannot_be_worked_out(sizes, told):
    assert groups_told(sizes) == told


def test_a_translation_stands_out_when_its_readers_do_much_worse():
    good, bad = item(*([(1, 5)] * 36 + [(0, 5)] * 4)), item(*([(1, 5)] * 10 + [(0, 5)] * 20))
    assert differs(good, bad)
    assert not differs(good, item(*([(1, 5)] * 26 + [(0, 5)] * 4)))
    assert not differs(good, item(*([(0, 5)] * (2 * LEAST_PEOPLE - 1))))
