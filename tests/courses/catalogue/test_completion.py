"""Completion is a pure function: never above 100 %, never lower by doing more, independent of order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue.completion import Fact, RuleError, Waiver, evaluate

LEAF = {"kind": "lessons", "ref": "1", "at_least": 100}
QUIZ = {"kind": "quiz", "ref": "1", "at_least": 80}


@pytest.mark.parametrize(
    ("spec", "facts", "complete", "percent"),
    [
        ({"all": [LEAF, QUIZ]}, {}, False, 0),
        ({"all": [LEAF, QUIZ]}, {("lessons", "1"): 100}, False, 50),
        ({"all": [LEAF, QUIZ]}, {("lessons", "1"): 100, ("quiz", "1"): 79.99}, False, 99),
        ({"all": [LEAF, QUIZ]}, {("lessons", "1"): 100, ("quiz", "1"): 80}, True, 100),
        (LEAF, {("lessons", "1"): 29}, False, 29),
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
        ({"all": [{**LEAF, "weight": 3}, QUIZ]}, {("lessons", "1"): 100}, False, 75),
        ({"all": [{**LEAF, "weight": 3}, QUIZ]}, {("quiz", "1"): 80}, False, 25),
        ({"points": 60, "of": [{**LEAF, "weight": 3}, {**QUIZ, "weight": 2}]}, {("lessons", "1"): 100}, True, 100),
        ({"points": 60, "of": [{**LEAF, "weight": 3}, {**QUIZ, "weight": 2}]}, {("quiz", "1"): 80}, False, 66),
        ({"points": 60, "of": []}, {}, False, 0),
        ({"all": [LEAF, {"any": [QUIZ, {"all": [LEAF]}]}]}, {("lessons", "1"): 100}, True, 100),
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
        {"any": [{**LEAF, "weight": 2}]},
        {"n_of": 1, "of": [{**LEAF, "weight": 2}]},
        {"all": [{**LEAF, "weight": 0}]},
        {"all": [{**LEAF, "weight": True}]},
        {"points": 0, "of": [LEAF]},
        {"points": 101, "of": [LEAF]},
        {"points": 50},
        {**LEAF, "measure": "minutes on screen"},
        {"all": [LEAF], "hours": "on screen"},
    ],
)
def test_a_rule_that_cannot_be_read_says_where(spec):
    with pytest.raises(RuleError, match="rule"):
        evaluate(spec, {})


leaves = st.builds(
    lambda kind, ref, measure, at_least: {"kind": kind, "ref": ref, "measure": measure, "at_least": at_least},
    st.sampled_from(["lessons", "quiz", "live-session"]),
    st.sampled_from("123"),
    st.sampled_from(["percent", "count", "days"]),
    st.integers(1, 100),
)


def weighted(nodes):
    """Parts with and without a weight."""
    return st.lists(
        st.tuples(nodes, st.none() | st.integers(1, 20)).map(
            lambda pair: pair[0] if pair[1] is None else {**pair[0], "weight": pair[1]}
        ),
        min_size=1,
        max_size=4,
    )


def unweighted(nodes):
    """Parts as alternatives have none."""
    return st.lists(nodes, min_size=1, max_size=4).map(
        lambda parts: [{key: value for key, value in part.items() if key != "weight"} for part in parts]
    )


rules = st.recursive(
    leaves,
    lambda nodes: st.one_of(
        weighted(nodes).map(lambda parts: {"all": parts}),
        unweighted(nodes).map(lambda parts: {"any": parts}),
        st.builds(lambda points, parts: {"points": points, "of": parts}, st.integers(1, 100), weighted(nodes)),
        unweighted(nodes).flatmap(lambda parts: st.integers(1, len(parts)).map(lambda n: {"n_of": n, "of": parts})),
    ),
    max_leaves=8,
)
facts_of_somebody = st.dictionaries(
    st.tuples(st.sampled_from(["lessons", "quiz", "live-session"]), st.sampled_from("123")),
    st.builds(
        lambda value, done, days, minutes, waived: Fact(
            value, done=done, days=days, minutes=minutes, waiver=Waiver("waived") if waived else None
        ),
        st.floats(0, 100),
        st.integers(0, 200),
        st.integers(0, 200),
        st.integers(0, 500),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=9,
)


def shuffled(node, random):
    """The same rule with the parts of every group in another order."""
    if "kind" in node:
        return node
    name = next(name for name in ("all", "any", "of") if name in node)
    parts = [shuffled(part, random) for part in node[name]]
    random.shuffle(parts)
    return {**node, name: parts}


def more_of(one, other):
    """Whatever is better of two facts."""
    return Fact(
        max(one.value, other.value),
        done=max(one.done, other.done),
        days=max(one.days, other.days),
        minutes=max(one.minutes, other.minutes),
        waiver=one.waiver or other.waiver,
    )


@given(rules, facts_of_somebody)
def test_progress_stays_between_0_and_100_and_is_100_only_when_complete(spec, facts):
    verdict = evaluate(spec, facts)
    assert 0 <= verdict.percent <= 100
    assert (verdict.percent == 100) == verdict.complete


@given(rules, facts_of_somebody, facts_of_somebody)
def test_doing_more_never_lowers_progress(spec, facts, more):
    nothing = Fact(0)
    best = {key: more_of(facts.get(key, nothing), more.get(key, nothing)) for key in {*facts, *more}}
    before, after = evaluate(spec, facts), evaluate(spec, best)
    assert after.percent >= before.percent
    assert after.complete or not before.complete
    for by in ("offered", "attended"):
        before, after = evaluate({**spec, "hours": by}, facts), evaluate({**spec, "hours": by}, best)
        assert after.credited(Decimal(20)) >= before.credited(Decimal(20))


@given(rules, facts_of_somebody, st.randoms())
def test_progress_does_not_depend_on_order(spec, facts, random):
    verdict, other = evaluate(spec, facts), evaluate(shuffled(spec, random), facts)
    assert (verdict.complete, verdict.percent) == (other.complete, other.percent)


@given(rules, facts_of_somebody)
def test_whoever_is_waived_everything_is_complete(spec, facts):
    waiver = Waiver("recognised")
    waived = {
        (kind, ref): facts.get((kind, ref), Fact(0))._replace(waiver=waiver)
        for kind in ("lessons", "quiz", "live-session")
        for ref in "123"
    }
    assert evaluate(spec, waived).complete


@pytest.mark.parametrize(
    ("measure", "at_least", "met"),
    [("percent", 66, True), ("percent", 67, False), ("count", 120, True), ("count", 121, False), ("days", 2, True)],
)
def test_a_requirement_can_ask_for_a_share_a_count_or_days(measure, at_least, met):
    leaf = {"kind": "live-session", "ref": "1", "at_least": at_least, "measure": measure}
    fact = Fact(66.6, done=120, total=180, days=2, days_total=3)
    assert evaluate(leaf, {("live-session", "1"): fact}).complete is met


@pytest.mark.parametrize(
    ("by", "complete", "offered", "hours"),
    [
        ("offered", True, 20, "20"),
        ("offered", False, 20, "0"),
        ("attended", True, 20, "3.5"),
        ("attended", False, 20, "3.5"),
        ("attended", True, 2, "2"),
        ("attended", True, 0, "3.5"),
    ],
)
def test_hours_are_credited_as_offered_or_as_attended(by, complete, offered, hours):
    """90 minutes of lessons and 149 of a session are 3 h 59 min; asked for twice they count once."""
    parts = [
        LEAF,
        {"kind": "lessons", "ref": "1", "at_least": 50},
        {"kind": "live-session", "ref": "1", "at_least": 50},
    ]
    facts = {
        ("lessons", "1"): Fact(100 if complete else 40, minutes=90),
        ("live-session", "1"): Fact(100, minutes=149),
    }
    verdict = evaluate({"all": parts, "hours": by}, facts)
    assert verdict.complete is complete
    assert verdict.credited(Decimal(offered)) == Decimal(hours)


def test_what_was_waived_credits_no_time():
    verdict = evaluate({"all": [LEAF], "hours": "attended"}, {("lessons", "1"): Fact(0, waiver=Waiver("waived"))})
    assert verdict.complete
    assert verdict.credited(Decimal(20)) == 0
