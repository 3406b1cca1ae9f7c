"""Mails of this room. They are written into the outbox; a worker sends them after the commit."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import audit
from core.links import make_token
from core.moments import zone_words
from jobs.services import queue_mail

from ..errors import WorkshopError
from ..models import Registration, Workshop
from ..wording import day_range
from .common import managed

CALENDAR_LINK = "workshop-calendar"


def calendar_token(registration: Registration) -> str:
    """Return the token of a personal calendar link: it opens without signing in and holds the joining links."""
    return make_token(CALENDAR_LINK, registration.pk)


def address_of(registration: Registration) -> str:
    """Return where to write to: the person's own or office address, else the account's; may be empty."""
    person = registration.participant
    return person.email or (person.user.email if person.user else "")


def mail(registration: Registration, *, template: str, key: str, language: str = "", **context: Any) -> None:
    """Queue one mail about a registration in the person's language; nobody without an address gets one."""
    to = address_of(registration)
    if not to:
        return
    person, workshop = registration.participant, registration.workshop
    language = language or person.language or (person.user.language if person.user else "") or workshop.source_language
    with translation.override(language):
        page, calendar = (
            settings.BASE_URL + reverse(name, args=args)
            for name, args in (
                ("workshop", [workshop.key]),
                ("workshop_calendar_personal", [workshop.key, calendar_token(registration)]),
            )
        )
        text = workshop.text_in()
        queue_mail(
            key=key,
            to=to,
            template=f"workshops/mail/{template}",
            language=language,
            context={
                "name": person.name,
                "workshop": workshop,
                "title": text.title if text else workshop.key,
                "days": day_range(workshop.starts_on, workshop.ends_on),
                "place": place_of(workshop),
                "sessions": session_lines(workshop),
                "page_url": page,
                "calendar_url": calendar,
                **context,
            },
        )


def place_of(workshop: Workshop) -> str:
    """Return the place in one line, as the workshop's mode has it."""
    if workshop.mode == "online":
        return _("Online")
    parts = [workshop.venue, workshop.city, str(workshop.country or "")]
    return ", ".join(part for part in parts if part)


def session_lines(workshop: Workshop) -> list[dict[str, Any]]:
    """Return the programme as ``[{day, begins, finishes, zone, title, place}]``, times at the venue."""
    return [
        {
            "day": session.day,
            "begins": f"{session.begins:%H:%M}",
            "finishes": f"{session.finishes:%H:%M}",
            "zone": zone_words(workshop.time_zone, session.starts_at),
            "title": session.title,
            "place": session.place,
        }
        for session in workshop.sessions.all()
    ]


def mail_registered(workshop: Workshop, *, template: str, key: str, **context: Any) -> int:
    """Queue a mail to everybody registered and return to how many. A constant number of queries but for the mails."""
    registrations = workshop.registrations.active().select_related("participant__user")
    workshop = (
        Workshop.objects.select_related("country", "programme")
        .prefetch_related("texts", "sessions__workshop")
        .get(pk=workshop.pk)
    )
    number = 0
    for registration in registrations:
        registration.workshop = workshop
        if address_of(registration):
            mail(registration, template=template, key=f"{key}:{registration.pk}", **context)
            number += 1
    return number


@transaction.atomic
def write_to_registered(*, actor: Any, workshop: Workshop, message: str, key: uuid.UUID) -> int:
    """Write a message to everybody registered, with the present programme, and return to how many.

    ``key`` stands for this message: sending the same form twice writes once. Raises ``NotYourWorkshop``, and
    ``WorkshopError`` for an empty message.
    """
    workshop = managed(actor, workshop)
    if not message.strip():
        raise WorkshopError(_("Write what people should know."), field="message")
    number = mail_registered(
        workshop, template="message", key=f"workshop-message:{key}", message=message.strip(), sender=str(actor or "")
    )
    audit.record(actor=actor, action="workshops.write_to_registered", obj=workshop, key=str(key), people=number)
    return number
