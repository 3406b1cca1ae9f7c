"""Who is reminded of what, and when: the rules alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue.following.reminding import (
    Standing,
    deadline_due,
    deadline_key,
    digest_week,
    ends_at,
    goes_on,
    good_hour,
    wants_digest,
    zones_due,
)

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEARNING = Standing(
    enrolment=1,
    active=True,
    finished=False,
    starts_on=date(2026, 11, 1),
    last_day=date(2026, 12, 20),
    zone="UTC",
    seen_at=MONDAY - timedelta(days=2),
    enrolled_at=MONDAY - timedelta(days=20),
)
BEGUN = {"starts_on": date(2026, 7, 1)}
ZONES = ["UTC", "Africa/Nairobi", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/Lima"]


@pytest.mark.parametrize(
    ("zone", "at", "week"),
    [
        ("UTC", "2026-11-23T07:59", ""),
        ("UTC", "2026-11-23T08:00", "2026-W48"),
        ("UTC", "2026-11-23T19:59", "2026-W48"),
        ("UTC", "2026-11-23T20:00", ""),
        ("UTC", "2026-11-24T09:00", ""),
        ("Africa/Nairobi", "2026-11-23T05:00", "2026-W48"),
        ("Pacific/Kiritimati", "2026-11-22T18:00", "2026-W48"),  # already Monday there
        ("Pacific/Pago_Pago", "2026-11-23T09:00", ""),  # still Sunday there
        ("UTC", "2027-01-04T10:00", "2027-W01"),
        ("UTC", "2026-12-28T10:00", "2026-W53"),
    ],
)
def test_the_digest_comes_on_monday_in_the_persons_own_day(zone, at, week):
    assert digest_week(datetime.fromisoformat(at).replace(tzinfo=UTC), zone) == week


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.sampled_from(ZONES))
def test_nobody_is_written_to_at_night(at, zone):
    now = at.replace(tzinfo=UTC)
    if digest_week(now, zone) or zones_due(now, [zone], weekly=False):
        assert good_hour(now, zone)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.sampled_from(ZONES))
def test_every_zone_has_its_hour_in_every_week(at, zone):
    hours = [at.replace(tzinfo=UTC) + timedelta(hours=hour) for hour in range(7 * 24)]
    assert len({digest_week(hour, zone) for hour in hours} - {""}) in (1, 2)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, True),
        ({"finished": True}, False),
        ({"active": False}, False),
        ({"last_day": date(2026, 11, 23)}, True),
        ({"last_day": date(2026, 11, 22)}, False),
        ({"last_day": None, "starts_on": None}, True),
        ({"starts_on": date(2026, 11, 24)}, False),
        (BEGUN | {"seen_at": MONDAY - timedelta(weeks=9), "enrolled_at": MONDAY - timedelta(weeks=20)}, False),
        ({"seen_at": None, "enrolled_at": MONDAY - timedelta(weeks=7)}, True),
        (BEGUN | {"seen_at": None, "enrolled_at": MONDAY - timedelta(weeks=9)}, False),
        ({"seen_at": MONDAY - timedelta(weeks=9), "enrolled_at": MONDAY - timedelta(days=1)}, True),
        ({"seen_at": None, "enrolled_at": MONDAY - timedelta(weeks=20)}, True),  # long before it began
        ({"seen_at": None, "starts_on": None, "enrolled_at": MONDAY - timedelta(weeks=20)}, False),
    ],
)
def test_only_a_course_that_goes_on_is_in_the_digest(change, wanted):
    assert wants_digest(replace(LEARNING, **change), MONDAY) is wanted


@pytest.mark.parametrize(
    ("last_day", "days"),
    [
        (date(2026, 11, 30), 7),
        (date(2026, 11, 24), 1),
        (date(2026, 11, 29), None),
        (date(2026, 12, 1), None),
        (date(2026, 11, 23), None),
        (None, None),
    ],
)
def test_a_deadline_is_reminded_of_a_week_and_a_day_before(last_day, days):
    assert deadline_due(replace(LEARNING, last_day=last_day), MONDAY) == days


@given(
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.dates(date(2026, 10, 1), date(2027, 3, 1))),
    st.datetimes(datetime(2026, 10, 1), datetime(2027, 3, 1)),
)
def test_who_has_finished_or_left_is_never_written_to(active, finished, last_day, at):
    standing = replace(LEARNING, active=active, finished=finished, last_day=last_day)
    now = at.replace(tzinfo=UTC)
    if finished or not active:
        assert not wants_digest(standing, now)
        assert deadline_due(standing, now) is None
        assert not goes_on(standing, now.date())


def test_the_last_day_is_counted_where_the_cohort_is():
    late_evening = datetime(2026, 11, 29, 20, tzinfo=UTC)  # the 30th in Kiritimati
    away = replace(LEARNING, zone="Pacific/Kiritimati", last_day=date(2026, 12, 1))
    assert deadline_due(away, late_evening) == 1
    assert deadline_due(replace(away, zone="UTC"), late_evening) is None


def test_a_last_day_ends_with_its_last_minute_in_its_zone():
    moment = ends_at(date(2026, 11, 30), "Africa/Nairobi")
    assert moment.replace(second=0, microsecond=0) == datetime(2026, 11, 30, 20, 59, tzinfo=UTC)
    assert datetime(2026, 11, 30, 21, tzinfo=UTC) - moment <= timedelta(microseconds=1)


def test_a_deadline_put_off_is_another_letter():
    assert deadline_key(1, date(2026, 11, 30), 7) != deadline_key(1, date(2026, 12, 7), 7)
