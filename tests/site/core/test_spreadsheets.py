"""Cells of tables: never a formula, and the same text when the table comes back."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.spreadsheets import plain_cell, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@"])
def test_no_cell_is_taken_for_a_formula(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [("Ministry", "Ministry"), (None, ""), (0, "0"), ("a=b", "a=b"), ("'a", "'a")]
)
def test_other_cells_stay_as_they_are(value, cell):
    assert safe_cell(value) == cell


@given(st.text(alphabet="'=+-@ab") | st.text())
@example("'=")
def test_a_table_that_comes_back_says_what_was_written(text):
    assert plain_cell(safe_cell(text)) == text
