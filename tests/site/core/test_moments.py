"""A moment is told in the viewer's time, and with whose time it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from core import moments


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
    assert moments.city_of(zone, "en") == city


def test_a_renamed_zone_still_has_its_name_in_other_languages():
    assert moments.city_of("Asia/Kolkata", "ru") == "Калькутта"


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
        assert moments.zone_words(zone, datetime(2026, 7, 1, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("zone", "words"), [("Africa/Nairobi", "12 May 2026, 17:00 (Nairobi, UTC+3)"), ("UTC", "12 May 2026, 14:00 (UTC)")]
)
def test_a_moment_says_whose_time_it_is(zone, words):
    with timezone.override(zone), translation.override("en"):
        assert moments.moment_words(datetime(2026, 5, 12, 14, tzinfo=UTC)) == words
