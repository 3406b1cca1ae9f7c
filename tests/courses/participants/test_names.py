"""Names of every script are names; tricks with invisible marks are not."""

import pytest

from courses.participants.names import has_letter, is_latin, tidy_name

NAMES = {
    "Arabic": "فاطمة الزهراء بنت محمد",
    "Amharic": "አበበ ቢቂላ",
    "Devanagari": "श्रीनिवास रामानुजन्",
    "Vietnamese": "Nguyễn Thị Minh Khai",
    "Chinese": "屠呦呦",
    "Cyrillic": "Александра Сергеевна Щёлокова",
    "Latin": "Zoë O’Hara-Müller",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_of_any_script_stays_as_it_is(name):
    import unicodedata

    assert tidy_name(name) == unicodedata.normalize("NFC", name)
    assert has_letter(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Amina\t  Diallo \n", "Amina Diallo"),
        ("Amina\u202eollaiD", "AminaollaiD"),
        ("Ami\x00na", "Ami na"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_a_name_is_tidied(typed, kept):
    assert tidy_name(typed) == kept


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("Nguyễn Thị Minh Khai", True),
        ("O’Brien-Ångström, Jr.", True),
        ("Đặng ß ł", True),
        ("Kaʻahumanu", True),
        ("", True),
        ("Александра", False),
        ("Amina ديالو", False),
        ("李 Li", False),
    ],
)
def test_latin_letters_are_told_from_others(name, answer):
    assert is_latin(name) is answer


@pytest.mark.parametrize("name", ["", "123", "…", " - "])
def test_a_name_without_a_letter_is_none(name):
    assert not has_letter(name)
