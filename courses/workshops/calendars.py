"""The calendar file of a workshop (RFC 5545): an event for each session, or one for all days when there are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from .models import Workshop
from .services.messages import place_of

CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar_of(workshop: Workshop, *, joining: bool = False) -> bytes:
    """Return the file in the active language; with the links to join online only when ``joining``.

    The identity of an event never changes and its sequence grows with every change, so that opening a newer
    file moves the event instead of adding another. Prefetch ``texts`` and ``sessions``.
    """
    text = workshop.text_in()
    title = text.title if text else workshop.key
    url = settings.BASE_URL + reverse("workshop", args=[workshop.key])
    calendar = Calendar()
    calendar.add("prodid", "-//Protocol Campus//Workshops//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    sessions = list(workshop.sessions.all())
    zone = ZoneInfo(workshop.time_zone)
    for session in sessions:
        event = _event(workshop, f"{session.uid}", url, text.summary if text else "")
        event.add("summary", f"{title}: {session.title}" if session.title else title)
        event.add("dtstart", session.starts_at.astimezone(zone))
        event.add("dtend", session.ends_at.astimezone(zone))
        room = "" if session.link and not joining else session.place
        location = ", ".join(part for part in (room, place_of(workshop)) if part)
        if location:
            event.add("location", location)
        calendar.add_component(event)
    if not sessions:
        event = _event(workshop, f"{workshop.uid}", url, text.summary if text else "")
        event.add("summary", title)
        event.add("dtstart", workshop.starts_on)
        event.add("dtend", workshop.ends_on + timedelta(days=1))  # the end is not part of the event
        event.add("transp", "TRANSPARENT")
        if place := place_of(workshop):
            event.add("location", place)
        calendar.add_component(event)
    else:
        year = timedelta(days=366)
        calendar.add_missing_timezones(first_date=workshop.starts_on - year, last_date=workshop.ends_on + year)
    return calendar.to_ical()


def _event(workshop: Workshop, uid: str, url: str, summary: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", workshop.sequence)
    event.add("dtstamp", datetime.now(UTC).replace(microsecond=0))
    event.add("last-modified", workshop.changed_at.replace(microsecond=0))
    event.add("status", "CANCELLED" if workshop.state == Workshop.State.CANCELLED else "CONFIRMED")
    event.add("url", url)
    words = [summary] if summary else []
    if workshop.state == Workshop.State.CANCELLED:
        words.insert(0, _("Cancelled: %(reason)s") % {"reason": workshop.cancel_reason})
    event.add("description", "\n\n".join([*words, url]), {"LANGUAGE": get_language() or "en"})
    return event
