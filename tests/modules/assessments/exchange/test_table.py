"""Reading tables, whatever wrote them."""

from __future__ import annotations

import io

import pytest

from modules.assessments.exchange import table
from modules.assessments.exchange.problems import Fault, Unreadable

HEADER = "key,name,category,tags,type,question,feedback,right,answer 1,feedback 1,weight 1,answer 2,feedback 2,weight 2"


def read(text: str, encoding: str = "utf-8") -> list:
    return list(table.read(io.BytesIO(text.encode(encoding))))


def test_a_row_is_a_question():
    (row,) = read(f'{HEADER}\nq1,One,Laws/ABS,"ABS, law",single,Which?,Read it.,1,Yes,Right!,,No,"Wrong, alas",\n')
    assert (row.key, row.name, row.category, row.tags, row.type) == ("q1", "One", "Laws/ABS", ["ABS", "law"], "single")
    assert (row.text, row.feedback, row.right, row.line) == ("Which?", "Read it.", "1", 2)
    assert [(each.text, each.feedback) for each in row.answers] == [("Yes", "Right!"), ("No", "Wrong, alas")]


@pytest.mark.parametrize("sign", list(",;\t|"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_sign_and_encoding_are_found_out(sign, encoding):
    text = f"type,question,answer 1\nshort,Élan – où,“é”\n".replace(",", sign)  # noqa: F541
    (row,) = read(text, encoding)
    assert (row.text, row.answers[0].text) == ("Élan – où", "“é”")


def test_a_cell_may_hold_signs_and_line_ends_and_the_line_is_that_of_its_beginning():
    rows = read('Type;Question;Answer_1\nshort;"One;\ntwo ""three""";a\nshort;Four;b\n')
    assert [(row.text, row.line) for row in rows] == [('One;\ntwo "three"', 2), ("Four", 4)]


def test_every_bad_row_has_its_number_and_the_others_are_read():
    faults = [
        each.line if isinstance(each, Fault) else each.text
        for each in read(
            "type,question,answer 1,feedback 1\nshort,One,a,\n,Two,b,\nshort,,c,\n\n"
            "short,Five,,x\nshort,Six,d,,e\nshort,Seven,f,\n"
        )
    ]
    assert faults == ["One", 3, 4, 6, 7, "Seven"]


def test_a_column_that_nobody_knows_is_named():
    fault, row = read("type,question,colour,answer 1\nshort,One,red,a\n")
    assert "colour" in fault.why
    assert row.text == "One"


def test_what_excel_says_first_is_no_header():
    (row,) = read("sep=;\ntype;question\nessay;One\n")
    assert row.text == "One"


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\n1,2\n", "type\nshort\n"])
def test_a_table_without_the_columns_is_refused(text):
    with pytest.raises(Unreadable):
        read(text)


def test_what_is_written_is_read_again():
    row = table.Row(
        type="multiple",
        text='=A "b";\nc',
        answers=[table.Cell("+1", "-2", "0.5"), table.Cell("x", "", "0.5")],
        right="1, 2",
        options={"case": "yes", "unit": "kg"},
        key="k",
        name="@n",
        category="A/B",
        tags=["t u", "v"],
        line=2,
    )
    assert read("".join(table.write([row]))) == [row]


@pytest.mark.parametrize("rows", [2, 20_000])
def test_a_quote_without_end_does_not_swallow_the_file_in_silence(rows):
    first, *rest = read('type,question\nessay,"One\n' + "essay,x\n" * rows)
    assert isinstance(first, Fault)
    assert first.line == 2
    assert all(isinstance(each, Fault) or each.text == "x" for each in rest)
