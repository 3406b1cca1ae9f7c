"""Matching, categorising, ordering: what an answer earns."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.types import type_of
from modules.assessments.types.base import Content, InvalidQuestion, UnknownAnswer, Words

PAIRS = {
    "items": [{"id": "a", "target": "x"}, {"id": "b", "target": "x"}, {"id": "c", "target": "y"}],
    "targets": ["x", "y", "z"],
}


@pytest.mark.parametrize("type", ["matching", "categorising"])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"a": "x", "b": "x", "c": "y"}, 1),
        ({"a": "x", "b": "x"}, Fraction(2, 3)),
        ({"a": "x", "b": "y", "c": "x"}, Fraction(1, 3)),
        ({"a": "z", "b": "z", "c": "z"}, 0),
        ({"a": "x", "b": "x", "c": "x"}, Fraction(2, 3)),
        ({}, 0),
        (None, 0),
    ],
)
def test_each_item_counts_the_same(type, answer, expected):
    assert type_of(type).grade(Content(PAIRS), answer) == expected


ANSWERS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"))


@given(ANSWERS, st.sampled_from(["a", "b", "c"]))
def test_one_more_right_pair_never_lowers_the_grade(answer, item):
    kind, right = type_of("matching"), {one["id"]: one["target"] for one in PAIRS["items"]}
    before = kind.grade(Content(PAIRS), answer)
    assert 0 <= before <= kind.grade(Content(PAIRS), answer | {item: right[item]}) <= 1
    assert before == kind.grade(Content(PAIRS), dict(reversed(answer.items())))


@pytest.mark.parametrize("wrong", [{"a": "q"}, {"q": "x"}, {"a": ["x"]}, ["a"]])
def test_what_is_not_offered_is_refused(wrong):
    with pytest.raises(UnknownAnswer):
        type_of("matching").clean(Content(PAIRS), wrong)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"items": PAIRS["items"][:1]}, "two or more"),
        ({"items": [*PAIRS["items"], {"id": "d", "target": "q"}]}, "where it belongs"),
        ({"items": [*PAIRS["items"], {"id": "d", "target": "x"}]}, "on both sides"),
        ({"targets": ["x", "y", "same"]}, "read the same"),
    ],
)
def test_a_pairing_that_cannot_be_asked_is_refused(change, said):
    parts = {id: {"text": f"Text {id}"} for id in "abcxyz"} | {"same": {"text": " text X "}}
    with pytest.raises(InvalidQuestion, match=said):
        type_of("matching").check(PAIRS | change, Words("en", parts=parts))


ORDER = {"items": ["a", "b", "c", "d"]}


@pytest.mark.parametrize(
    ("marking", "order", "expected"),
    [
        ("pairs", "abcd", 1),
        ("pairs", "dcba", 0),
        ("pairs", "bacd", Fraction(4, 6)),
        ("pairs", "bcda", 0),
        ("pairs", "abdc", Fraction(4, 6)),
        ("places", "abcd", 1),
        ("places", "bacd", Fraction(1, 2)),
        ("places", "bcda", 0),
        ("all_or_nothing", "abcd", 1),
        ("all_or_nothing", "abdc", 0),
    ],
)
def test_an_order_earns_what_its_marking_says(marking, order, expected):
    answer = {id: place for place, id in enumerate(order, start=1)}
    assert type_of("ordering").grade(Content(ORDER | {"marking": marking}), answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"a": 1, "b": 2}, Fraction(1, 6)), ({"a": 1}, 0), ({"a": 1, "b": 1, "c": 1, "d": 1}, 0), ({}, 0), (None, 0)],
)
def test_items_without_a_place_or_in_the_same_one_earn_nothing_together(answer, expected):
    assert type_of("ordering").grade(Content(ORDER), answer) == expected


PLACES = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 4))


@given(PLACES, st.sampled_from(["pairs", "places", "all_or_nothing"]))
def test_no_order_earns_less_than_nothing_or_more_than_all(answer, marking):
    kind, content = type_of("ordering"), Content(ORDER | {"marking": marking})
    assert 0 <= kind.grade(content, answer) <= 1
    assert kind.grade(content, answer) == kind.grade(content, dict(reversed(answer.items())))


@given(PLACES, st.sampled_from("abcd"), st.sampled_from(["places", "all_or_nothing"]))
def test_an_item_put_into_its_place_never_lowers_the_grade(answer, item, marking):
    kind, content = type_of("ordering"), Content(ORDER | {"marking": marking})
    assert kind.grade(content, answer | {item: "abcd".index(item) + 1}) >= kind.grade(content, answer)


@given(st.permutations("abcd"), st.integers(0, 2))
def test_two_neighbours_put_right_raise_the_grade_or_leave_it(order, at):
    if order[at] > order[at + 1]:
        better = [*order]
        better[at], better[at + 1] = order[at + 1], order[at]
        kind = type_of("ordering")
        before, after = (
            kind.grade(Content(ORDER), {id: place for place, id in enumerate(one, start=1)}) for one in (order, better)
        )
        assert after >= before


def test_places_come_as_numbers_or_as_text_and_only_those_there_are():
    kind = type_of("ordering")
    assert kind.clean(Content(ORDER), {"b": "2", "a": 1}) == {"a": 1, "b": 2}
    for wrong in ({"a": "5"}, {"a": "0"}, {"z": "1"}, {"a": "x"}, "ab"):
        with pytest.raises(UnknownAnswer):
            kind.clean(Content(ORDER), wrong)


@pytest.mark.parametrize("seed", [0, *range(1, 60)])
def test_the_right_order_is_never_the_one_shown(seed):
    words = Words("en", parts={id: {"text": id} for id in "abcd"})
    shown = type_of("ordering").card(
        Content(ORDER, {"en": words}, salt="7"), {}, language="en", seed=seed, graded=False
    )
    assert [row["part"] for row in shown["rows"]] != ["a", "b", "c", "d"]
    assert sorted(row["part"] for row in shown["rows"]) == ["a", "b", "c", "d"]
