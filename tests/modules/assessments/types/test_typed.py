"""When two wordings are the same, and which numbers a text may mean."""

from __future__ import annotations

import re
from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.types.base import UnknownAnswer
from modules.assessments.types.numbers import exact, split_number
from modules.assessments.types.typed import normal, same, tidied


@pytest.mark.parametrize(
    ("typed", "accepted", "expected"),
    [
        ("Nagoya", "nagoya", True),
        ("  prior   informed\tconsent ", "prior informed consent", True),
        ("prior informed", "prior informed consent", False),
        ("Genève", "Geneve", True),
        ("Gene\u0300ve", "Genève", True),  # the accent as a sign of its own
        ("ＮＡＧＯＹＡ", "Nagoya", True),  # full width
        ("ﬁnance", "finance", True),  # ligature
        ("CO₂", "CO2", True),
        ("l’accès", "l'accès", True),
        ("benefit–sharing", "benefit-sharing", True),
        ("Straße", "STRASSE", True),
        ("mutually\u00a0agreed\u202fterms", "mutually agreed terms", True),
        ("\u200fالبروتوكول\u200e", "البروتوكول", True),  # direction marks
        ("البروتـــوكول", "البروتوكول", True),  # tatweel
        ("بُروتوكول", "بروتوكول", True),  # vowel signs
        ("الأطراف", "الاطراف", True),  # hamza carrier
        ("على", "علي", True),
        ("ещё", "еще", True),
        ("мой", "мои", False),  # й is a letter, not и with an accent
        ("мои\u0306", "мой", True),
        ("МОЙ", "мой", True),
        ("٢٠١٤", "2014", True),  # digits of every script
        ("۲۰۱۴", "2014", True),
        ("2014", "٢٠١٤", True),
        ("٢٠١٤", "2015", False),
        ("议定书", "议定书", True),
        ("议定", "议定书", False),
        ("", "x", False),
    ],
)
def test_what_counts_as_the_same(typed, accepted, expected):
    assert same(typed, accepted) is expected


@pytest.mark.parametrize(
    ("typed", "accepted", "policy", "expected"),
    [
        ("Mg", "mg", {"case": True}, False),
        ("mg", "mg", {"case": True}, True),
        ("resume", "résumé", {"diacritics": True}, False),
        ("résumé", "re\u0301sume\u0301", {"diacritics": True}, True),
        ("الأطراف", "الاطراف", {"diacritics": True}, False),
        ("بُروتوكول", "بروتوكول", {"diacritics": True}, True),  # vowel signs are never asked for
        ("the prior informed consent", "*informed consent", {"wildcard": True}, True),
        ("informed consent", "*informed consent", {"wildcard": True}, True),
        ("informed consent form", "*informed consent", {"wildcard": True}, False),
        ("a.c", "a*c", {"wildcard": True}, True),
        ("abc", "a.c", {"wildcard": True}, False),
        ("2*3", "2\\*3", {"wildcard": True}, True),
        ("2x3", "2\\*3", {"wildcard": True}, False),
        ("ab", "ab*b", {"wildcard": True}, False),  # no sign counts twice
        ("abb", "ab*b", {"wildcard": True}, True),
        ("abcbc", "a*bc", {"wildcard": True}, True),
        ("a-b-b-c", "a*b*b*c", {"wildcard": True}, True),
        ("a-b-c", "a*b*b*c", {"wildcard": True}, False),
        ("aXbY", "*a**b*", {"wildcard": True}, True),
        ("٢٠١٤ год", "2014*", {"wildcard": True}, True),
        ("2*3", "2*3", {}, True),
        ("2x3", "2*3", {}, False),
    ],
)
def test_the_author_says_what_matters(typed, accepted, policy, expected):
    assert same(typed, accepted, **policy) is expected


def test_no_pattern_of_stars_takes_long():
    began = perf_counter()
    assert not same("a" * 300, "a*" * 40 + "b", wildcard=True)
    assert perf_counter() - began < 1


@given(st.lists(st.text("ab", max_size=2), min_size=2, max_size=5), st.text("ab", max_size=8))
def test_stars_mean_what_a_pattern_means(pieces, typed):
    expected = re.fullmatch(".*".join(pieces), typed) is not None
    assert same(typed, "*".join(pieces), wildcard=True) is expected


def test_what_is_typed_is_tidied():
    assert tidied("  a\x00b\r\nc\ud800 ", 10) == "ab\nc"
    for wrong in (None, 5, ["a"], "x" * 11):
        with pytest.raises(UnknownAnswer):
            tidied(wrong, 10)


@given(st.text(max_size=40), st.booleans(), st.booleans())
def test_comparing_is_stable(text, case, diacritics):
    once = normal(text, case=case, diacritics=diacritics)
    assert normal(once, case=case, diacritics=diacritics) == once
    assert same(text, text, case=case, diacritics=diacritics)


@pytest.mark.parametrize(
    ("text", "readings", "rest"),
    [
        ("12", ["12"], ""),
        ("-3.5", ["-3.5"], ""),
        ("−3,5", ["-3.5"], ""),
        ("0,9 %", ["0.9"], "%"),
        (".5", ["0.5"], ""),
        ("1,250", ["1.25", "1250"], ""),
        ("1.250", ["1.25", "1250"], ""),
        ("0,125", ["0.125"], ""),
        ("1250,5", ["1250.5"], ""),
        ("1,250.5", ["1250.5"], ""),
        ("1.250,5", ["1250.5"], ""),
        ("1,250,000", ["1250000"], ""),
        ("1 250 000", ["1250000"], ""),
        ("1\u202f250,75", ["1250.75"], ""),
        ("1'250", ["1250"], ""),
        ("١٢٫٥", ["12.5"], ""),
        ("١٬٢٥٠", ["1250"], ""),
        ("۱۲", ["12"], ""),
        ("１２．５", ["12.5"], ""),
        ("١٫٢٥٠", ["1.25"], ""),  # ٫ separates decimals and nothing else
        ("-١٢٫٥٠٠", ["-12.5"], ""),
        ("٫٥", ["0.5"], ""),
        ("١٢٫", ["12"], ""),
        ("١٬٢٥٠٫٥", ["1250.5"], ""),
        ("١.٢٥٠٫٥", ["1250.5"], ""),
        ("١٫٢٥٠٫٥", [], ""),
        ("١٫٢٥٠,٥", [], ""),
        ("١٬٢٥٠٬٠٠٠", ["1250000"], ""),  # ٬ groups and does nothing else
        ("١٬٢٥", ["1"], "'25"),
        ("١،٥", ["1.5"], ""),
        ("١،٢٥٠", ["1.25", "1250"], ""),
        ("١،٢٥٠٫٥", ["1250.5"], ""),
        ("－5", ["-5"], ""),
        ("﹣5", ["-5"], ""),
        ("‐5", ["-5"], ""),
        ("‑5", ["-5"], ""),
        ("6 × 10^－3", ["0.006"], ""),
        ("−٣٫٥", ["-3.5"], ""),
        ("1.5e3 kg", ["1500"], "kg"),
        ("6 × 10^-3", ["0.006"], ""),
        ("12 kg", ["12"], "kg"),
        ("12kg", ["12"], "kg"),
        ("12.", ["12"], ""),
        ("1.2.3", [], ""),
        ("twelve", [], "twelve"),
        ("", [], ""),
        ("1,25,5", [], ""),
    ],
)
def test_how_a_number_is_read(text, readings, rest):
    found = split_number(text)
    assert found[0] == [Fraction(reading) for reading in readings]
    assert found[1] == rest


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2))
def test_every_number_is_read_back_with_point_or_comma(number):
    assert Fraction(number) in split_number(str(number))[0]
    assert Fraction(number) in split_number(str(number).replace(".", ","))[0]


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    split_number(text)


def test_numbers_of_a_body():
    assert exact("1/3") == Fraction(1, 3)
    for wrong in ("", "x", "1/0", "1,5"):
        with pytest.raises(ValueError):
            exact(wrong)
