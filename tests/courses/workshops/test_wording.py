"""Days in words."""

from __future__ import annotations

from datetime import date

import pytest

from courses.workshops import wording


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2016, 7, 11), date(2016, 7, 15), "11–15 July 2016"),
        (date(2016, 7, 30), date(2016, 8, 2), "30 July – 2 August 2016"),
        (date(2016, 12, 30), date(2017, 1, 2), "30 December 2016 – 2 January 2017"),
        (date(2016, 7, 11), date(2016, 7, 11), "11 July 2016"),
    ],
)
def test_days_read_as_people_write_them(first, last, words):
    assert wording.day_range(first, last, "en").replace("\u2009", " ") == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", "11–15 يوليو 2016"),
        ("es", "11–15 de julio de 2016"),
        ("fr", "11–15 juillet 2016"),
        ("ru", "11–15 июля 2016\u202fг."),
        ("zh-hans", "2016年7月11日至15日"),
    ],
)
def test_days_read_right_in_every_language(language, words):
    assert wording.day_range(date(2016, 7, 11), date(2016, 7, 15), language) == words
