"""Every bad row is named, with everything that is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from courses.participants.imports import wording
from courses.participants.imports.columns import Column
from courses.participants.imports.rows import read_row, same_person, vocabulary
from courses.participants.matching import Description

WORDS = vocabulary(
    (("KE", "KEN", "Kenya"), ("RU", "RUS", "Russia"), ("CI", "CIV", "Côte d'Ivoire"), ("CN", "CHN", "China"))
)
MAPPING = dict(enumerate(["name", "email", "country", "language", "gender", "represents", "name_latin"]))


def row(name="Amina Diallo", email="", country="", language="", gender="", represents="", latin=""):
    return read_row([name, email, country, language, gender, represents, latin], MAPPING, WORDS, 7)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": ""}, "name-missing"),
        ({"name": "-"}, "name-missing"),
        ({"name": "1234"}, "name-without-letter"),
        ({"name": "=cmd|' /C calc'!A0"}, "formula"),
        ({"name": "Am\ufffdna"}, "unreadable"),
        ({"name": "A" * 201}, "too-long"),
        ({"email": "amina@"}, "email"),
        ({"email": "two@x.org, words"}, "email"),
        ({"country": "Atlantis"}, "country"),
        ({"language": "Klingon"}, "choice"),
        ({"gender": "often"}, "choice"),
        ({"represents": "government"}, "country-missing"),
        ({"latin": "آمنة"}, "name-not-latin"),
    ],
)
def test_a_bad_value_is_named_with_its_column(fields, code):
    read = row(**fields)
    assert [problem.code for problem in read.problems] == [code]
    assert wording.problem(read.problems[0].as_json())


def test_everything_wrong_is_named_at_once():
    read = row(name="", email="no", country="Atlantis")
    assert {problem.code for problem in read.problems} == {"name-missing", "email", "country"}


def test_what_is_not_an_address_is_shown_as_it_was_typed():
    problem = row(email="Not.An.Address").problems[0]
    assert (problem.code, problem.value) == ("email", "Not.An.Address")


def test_a_row_with_more_cells_than_headings_is_not_trusted():
    assert read_row(["A", "b", "c", "d"], {0: "name"}, WORDS, 3).problems[0].code == "too-many-cells"
    assert not read_row(["A", "b", "c", "", ""], {0: "name"}, WORDS, 3).problems


@pytest.mark.parametrize("country", ["KE", "ken", "Kenya", "كينيا", "Кения", "肯尼亚", "  KENYA "])
def test_a_country_counts_in_every_language_and_by_its_code(country):
    assert row(country=country).data["country"] == "KE"


@pytest.mark.parametrize("country", ["Ivory Coast", "Côte d’Ivoire", "Cote d'Ivoire", "科特迪瓦", "Ivory  coast"])
def test_a_country_counts_by_its_other_names(country):
    assert row(country=country).data["country"] == "CI"


@pytest.mark.parametrize(
    ("word", "code"), [("fr", "fr"), ("Français", "fr"), ("French", "fr"), ("中文", "zh-hans"), ("zh", "zh-hans")]
)
def test_a_language_counts_by_its_names(word, code):
    assert row(language=word).data["language"] == code


@pytest.mark.parametrize("country", ["Россия", "Российская Федерация", "Russian Federation", "俄罗斯", "روسيا"])
def test_a_country_counts_by_its_official_name_too(country):
    assert row(country=country).data["country"] == "RU"


@pytest.mark.parametrize("nothing", ["", "-", "—", "N/A", "none"])
def test_a_dash_stands_for_nothing(nothing):
    assert row(email=nothing, country=nothing, gender=nothing).data == {"name": "Amina Diallo"}


def test_given_and_family_name_make_the_full_name():
    assert read_row(["Amina", "Diallo"], {0: "given", 1: "family"}, WORDS).data["name"] == "Amina Diallo"


@example(["", "", "", "", "", "", "\x1b="])
@given(st.lists(st.text(max_size=30), min_size=7, max_size=7))
def test_a_row_is_either_good_or_says_why_not_and_never_breaks(cells):
    read = read_row([cell.strip() for cell in cells], MAPPING, WORDS, 7)
    assert read.problems or read.data["name"]
    assert all(wording.problem(problem.as_json()) for problem in read.problems)
    assert set(read.data) <= set(Column.values)
    assert not any(value.startswith(("=", "+", "@")) for value in read.data.values())


@pytest.mark.parametrize(
    "value", ["#N/A", "#REF!", "#NAME?", "#DIV/0!", "#value!", "#¿NOMBRE?", "#Н/Д", "#ИМЯ?", "Err:502", "#SPILL!"]
)
def test_what_a_spreadsheet_shows_for_a_failed_formula_is_nobodys_name(value):
    for fields in ({"name": value}, {"email": value}, {"country": value}, {"latin": value}):
        read = row(**fields)
        assert [problem.code for problem in read.problems] == ["error-value"], fields
    assert wording.problem(read.problems[0].as_json())


@pytest.mark.parametrize("name", ["#1 Amina", "Amina #2", "Erreur: Diallo"])
def test_a_hash_in_a_name_is_no_error_value(name):
    assert not row(name=name).problems


def test_the_quote_that_our_own_tables_put_before_a_sign_goes_again():
    assert "email" not in row(email="'-").data
    assert not row(email="'-").problems
    assert [problem.code for problem in row(name="'=cmd").problems] == ["formula"]
    assert row(name="'Abd al-Rahman").data["name"] == "'Abd al-Rahman"


PERSON = Description(("Amina Diallo",), "amina@x.org", "KE", "Ministry")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (PERSON, True),
        (Description(("DIALLO Amina",), "AMINA@x.org"), True),
        (Description(("Amina F. Diallo",), "amina@x.org", "KE"), True),
        (Description(("Amina Diallo",), "amina@x.org", "UG"), True),  # the address and the name are the same
        (Description(("Amina Diallo",)), True),  # nothing tells them apart
        (Description(("Amina Diallo",), "", "KE", "Ministry"), True),
        (Description(("Wanjiru Kamau",), "amina@x.org", "KE", "Ministry"), False),  # an office's address
        (Description(("Amina Diallo",), "other@x.org", "KE", "Ministry"), False),
        (Description(("Amina Diallo",), "", "UG"), False),
        (Description(("Amina Diallo",), "", "KE", "University"), False),
        (Description(("Amina F. Diallo",), "", "KE"), False),
    ],
)
def test_two_rows_are_of_one_person_where_nothing_tells_them_apart(other, same):
    assert same_person(PERSON, other) is same
    assert same_person(other, PERSON) is same
