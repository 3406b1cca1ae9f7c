"""Who may be lost on the way: the rules alone, and the letters' places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue.following.letters import PLACES, fill, unknown
from courses.catalogue.following.risk import Reason, Signs, Thresholds, reasons, silent_for

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FINE = Signs(
    active=True,
    finished=False,
    enrolled_at=NOW - timedelta(days=60),
    starts_on=date(2026, 10, 1),
    last_day=date(2026, 12, 31),
    seen_at=NOW - timedelta(days=1),
)
T = Thresholds()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ()),
        ({"seen_at": NOW - timedelta(days=14)}, (Reason.SILENT,)),
        ({"seen_at": NOW - timedelta(days=13, hours=23)}, ()),
        ({"seen_at": None}, (Reason.SILENT,)),
        ({"seen_at": None, "starts_on": date(2026, 11, 20)}, ()),
        ({"seen_at": None, "starts_on": None, "enrolled_at": NOW - timedelta(days=3)}, ()),
        ({"seen_at": NOW - timedelta(days=300), "starts_on": None, "enrolled_at": NOW - timedelta(days=1)}, ()),
        ({"failures": 1}, ()),
        ({"failures": 2}, (Reason.FAILED,)),
        ({"last_day": date(2026, 11, 28)}, (Reason.DEADLINE,)),
        ({"last_day": date(2026, 11, 29)}, ()),
        ({"last_day": date(2026, 11, 21)}, (Reason.DEADLINE,)),
        ({"last_day": date(2026, 11, 20)}, ()),
        ({"last_day": date(2026, 11, 22), "failures": 3, "seen_at": None}, tuple(Reason)),
        ({"finished": True, "failures": 9, "seen_at": None}, ()),
        ({"active": False, "failures": 9, "seen_at": None}, ()),
    ],
)
def test_the_signs_say_why(change, why):
    assert reasons(replace(FINE, **change), T, NOW) == why


signs = st.builds(
    Signs,
    active=st.booleans(),
    finished=st.booleans(),
    enrolled_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20)).map(lambda at: at.replace(tzinfo=UTC)),
    starts_on=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 1, 1))),
    last_day=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 1, 1))),
    seen_at=st.one_of(
        st.none(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20)).map(lambda at: at.replace(tzinfo=UTC))
    ),
    failures=st.integers(0, 9),
)


@given(signs)
def test_one_more_failure_never_makes_somebody_less_at_risk(one):
    assert set(reasons(one, T, NOW)) <= set(reasons(replace(one, failures=one.failures + 1), T, NOW))


@given(signs, st.integers(1, 30))
def test_a_stricter_threshold_never_finds_fewer(one, days):
    loose, strict = Thresholds(silent_days=days + 1), Thresholds(silent_days=days)
    assert set(reasons(one, loose, NOW)) <= set(reasons(one, strict, NOW))


@given(signs)
def test_who_has_finished_or_left_is_never_on_the_list(one):
    if one.finished or not one.active:
        assert reasons(one, T, NOW) == ()


@given(signs)
def test_silence_is_never_negative(one):
    assert silent_for(one, NOW) >= 0


def test_a_letter_is_filled_in_once_only():
    assert fill("Dear {name}, {course}", {"name": "{course}", "course": "ABS"}) == "Dear {course}, ABS"


def test_a_lone_brace_breaks_nothing():
    assert fill("a { b } {name}", {"name": "X"}) == "a { b } X"


def test_a_place_nobody_knows_is_named():
    assert unknown("Dear {nmae}, {course} {nmae} {other}") == ["nmae", "other"]
    assert unknown(" ".join(f"{{{place}}}" for place in PLACES)) == []
