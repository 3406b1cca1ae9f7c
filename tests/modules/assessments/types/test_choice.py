"""What an answer to a choice earns, as stated at the top of ``types/choice``."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.types import type_of
from modules.assessments.types.base import Content, InvalidQuestion, UnknownAnswer, Words


def content(right: str, ids: str = "abcdef", marking: str = "", weights: dict[str, str] | None = None) -> Content:
    choices = [{"id": id, "correct": id in right} | ({"weight": weights[id]} if weights else {}) for id in ids]
    words = Words("en", "<p>Which?</p>", parts={id: {"text": f"Choice {id}", "feedback": f"About {id}"} for id in ids})
    return Content({"choices": choices} | ({"marking": marking} if marking else {}), {"en": words}, salt="7")


def share(type: str, asked: Content, taken) -> Fraction:
    return type_of(type).grade(asked, list(taken))


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
        ("multiple", "ab", "aab", 1),
    ],
)
def test_the_share_of_an_answer(type, right, taken, expected):
    assert share(type, content(right), taken) == expected


@pytest.mark.parametrize(
    ("marking", "taken", "expected"),
    [
        ("all_or_nothing", "abc", 1),
        ("all_or_nothing", "ab", 0),
        ("all_or_nothing", "abcd", 0),
        ("per_option", "abc", 1),
        ("per_option", "ab", Fraction(5, 6)),
        ("per_option", "abcd", Fraction(5, 6)),
        ("per_option", "def", 0),
        ("per_option", "", 0),
        ("right_minus_wrong", "abd", Fraction(1, 3)),
    ],
)
def test_the_way_of_marking_can_be_chosen(marking, taken, expected):
    assert share("multiple", content("abc", marking=marking), taken) == expected


@pytest.mark.parametrize(
    ("type", "taken", "expected"),
    [
        ("multiple", "ab", 1),
        ("multiple", "a", Fraction(3, 4)),
        ("multiple", "abc", Fraction(1, 2)),
        ("multiple", "c", 0),
        ("single", "a", Fraction(3, 4)),
        ("single", "c", 0),
    ],
)
def test_each_choice_may_have_its_weight(type, taken, expected):
    weights = {"a": "3/4", "b": "0.25", "c": "-1/2"}
    assert share(type, content("ab", "abc", "weights", weights), taken) == expected


@pytest.mark.parametrize(
    ("type", "weights", "said"),
    [
        ("multiple", {"a": "1/2", "b": "1/4"}, "add up to 1"),
        ("multiple", {"a": "2", "b": "-1"}, "between -1 and 1"),
        ("multiple", {"a": "a half", "b": "1/2"}, "between -1 and 1"),
        ("single", {"a": "0.5", "b": "0"}, "add up to 1"),
    ],
)
def test_weights_must_make_it_possible_to_earn_everything(type, weights, said):
    asked = content("a", "ab", "weights", weights)
    with pytest.raises(InvalidQuestion, match=said):
        type_of(type).check(asked.body, asked.words["en"])


def test_thirds_written_in_decimals_are_everything():
    asked = content("abc", "abcd", "weights", {"a": "0.33333", "b": "0.33333", "c": "0.33333", "d": "-1"})
    type_of("multiple").check(asked.body, asked.words["en"])
    assert round(share("multiple", asked, "abc"), 2) == 1


@pytest.mark.parametrize("type", ["single", "multiple", "truefalse"])
@pytest.mark.parametrize("wrong", [["a", "z"], ["z"], "a", 5, [1], {"a": 1}])
def test_an_unknown_choice_is_no_answer(type, wrong):
    with pytest.raises(UnknownAnswer):
        type_of(type).clean(content("a"), wrong)


def test_an_answer_has_one_form():
    assert type_of("multiple").clean(content("a"), ["c", "a", "c"]) == ["a", "c"]


def test_true_and_false_stay_as_they_are():
    for seed in range(50):
        card = type_of("truefalse").card(content("a", "ab"), [], language="en", seed=seed, graded=False)
        assert [choice["value"] for choice in card["choices"]] == ["a", "b"]


def test_the_order_of_a_seed_is_the_same_for_ever():
    card = type_of("single").card(content("a", "abcd"), [], language="en", seed=42, graded=False)
    assert [choice["value"] for choice in card["choices"]] == ["b", "d", "c", "a"]


def test_nothing_is_given_away_before_marking():
    card = type_of("multiple").card(content("a"), ["a"], language="en", seed=1, graded=False)
    assert {(choice["correct"], choice["note"]) for choice in card["choices"]} == {(None, "")}


def test_the_statistics_count_every_choice():
    rows = type_of("multiple").statistics(content("a", "abc"), [["a"], ["a", "b"], [], None], "en")
    assert [(row.label, row.count, row.right, row.share) for row in rows] == [
        ("Choice a", 2, True, Fraction(1, 2)),
        ("Choice b", 1, False, Fraction(1, 4)),
        ("Choice c", 0, False, 0),
    ]


def test_an_answer_reads_as_its_choices():
    assert type_of("multiple").answer_text(content("a"), ["a", "c"], "fr") == "Choice a; Choice c"
    assert type_of("single").answer_text(content("a"), None, "en") == ""


@st.composite
def answered(draw):
    """A question, its right choices, an answer to it."""
    ids = draw(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=8, unique=True))
    right = draw(st.sets(st.sampled_from(ids), min_size=1))
    marking = draw(st.sampled_from(["right_minus_wrong", "all_or_nothing", "per_option"]))
    return content("".join(sorted(right)), "".join(ids), marking), right, draw(st.sets(st.sampled_from(ids)))


@given(answered(), st.sampled_from(["single", "multiple", "truefalse"]))
def test_no_answer_earns_less_than_nothing_or_more_than_all(question, type):
    asked, _right, taken = question
    assert 0 <= share(type, asked, taken) <= 1


@given(answered())
def test_exactly_the_right_choices_of_many_earn_everything(question):
    asked, right, taken = question
    assert share("multiple", asked, right) == 1
    if taken != right:
        assert share("multiple", asked, taken) < 1


@given(answered())
def test_a_right_choice_more_never_harms_and_a_wrong_one_never_helps(question):
    asked, right, taken = question
    for more in {choice["id"] for choice in asked.body["choices"]} - taken:
        if more in right:
            assert share("multiple", asked, taken | {more}) >= share("multiple", asked, taken)
        elif taken:
            assert share("multiple", asked, taken | {more}) <= share("multiple", asked, taken)


@given(answered())
def test_the_order_of_an_answer_does_not_matter(question):
    asked, _right, taken = question
    assert share("multiple", asked, sorted(taken)) == share("multiple", asked, sorted(taken, reverse=True))


@given(answered())
def test_taking_everything_is_no_way_to_pass(question):
    asked, right, _taken = question
    everything = {choice["id"] for choice in asked.body["choices"]}
    if len(everything) >= 2 * len(right) and asked.body["marking"] != "per_option":
        assert share("multiple", asked, everything) == 0
