"""Short answers and numbers: what they earn."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.types import type_of
from modules.assessments.types.base import Content, InvalidQuestion, UnknownAnswer, Words


def short(**policy) -> Content:
    body = {"answers": [{"id": "a"}, {"id": "b", "weight": "0.5"}, {"id": "c", "weight": "0"}], **policy}
    english = Words(
        "en", parts={"a": {"text": "Montreal\nMontréal, Canada"}, "b": {"text": "Canada"}, "c": {"text": "*"}}
    )
    return Content(body, {"en": english, "ru": Words("ru", parts={"a": {"text": "Монреаль"}})})


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Montreal", 1),
        ("montréal", 1),
        ("MONTREAL, CANADA", 1),
        ("Монреаль", 1),  # somebody changed the language on the way
        ("canada", Fraction(1, 2)),
        ("Nairobi", 0),
        ("*", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_a_short_answer_earns_the_best_it_fits(typed, expected):
    assert type_of("short_answer").grade(short(), typed) == expected


def test_feedback_is_that_of_the_answer_given():
    content = short(wildcard=True)
    content.words["en"].parts["c"]["feedback"] = "Look at the map."
    card = type_of("short_answer").card(content, "Nairobi", language="en", seed=1, graded=True)
    assert (card["note"], card["answer"], card["correct"]) == ("Look at the map.", "Montreal", False)


def test_wordings_that_are_the_same_are_counted_together():
    rows = type_of("short_answer").statistics(short(), ["Montreal", "montréal", "MONTREAL", "Nairobi", ""], "en")
    assert [(row.count, row.right) for row in rows] == [(3, True), (1, False)]


@pytest.mark.parametrize(
    ("answers", "parts", "said"),
    [
        ([], {}, "at least one answer"),
        ([{"id": "a", "weight": "0.5"}], {"a": {"text": "x"}}, "at least one answer"),
        ([{"id": "a"}], {"a": {"text": " \n "}}, "at least one answer"),
        ([{"id": "a"}, {"id": "b", "weight": "2"}], {"a": {"text": "x"}}, "between 0 and 1"),
        ([{"id": "a"}, {"id": "b", "weight": "half"}], {"a": {"text": "x"}}, "between 0 and 1"),
        ([{"id": "a"}, {"id": "a"}], {"a": {"text": "x"}}, "between 0 and 1"),
    ],
)
def test_a_short_answer_that_cannot_be_graded_is_refused(answers, parts, said):
    with pytest.raises(InvalidQuestion, match=said):
        type_of("short_answer").check({"answers": answers}, Words("en", parts=parts))


@given(st.text(max_size=60), st.booleans(), st.booleans(), st.booleans())
def test_a_short_answer_earns_between_nothing_and_all(typed, case, diacritics, wildcard):
    assert 0 <= type_of("short_answer").grade(short(case=case, diacritics=diacritics, wildcard=wildcard), typed) <= 1


def number(unit: str = "none", **answer) -> Content:
    answers = [{"id": "a", "value": "12.5", "tolerance": "0.5", "relative": False, "weight": "1", **answer}]
    units = [] if unit == "none" else [{"id": "u1", "factor": "1"}, {"id": "u2", "factor": "1000"}]
    english = Words("en", parts={"u1": {"text": "g\ngrams"}, "u2": {"text": "kg"}})
    russian = Words("ru", parts={"u1": {"text": "г"}, "u2": {"text": "кг"}})
    return Content({"answers": answers, "unit": unit, "units": units}, {"en": english, "ru": russian})


@pytest.mark.parametrize(
    ("content", "typed", "unit", "expected"),
    [
        (number(), "12.5", "", 1),
        (number(), "12,5", "", 1),
        (number(), "١٢٫٥", "", 1),
        (number(), "12", "", 1),  # the edge of the tolerance
        (number(), "13", "", 1),
        (number(), "13.01", "", 0),
        (number(), "11.99", "", 0),
        (number(tolerance="0"), "12.50", "", 1),
        (number(tolerance="0"), "12.51", "", 0),
        (number(tolerance="0.1", relative=True), "13.75", "", 1),
        (number(tolerance="0.1", relative=True), "13.76", "", 0),
        (number(value="-10", tolerance="0.1", relative=True), "-11", "", 1),
        (number(value="1250", tolerance="0"), "1,250", "", 1),
        (number(value="1.25", tolerance="0"), "1,250", "", 1),
        (number(), "12.5 g", "", 0),  # no unit was asked for
        (number(), "twelve", "", 0),
        (number("optional"), "12.5", "", 1),
        (number("optional"), "12.5", "u1", 1),
        (number("optional"), "0.0125", "u2", 1),
        (number("optional"), "12.5", "u2", 0),
        (number("optional"), "12.5 g", "", 1),
        (number("optional"), "12.5grams", "", 1),
        (number("optional"), "0,0125 кг", "", 1),
        (number("optional"), "12.5 g", "u1", 1),
        (number("optional"), "12.5 g", "u2", 0),
        (number("optional"), "12.5 m", "", 0),
        (number("optional"), "12.5 G", "", 0),
        (number("required"), "12.5", "", 0),
        (number("required"), "12.5", "u1", 1),
        (number("required"), "12.5 g", "", 1),
    ],
)
def test_a_number_earns_what_its_tolerance_and_unit_allow(content, typed, unit, expected):
    kind = type_of("numeric")
    assert kind.grade(content, kind.clean(content, {"number": typed, "unit": unit})) == expected


def test_what_is_no_number_is_said_before_handing_in():
    kind = type_of("numeric")
    assert kind.card(number(), {"number": "twelve"}, language="en", seed=1, graded=False)["unreadable"]
    assert not kind.card(number(), {"number": "12"}, language="en", seed=1, graded=False)["unreadable"]


def test_a_unit_that_is_not_offered_is_refused():
    with pytest.raises(UnknownAnswer):
        type_of("numeric").clean(number(), {"number": "1", "unit": "u9"})


def test_numbers_that_are_the_same_are_counted_together():
    answers = [{"number": "12,5", "unit": "u1"}, {"number": "12.50", "unit": "u1"}, {"number": "3", "unit": ""}, None]
    rows = type_of("numeric").statistics(number("optional"), answers, "en")
    assert [(row.count, row.right, row.share) for row in rows] == [
        (2, True, Fraction(1, 2)),
        (1, False, Fraction(1, 4)),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"answers": []}, "at least one answer"),
        ({"answers": [{"id": "a", "value": "much"}]}, "as numbers"),
        ({"answers": [{"id": "a", "value": "1", "tolerance": "-1"}]}, "as numbers"),
        ({"answers": [{"id": "a", "value": "1"}], "unit": "required"}, "ask for none"),
        (
            {"answers": [{"id": "a", "value": "1"}], "unit": "none", "units": [{"id": "u", "factor": "1"}]},
            "ask for none",
        ),
        ({"answers": [{"id": "a", "value": "1"}], "unit": "none", "units": [{"id": "u", "factor": "0"}]}, "as numbers"),
        ({"answers": [{"id": "a", "value": "1"}], "unit": "perhaps"}, "whether a unit"),
    ],
)
def test_a_number_that_cannot_be_graded_is_refused(body, said):
    with pytest.raises(InvalidQuestion, match=said):
        type_of("numeric").check(body, Words("en", parts={"u": {"text": "kg"}}))


@given(st.decimals(min_value=-100, max_value=100, places=3), st.decimals(min_value=0, max_value=5, places=2))
def test_a_wider_tolerance_never_lowers_the_grade(typed, tolerance):
    kind = type_of("numeric")
    narrow = kind.grade(number(tolerance=str(tolerance)), {"number": str(typed), "unit": ""})
    assert 0 <= narrow <= kind.grade(number(tolerance=str(tolerance + 1)), {"number": str(typed), "unit": ""}) <= 1
