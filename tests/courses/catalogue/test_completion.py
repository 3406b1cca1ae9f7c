"""Completion is a pure function: never above 100 %, never lower by doing more, independent of order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue.completion import Fact, RuleError, evaluate

LEAF = {"kind": "lessons", "ref": "1", "at_least": 100}
QUIZ = {"kind": "quiz", "ref": "1", "at_least": 80}


@pytest.mark.parametrize(
    ("spec", "facts", "complete", "percent"),
    [
        ({"all": [LEAF, QUIZ]}, {}, False, 0),
        ({"all": [LEAF, QUIZ]}, {("lessons", "1"): 100}, False, 50),
        ({"all": [LEAF, QUIZ]}, {("lessons", "1"): 100, ("quiz", "1"): 79.99}, False, 99),
        ({"all": [LEAF, QUIZ]}, {("lessons", "1"): 100, ("quiz", "1"): 80}, True, 100),
        ({"any": [LEAF, QUIZ]}, {("quiz", "1"): 90}, True, 100),
        ({"any": [LEAF, QUIZ]}, {("quiz", "1"): 40}, False, 50),
        (
            {"n_of": 2, "of": [LEAF, QUIZ, {"kind": "quiz", "ref": "2", "at_least": 50}]},
            {("quiz", "1"): 80, ("quiz", "2"): 50},
            True,
            100,
        ),
        ({"n_of": 2, "of": [LEAF, QUIZ, LEAF]}, {("quiz", "1"): 80}, False, 50),
        ({"all": []}, {}, False, 0),
        (LEAF, {("lessons", "1"): 100}, True, 100),
    ],
)
def test_a_rule_is_met_by_exactly_what_it_asks(spec, facts, complete, percent):
    verdict = evaluate(spec, {key: Fact(value) for key, value in facts.items()})
    assert (verdict.complete, verdict.percent) == (complete, percent)


@pytest.mark.parametrize(
    "spec",
    [
        [],
        {"all": "lessons"},
        {"kind": "quiz", "ref": "1"},
        {"kind": "quiz", "ref": "1", "at_least": 0},
        {"kind": "quiz", "ref": "1", "at_least": 101},
        {"kind": "quiz", "ref": "1", "at_least": "much"},
        {"n_of": 3, "of": [LEAF]},
        {"n_of": "two", "of": [LEAF, QUIZ]},
        {"all": [LEAF, 7]},
    ],
)
def test_a_rule_that_cannot_be_read_says_where(spec):
    with pytest.raises(RuleError, match="rule"):
        evaluate(spec, {})


leaves = st.builds(
    lambda kind, ref, at_least: {"kind": kind, "ref": ref, "at_least": at_least},
    st.sampled_from(["lessons", "quiz", "live-session"]),
    st.sampled_from("123"),
    st.integers(1, 100),
)
rules = st.recursive(
    leaves,
    lambda nodes: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(nodes, min_size=1, max_size=4)),
        st.builds(lambda parts: {"any": parts}, st.lists(nodes, min_size=1, max_size=4)),
        st.lists(nodes, min_size=1, max_size=4).flatmap(
            lambda parts: st.integers(1, len(parts)).map(lambda n: {"n_of": n, "of": parts})
        ),
    ),
    max_leaves=8,
)
values = st.dictionaries(
    st.tuples(st.sampled_from(["lessons", "quiz", "live-session"]), st.sampled_from("123")),
    st.floats(0, 100),
    max_size=9,
)


@given(rules, values)
def test_progress_stays_between_0_and_100_and_is_100_only_when_complete(spec, facts):
    verdict = evaluate(spec, {key: Fact(value) for key, value in facts.items()})
    assert 0 <= verdict.percent <= 100
    assert (verdict.percent == 100) == verdict.complete


@given(rules, values, values)
def test_doing_more_never_lowers_progress(spec, facts, more):
    before = evaluate(spec, {key: Fact(value) for key, value in facts.items()})
    best = {key: max(facts.get(key, 0), more.get(key, 0)) for key in {*facts, *more}}
    after = evaluate(spec, {key: Fact(value) for key, value in best.items()})
    assert after.percent >= before.percent
    assert after.complete or not before.complete


@given(st.lists(leaves, min_size=1, max_size=5), values, st.randoms())
def test_progress_does_not_depend_on_order(parts, facts, random):
    shuffled = random.sample(parts, len(parts))
    given_facts = {key: Fact(value) for key, value in facts.items()}
    assert evaluate({"all": parts}, given_facts).percent == evaluate({"all": shuffled}, given_facts).percent
