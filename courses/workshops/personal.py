"""What this room holds of people: registrations and attendance."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.personal import Person, Record, fact, fields_of, forget_labels
from courses.participants.personal import records_of

from .models import Attendance, Registration, Workshop


def export(person: Person) -> Iterator[Record]:
    """Registrations and what was attended of each session."""
    records = records_of(person)
    registrations = Registration.objects.filter(participant__in=records).select_related("workshop", "country")
    for row in registrations.prefetch_related("workshop__texts"):
        yield [
            fact("workshop", _("Workshop"), row.workshop.title),
            fact("state", _("State"), row.state, row.get_state_display()),
            fact("source", pgettext("registration", "How"), row.source, row.get_source_display()),
            fact("registered_at", _("Registered"), row.registered_at),
            fact("cancelled_at", pgettext("registration", "Cancelled"), row.cancelled_at),
            *fields_of(row, "represents", "organisation", "position", "stakeholder_group"),
            fact("country", _("Country"), row.country_id, row.country or ""),
        ]
    for mark in Attendance.objects.filter(participant__in=records).select_related("session__workshop"):
        yield [
            fact("session", _("Session"), mark.session.title),
            fact("day", _("Day"), mark.session.day),
            *fields_of(mark, "state", "minutes"),
        ]


def erase(person: Person) -> int:
    """Registrations and attendance stay for the counts; places in coming workshops are given free."""
    records = records_of(person)
    rows = Registration.objects.filter(participant__in=records)
    marks = Attendance.objects.filter(participant__in=records)
    forget_labels(Registration, rows.values_list("pk", flat=True))
    forget_labels(Attendance, marks.values_list("pk", flat=True))
    coming = Workshop.objects.filter(ends_on__gte=timezone.now().date()).exclude(state=Workshop.State.HELD)
    rows.filter(state=Registration.State.REGISTERED, workshop__in=coming).update(
        state=Registration.State.CANCELLED, cancelled_at=timezone.now()
    )
    return rows.update(organisation="", position="") + marks.count()
