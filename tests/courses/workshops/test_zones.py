"""Wall time and UTC: what is stated in ``zones``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.zones import zones_by_country
from courses.workshops import zones

NEW_YORK = "America/New_York"  # forward on 8 March 2026 at 2:00, back on 1 November 2026 at 2:00


def utc(*args):
    return datetime(*args, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "zone", "moment"),
    [
        (date(2026, 7, 1), time(9), "Africa/Nairobi", utc(2026, 7, 1, 6)),
        (date(2026, 7, 1), time(0, 30), "Asia/Kathmandu", utc(2026, 6, 30, 18, 45)),
        (date(2026, 1, 1), time(9), "Pacific/Kiritimati", utc(2025, 12, 31, 19)),
        (date(2026, 1, 1), time(9), NEW_YORK, utc(2026, 1, 1, 14)),
        (date(2026, 7, 1), time(9), NEW_YORK, utc(2026, 7, 1, 13)),
        # skipped: moved forward by the hour the clocks were
        (date(2026, 3, 8), time(2, 30), NEW_YORK, utc(2026, 3, 8, 7, 30)),
        # happens twice: the first one
        (date(2026, 11, 1), time(1, 30), NEW_YORK, utc(2026, 11, 1, 5, 30)),
        # a shift of half an hour only
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", utc(2026, 10, 3, 15, 45)),
        # a whole day that never was
        (date(2011, 12, 30), time(9), "Pacific/Apia", utc(2011, 12, 30, 19)),
    ],
)
def test_a_wall_time_is_one_moment(day, at, zone, moment):
    assert zones.to_utc(day, at, zone) == moment


@pytest.mark.parametrize(
    ("day", "at", "exists"),
    [
        (date(2026, 3, 8), time(1, 59), True),
        (date(2026, 3, 8), time(2), False),
        (date(2026, 3, 8), time(2, 59), False),
        (date(2026, 3, 8), time(3), True),
        (date(2026, 11, 1), time(0, 59), True),
        (date(2026, 11, 1), time(1), True),
        (date(2026, 11, 1), time(1, 59), True),
        (date(2026, 11, 1), time(2), True),
    ],
)
def test_hours_that_the_clocks_skip_are_known(day, at, exists):
    assert zones.exists(day, at, NEW_YORK) is exists


@pytest.mark.parametrize(
    ("day", "begins", "finishes", "minutes"),
    [
        (date(2026, 7, 1), time(9), time(10, 30), 90),
        (date(2026, 3, 8), time(1), time(4), 120),  # an hour is lost
        (date(2026, 11, 1), time(0, 30), time(2, 30), 180),  # an hour is won
        (date(2026, 3, 8), time(2, 30), time(3, 15), 45),  # begins in the gap: keeps its length
    ],
)
def test_a_session_always_ends_after_it_starts(day, begins, finishes, minutes):
    starts, ends = zones.session_times(day, begins, finishes, NEW_YORK)
    assert ends - starts == timedelta(minutes=minutes)


@settings(max_examples=300, deadline=None)
@given(
    moment=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2035, 1, 1)),
    zone=st.sampled_from([zone for _country, zone in zones_by_country()]),
)
def test_what_is_entered_is_what_the_clock_there_shows(moment, zone):
    back = zones.to_utc(moment.date(), moment.time(), zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if zones.exists(moment.date(), moment.time(), zone):
        assert back == moment
    else:
        assert back > moment


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Africa/Nairobi", True),
        ("UTC", True),
        ("Asia/Kolkata", True),
        ("Nairobi", False),
        ("", False),
        ("../etc", False),
    ],
)
def test_only_iana_names_are_zones(name, known):
    assert zones.known(name) is known
