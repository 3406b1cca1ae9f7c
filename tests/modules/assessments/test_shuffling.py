"""The order of questions and choices follows from the seed alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.shuffling import shuffled

SEEDS = st.integers(min_value=0, max_value=2**31 - 1)


def test_the_order_of_a_seed_is_the_same_for_ever():
    """Written down: whoever changes the rule moves the answers of everybody who is in mid-quiz."""
    assert shuffled(42, "questions", [1, 2, 3, 4, 5]) == [5, 1, 3, 2, 4]
    assert shuffled(42, "choices:7", "abcd") == ["b", "d", "c", "a"]


def test_seed_nought_keeps_the_authors_order():
    assert shuffled(0, "questions", [3, 1, 2]) == [3, 1, 2]


@given(seed=SEEDS, ids=st.lists(st.integers(), unique=True))
def test_nothing_is_lost_or_doubled(seed, ids):
    assert sorted(shuffled(seed, "x", ids)) == sorted(ids)
    assert shuffled(seed, "x", ids) == shuffled(seed, "x", ids)


def test_different_seeds_give_different_orders():
    assert len({tuple(shuffled(seed, "x", range(8))) for seed in range(1, 40)}) > 30
