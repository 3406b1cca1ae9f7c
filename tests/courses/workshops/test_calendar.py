"""The calendar file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from courses.workshops import services
from courses.workshops.calendars import calendar_of
from courses.workshops.models import Workshop
from courses.workshops.services.messages import calendar_token
from tests import factories


def read(data):
    return Calendar.from_ical(data)


def events(data):
    return list(read(data).walk("VEVENT"))


def test_every_session_is_an_event_at_the_venues_time(workshop, session, add_session):
    add_session(workshop, "Drafting", days=1, begins=time(14), finishes=time(17), place="Room 4")
    first, second = events(calendar_of(workshop))
    assert str(first["summary"]) == "Legal frameworks: Opening"
    assert first["dtstart"].params["TZID"] == "Africa/Nairobi"
    assert first["dtstart"].dt.astimezone(ZoneInfo("UTC")) == session.starts_at
    assert second["dtend"].dt.astimezone(ZoneInfo("UTC")).time() == time(14)
    assert str(second["location"]) == "Room 4, Nairobi, Kenya"
    assert str(second["status"]) == "CONFIRMED"


def test_without_sessions_the_days_are_one_event(workshop):
    (event,) = events(calendar_of(workshop))
    assert event["dtstart"].dt == workshop.starts_on
    assert event["dtend"].dt == workshop.ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    "zone", ["Africa/Casablanca", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Nairobi", "UTC"]
)
@pytest.mark.parametrize("day", [date(2026, 1, 15), date(2026, 3, 10), date(2026, 7, 15), date(2026, 11, 3)])
def test_the_files_own_zone_rules_agree_with_ours(db, add_session, zone, day):
    """A program that knows no zones but those in the file gets the same moment."""
    made = factories.WorkshopFactory(time_zone=zone, starts_on=day, ends_on=day)
    session = add_session(made, begins=time(9), finishes=time(10))
    calendar = read(calendar_of(made))
    (event,) = calendar.walk("VEVENT")
    wall = event["dtstart"].dt.replace(tzinfo=None)
    if zone == "UTC":
        assert wall == session.starts_at.replace(tzinfo=None)
        return
    (rules,) = calendar.walk("VTIMEZONE")
    assert str(rules["tzid"]) == zone
    moment = wall.replace(tzinfo=rules.to_tz()).astimezone(ZoneInfo("UTC"))
    assert moment == session.starts_at


def test_lines_follow_the_standard(workshop, session, cast):
    services.change_workshop(
        actor=cast.trainer,
        workshop=workshop,
        texts={"en": {"title": "ورشة عمل " * 20, "summary": "Line one, with; signs\\\nLine two " + "长" * 200}},
    )
    data = calendar_of(Workshop.objects.get(pk=workshop.pk))
    lines = data.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()  # folding never cuts a letter in two
    needed = {b"PRODID", b"VERSION", b"UID", b"DTSTAMP", b"DTSTART", b"SEQUENCE", b"METHOD"}
    assert not needed - {line.split(b":")[0].split(b";")[0] for line in lines}
    assert "长" * 200 in str(events(data)[0]["description"])


def test_a_newer_file_moves_the_event_instead_of_adding_one(workshop, session, cast):
    (before,) = events(calendar_of(Workshop.objects.get(pk=workshop.pk)))
    services.change_session(actor=cast.trainer, session=session, begins=time(8))
    (after,) = events(calendar_of(Workshop.objects.get(pk=workshop.pk)))
    assert str(after["uid"]) == str(before["uid"])
    assert int(after["sequence"]) > int(before["sequence"])
    assert after["dtstart"].dt < before["dtstart"].dt


def test_a_cancelled_workshop_is_cancelled_in_the_calendar(workshop, session, cast):
    services.cancel_workshop(actor=cast.trainer, workshop=workshop, reason="Flood")
    (event,) = events(calendar_of(Workshop.objects.get(pk=workshop.pk)))
    assert str(event["status"]) == "CANCELLED"
    assert "Flood" in str(event["description"])


def test_the_link_to_join_is_only_for_people_who_take_part(client, workshop, add_session, cast, register):
    add_session(workshop, place="https://meet.example.org/secret")
    register(workshop, cast.learner)
    address = reverse("workshop_calendar", args=[workshop.key])
    assert b"meet.example.org" not in client.get(address).content
    client.force_login(cast.outsider)
    assert b"meet.example.org" not in client.get(address).content
    client.force_login(cast.learner)
    response = client.get(address)
    assert b"meet.example.org" in response.content
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert f'filename="{workshop.key}.ics"' in response["Content-Disposition"]


def test_the_personal_link_needs_no_sign_in(client, workshop, add_session, cast, register):
    add_session(workshop, place="https://meet.example.org/secret")
    registration = register(workshop, cast.learner)
    address = reverse("workshop_calendar_personal", args=[workshop.key, calendar_token(registration)])
    assert b"meet.example.org" in client.get(address).content
    services.cancel_registration(actor=None, registration=registration)
    assert b"meet.example.org" not in client.get(address).content


@pytest.mark.parametrize("token", ["forged", "MTIz:1abcde:xyz"])
def test_a_forged_link_opens_nothing(client, workshop, token):
    assert client.get(reverse("workshop_calendar_personal", args=[workshop.key, token])).status_code == 404


def test_a_link_for_one_workshop_does_not_open_another(client, workshop, cast, register):
    token = calendar_token(register(workshop, cast.learner))
    other = factories.WorkshopFactory()
    assert client.get(reverse("workshop_calendar_personal", args=[other.key, token])).status_code == 404


def test_the_file_speaks_the_language_of_its_address(workshop, session, cast):
    texts = {"en": {"title": "Legal frameworks"}, "fr": {"title": "Cadres juridiques"}}
    services.change_workshop(actor=cast.trainer, workshop=workshop, texts=texts)
    with translation.override("fr"):
        (event,) = events(calendar_of(Workshop.objects.get(pk=workshop.pk)))
    assert str(event["summary"]).startswith("Cadres juridiques")
    assert isinstance(event["dtstamp"].dt, datetime)
