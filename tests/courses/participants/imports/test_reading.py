"""A list is read whatever program wrote it, and what is no list is refused in words."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courses.participants.imports import columns, reading
from courses.participants.imports.reading import UnreadableFile, detect_delimiter, open_table

from .conftest import GOOD, HEAD, csv_file, xlsx_file

RUSSIAN = [["ФИО", "Страна"], ["Александра Кузнецова", "Россия"], ["Алёна Сергеева", "Беларусь"]]
ARABIC = [["الاسم", "البلد"], ["ليلى العمري", "المغرب"], ["أحمد محمود", "مصر"]]
CHINESE = [["姓名", "国家"], ["欧阳雪梅", "中国"], ["王小明", "中国"]]
FRENCH = [["Nom complet", "Pays"], ["Éloïse Lefèvre", "Bénin"], ["François Koné", "Côte d’Ivoire"]]
SPANISH = [["Nombre completo", "País"], ["José Muñoz Ibáñez", "Perú"], ["María Núñez", "México"]]


def read(file):
    table = open_table(file.file, file.name)
    return table, [cells for _number, cells in table.rows(file.file)]


@pytest.mark.parametrize(
    ("rows", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (ARABIC, "cp1256"),
        (CHINESE, "gb18030"),
        (FRENCH, "cp1252"),
        (SPANISH, "cp1252"),
        (CHINESE, "utf-16"),
        *[(rows, code) for rows in (RUSSIAN, ARABIC, CHINESE, FRENCH) for code in ("utf-8", "utf-8-sig")],
    ],
)
def test_the_encoding_is_found_out(rows, encoding):
    _table, found = read(csv_file(rows, encoding=encoding))
    assert found == rows[1:]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter):
    _table, found = read(csv_file([HEAD, ["Diallo, Amina; Dr", *GOOD[0][1:]]], delimiter=delimiter))
    assert found[0][0] == "Diallo, Amina; Dr"
    assert detect_delimiter("name\nAmina\n") in reading.DELIMITERS


def test_a_workbook_is_read_with_the_numbers_that_the_program_shows():
    table = xlsx_file([HEAD, GOOD[0], [None] * 5, GOOD[1]])
    found = list(open_table(table.file, table.name).rows(table.file))
    assert [number for number, _cells in found] == [2, 4]
    assert found[1][1][0] == "ليلى العمري"


@pytest.mark.parametrize("above", [[["List of participants"]], [["Workshop"], [], ["Nairobi, 2026"]], [["sep=,"]]])
def test_a_title_above_the_headings_is_passed_over(above):
    for file in (csv_file([*above, HEAD, *GOOD]), xlsx_file([*above, HEAD, *GOOD])):
        table, rows = read(file)
        assert table.headings == HEAD
        assert [row[: len(HEAD)] for row in rows] == GOOD
        assert next(iter(table.rows(file.file)))[0] == len(above) + 2


@pytest.mark.parametrize("rows", [[["Name"], ["Diallo", "Amina"]], [["Delegates"], ["Amina Diallo"], ["Bo Li"]]])
def test_a_list_of_one_column_keeps_its_heading(rows):
    assert read(csv_file(rows))[0].headings == rows[0]


def test_rows_that_only_a_number_claims_are_refused_at_once(monkeypatch):
    monkeypatch.setattr(reading, "SHEET_ROWS", 100)
    good = xlsx_file([HEAD, *GOOD])
    file = io.BytesIO()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(b'r="4"', b'r="900000000"') if "sheet1" in part else content)
    with pytest.raises(UnreadableFile):
        list(open_table(file, "people.xlsx").rows(file))


def test_only_the_values_of_formulas_count():
    file = xlsx_file([HEAD, ['=HYPERLINK("http://x","y")', "a@b.org", 12.0, "", ""]])
    _table, found = read(file)
    assert found[0][0] == ""  # never computed by the program that wrote it
    assert found[0][2] == "12"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a list"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old or protected"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content, words):
    with pytest.raises(UnreadableFile, match=words):
        read(SimpleUploadedFile("people.csv", content))


def test_an_archive_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(UnreadableFile, match="not a list"):
        read(SimpleUploadedFile("people.xlsx", file.getvalue()))


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", b"0" * (reading.MAX_STRINGS + 1))
    assert len(file.getvalue()) < 1_000_000
    with pytest.raises(UnreadableFile, match="too large"):
        read(SimpleUploadedFile("people.xlsx", file.getvalue()))


def test_a_list_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    with pytest.raises(UnreadableFile, match="more than"):
        read(csv_file([HEAD, *GOOD]))


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["Full name", "E-mail address", "Country"], {0: "name", 1: "email", 2: "country"}),
        (["Nom et prénom", "Courriel", "Pays", "Fonction"], {0: "name", 1: "email", 2: "country", 3: "position"}),
        (["Nom", "Prénom", "Organisme"], {0: "family", 1: "given", 2: "organisation"}),
        (["Nombres", "Apellidos", "Correo electrónico"], {0: "given", 1: "family", 2: "email"}),
        (["ФИО", "Эл. почта", "Страна", "Пол"], {0: "name", 1: "email", 2: "country", 3: "gender"}),
        (["الاسم الكامل", "البريد الإلكتروني", "الدولة"], {0: "name", 1: "email", 2: "country"}),
        (
            ["姓名", "电子邮件", "国家", "单位", "职务"],
            {0: "name", 1: "email", 2: "country", 3: "organisation", 4: "position"},
        ),
        (["Nombre", "País"], {0: "name", 1: "country"}),
        (["Name", "Surname", "name"], {0: "name"}),
        (["Shoe size", ""], {}),
    ],
)
def test_headings_are_recognised_in_six_languages(headings, expected):
    assert columns.guess(headings) == expected


def test_what_a_heading_meant_before_goes_before_what_we_know():
    headings = ["Name", "Code", "Country"]
    assert columns.guess(headings, {"code": "position", "country": ""}) == {0: "name", 1: "position"}
