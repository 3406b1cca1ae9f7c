"""Charts in a page: one picture with a name, no script and no style."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.charts import Column, columns

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*values: float, **more):
    points = [Column(str(place), value, marked=place == 1, sign="✓") for place, value in enumerate(values)]
    return ElementTree.fromstring(columns("What it shows", points, shown=lambda value: f"{value:g}", **more))


def test_a_chart_has_a_name_and_nothing_that_the_page_forbids():
    chart = drawn(1, 2, 3)
    assert (chart.get("role"), chart.get("aria-label")) == ("img", "What it shows")
    for node in chart.iter():
        assert node.tag.removeprefix(SVG) in {"svg", "g", "path", "rect", "text"}
        assert not {"style", "onclick", "id"} & set(node.attrib)


def test_marked_columns_differ_and_every_value_is_written():
    chart = drawn(1, 2, 3)
    assert [node.get("class") for node in chart.iter(f"{SVG}rect")] == [
        "chart__column",
        "chart__column chart__column--marked",
        "chart__column",
    ]
    written = [node.text for node in chart.iter(f"{SVG}text")]
    assert {"0 ✓", "1 ✓", "2 ✓"} <= set(written)


def test_a_name_is_never_markup():
    points = [Column('<script>"&', 1)]
    assert "<script" not in columns('"><script>', points, shown=str)


def test_the_first_column_stands_where_one_begins_to_read():
    def heights(language):
        with translation.override(language):
            return [float(node.get("height")) for node in drawn(1, 2, 3).iter(f"{SVG}rect")]

    assert heights("en") == sorted(heights("en"))
    assert heights("ar") == heights("en")[::-1]


@pytest.mark.parametrize("values", [(0,), (0, 0, 0), (1,), (5, 5)])
def test_any_columns_are_drawn(values):
    assert len(list(drawn(*values).iter(f"{SVG}rect"))) == len(values)


@pytest.fixture(scope="module", autouse=True)
def _warm():
    """The first chart loads the library, which is no part of drawing one."""
    drawn(1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_no_column_leaves_the_chart(values):
    for node in drawn(*values, top=1).iter(f"{SVG}rect"):
        assert -0.01 <= float(node.get("height")) <= 240
