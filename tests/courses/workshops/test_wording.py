"""Days and zones in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from courses.workshops import wording, zones


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


@pytest.mark.parametrize(
    ("zone", "city"),
    [
        ("Africa/Nairobi", "Nairobi"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("Asia/Kolkata", "Kolkata"),
        ("Europe/Kyiv", "Kyiv"),
    ],
)
def test_a_zone_is_called_by_its_own_city(zone, city):
    assert wording.city_of(zone, "en") == city


def test_a_renamed_zone_still_has_its_name_in_other_languages():
    assert wording.city_of("Asia/Kolkata", "ru") == "Калькутта"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Africa/Nairobi", "Nairobi time (UTC+3)"),
        ("America/St_Johns", "St John’s time (UTC−2:30)"),
        ("Asia/Kathmandu", "Kathmandu time (UTC+5:45)"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_told_with_its_offset_at_that_moment(zone, words):
    with translation.override("en"):
        assert wording.zone_words(zone, datetime(2026, 7, 1, tzinfo=UTC)) == words


@pytest.mark.parametrize("language", ["en", "ar", "es", "fr", "ru", "zh-hans"])
def test_every_zone_can_be_chosen_once(language):
    with translation.override(language):
        groups = wording.zone_choices(language)
    offered = [zone for _group, choices in groups for zone, _label in choices]
    assert len(offered) == len(set(offered)) > 400
    assert all(map(zones.known, offered))
    assert "Africa/Nairobi" in offered
    assert all(label for _group, choices in groups for _zone, label in choices)


@pytest.mark.parametrize(
    ("zone", "words"), [("Africa/Nairobi", "12 May 2026, 17:00 (Nairobi, UTC+3)"), ("UTC", "12 May 2026, 14:00 (UTC)")]
)
def test_a_moment_says_whose_time_it_is(zone, words):
    with timezone.override(zone), translation.override("en"):
        assert wording.moment_words(datetime(2026, 5, 12, 14, tzinfo=UTC)) == words
