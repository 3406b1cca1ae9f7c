"""Matching is a pure rule: it holds for whatever people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.participants.matching import (
    Agreement,
    Description,
    Reason,
    Verdict,
    Weighed,
    choose,
    compare_names,
    ends_of,
    key_of,
    weigh,
    words_of,
)

SAME, SIMILAR, DIFFERENT, UNKNOWN = Agreement.SAME, Agreement.SIMILAR, Agreement.DIFFERENT, Agreement.UNKNOWN
SURE, UNSURE, NONE = Verdict.SURE, Verdict.UNSURE, Verdict.NONE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Amina Diallo", "amina diallo", SAME),
        ("Amina Diallo", "DIALLO Amina", SAME),
        ("Amina  Diallo", "Dr. Amina Diallo", SAME),
        ("José Muñoz", "Jose Munoz", SAME),
        ("Layla al-Amri", "Layla Alamri", SAME),
        ("O'Brien Sean", "Sean O’Brien", SAME),
        ("ليلى العمري", "ليلي العمرى", SAME),
        ("أحمد علي", "احمد علي", SAME),
        ("Алёна Сергеева", "Алена Сергеева", SAME),
        ("欧阳雪梅", "欧阳雪梅", SAME),
        ("Amina Wanjiku Diallo", "Amina Diallo", SIMILAR),
        ("A. Diallo", "Amina Diallo", SIMILAR),
        ("Amina W. Diallo", "Diallo Amina Wanjiku", SIMILAR),
        ("Amina Diallo", "Amina Keita", DIFFERENT),
        ("Diallo", "Amina Diallo", DIFFERENT),
        ("A. D.", "Amina Diallo", DIFFERENT),
        ("", "Amina Diallo", UNKNOWN),
        ("Dr.", "Amina Diallo", UNKNOWN),
    ],
)
def test_two_spellings_of_a_name_are_compared_as_people_would(one, other, expected):
    assert compare_names(one, other) == expected


BASE = Description(("Amina Diallo",), "amina@example.org", "KE", "Ministry of Environment")


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (BASE, SURE),
        (Description(("DIALLO Amina",), "Amina@Example.org"), SURE),
        (Description(("A. Diallo",), "amina@example.org"), SURE),
        (Description(("Amina Diallo",), "amina@example.org", "UG"), UNSURE),  # the same address, another country
        (Description(("Wanjiru Kamau",), "amina@example.org", "KE"), UNSURE),  # an office shares the address
        (Description(("آمنة ديالو",), "amina@example.org"), UNSURE),  # another script tells nothing
        (Description((), "amina@example.org"), UNSURE),
        (Description(("آمنة ديالو", "Amina Diallo"), "amina@example.org"), SURE),
        (Description(("Amina Diallo",)), UNSURE),
        (Description(("Amina Diallo",), "other@example.org", "KE"), UNSURE),
        (Description(("Amina Diallo",), "other@example.org", "UG"), NONE),
        (Description(("A. Diallo",), "", "KE"), UNSURE),
        (Description(("A. Diallo",), "", "", "ministry of environment"), UNSURE),
        (Description(("A. Diallo",)), NONE),
        (Description(("Wanjiru Kamau",), "", "KE", "Ministry of Environment"), NONE),
        (Description(), NONE),
    ],
)
def test_the_verdict_follows_the_table(other, verdict):
    assert weigh(BASE, other).verdict == verdict


def test_what_speaks_for_and_against_is_named():
    reasons = weigh(BASE, Description(("Wanjiru Kamau",), "amina@example.org", "UG")).reasons
    assert reasons == (Reason.SAME_EMAIL, Reason.OTHER_NAME, Reason.OTHER_COUNTRY)


def test_nobody_is_sure_of_two_people_at_once():
    sure = Weighed(SURE, (Reason.SAME_EMAIL, Reason.SAME_NAME))
    found = choose([("person:1", sure), ("person:2", sure)])
    assert [result.verdict for _ref, result in found] == [UNSURE, UNSURE]
    assert all(Reason.SEVERAL in result.reasons for _ref, result in found)


names = st.text(st.sampled_from("abcdeéÉñ 'АБбв عليى雪梅-."), max_size=16)
descriptions = st.builds(
    Description,
    names=st.lists(names, max_size=2).map(tuple),
    email=st.sampled_from(["", "a@x.org", "A@x.org", "b@x.org"]),
    country=st.sampled_from(["", "KE", "UG"]),
    organisation=st.sampled_from(["", "Ministry", "MINISTRY", "University"]),
)


@given(descriptions, descriptions)
def test_weighing_is_symmetric(one, other):
    assert weigh(one, other) == weigh(other, one)


@given(descriptions)
def test_a_person_with_an_address_and_a_name_is_surely_themselves(one):
    if one.email and any(words_of(name) for name in one.names):
        assert weigh(one, one).verdict == SURE


@given(names, names)
def test_order_case_and_spaces_never_matter(first, second):
    whole = f"{first} {second}"
    assert key_of(whole) == key_of(f"  {second}   {first} ") == key_of(whole.upper().lower())
    assert ends_of(whole) == ends_of(f" {whole}  ")


@given(names, names)
def test_names_that_are_the_same_to_the_rule_share_the_key_they_are_found_by(one, other):
    if words_of(one) and words_of(one) == words_of(other):
        assert key_of(one) == key_of(other)


@given(descriptions, descriptions)
def test_learning_that_the_address_is_the_same_never_makes_a_match_less_sure(one, other):
    without = weigh(Description(one.names, "", one.country, one.organisation), other)
    with_address = weigh(
        Description(one.names, "a@x.org", one.country, one.organisation),
        Description(other.names, "a@x.org", other.country, other.organisation),
    )
    assert with_address.verdict >= without.verdict


@given(descriptions, descriptions)
def test_without_a_shared_address_nobody_is_ever_sure(one, other):
    if one.email.lower() != other.email.lower() or not one.email:
        assert weigh(one, other).verdict < SURE


@given(descriptions, st.lists(descriptions, max_size=6), st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_candidates(one, others, random):
    weighed = [(f"person:{number}", weigh(one, other)) for number, other in enumerate(others)]
    shuffled = list(weighed)
    random.shuffle(shuffled)
    assert choose(weighed) == choose(shuffled)
    assert sum(result.verdict == SURE for _ref, result in choose(weighed)) <= 1
