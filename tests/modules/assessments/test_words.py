"""Authors' text becomes safe HTML, and plain again for editing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.words import editable, plain, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Which?", "<p>Which?</p>"),
        ("One.\n\nTwo & < 3.", "<p>One.</p>\n\n<p>Two &amp; &lt; 3.</p>"),
        ("<p>Which <em>one</em>?</p>", "<p>Which <em>one</em>?</p>"),
        ('<p onclick="x()">Which?<script>alert(1)</script></p>', "<p>Which?</p>"),
        ('<a href="javascript:x()">y</a>', '<a rel="noopener noreferrer">y</a>'),
        ("<iframe src=x></iframe>", ""),
        ("<iframe>one & two", "<p>one &amp; two</p>"),
        ("< 5 per cent?", "<p>&lt; 5 per cent?</p>"),
    ],
)
def test_text_becomes_safe_html(text, html):
    assert to_html(text) == html


@given(st.text() | st.text(alphabet='<>/pxb "&='))
def test_what_was_stored_stays_as_it_is(text):
    assert to_html(to_html(text)) == to_html(text)


@given(st.text(alphabet="ab'\"&<>é نص", max_size=30))
def test_plain_text_is_edited_as_it_was_written(text):
    text = " ".join(text.split())
    if not text.startswith("<"):
        assert editable(to_html(text)) == text


def test_rich_text_is_edited_with_its_tags():
    assert editable("<p>Which <em>one</em>?</p>") == "<p>Which <em>one</em>?</p>"


def test_paragraphs_are_edited_without_tags():
    assert editable("<p>One.</p>\n<p>Two<br>three.</p>") == "One.\n\nTwo\nthree."


def test_labels_have_no_tags():
    assert plain("<p>One <b>two</b></p><p>three</p>") == "One two three"
