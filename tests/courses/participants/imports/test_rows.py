"""Every bad row is named, with everything that is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from courses.participants.imports import wording
from courses.participants.imports.columns import Column
from courses.participants.imports.rows import read_row, vocabulary

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
