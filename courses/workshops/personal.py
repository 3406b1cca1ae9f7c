"""What this room holds of people: nominations, registrations and attendance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.personal import Person, Record, delete_rows, fact, fields_of, forget_labels
from courses.participants.addresses import addresses_of
from courses.participants.models import Participant
from courses.participants.personal import records_of
from courses.participants.services.merge_rules import pointing
from jobs.services import forget_mails_naming

from .models import Attendance, Nomination, Registration, Workshop
from .services.nomination_mails import FOCAL_POINTS_TOLD


def export(person: Person) -> Iterator[Record]:
    """Nominations, with what the focal point wrote; registrations, and what was attended of each session."""
    records = records_of(person)
    nominations = Nomination.objects.filter(participant__in=records).select_related("workshop", "country")
    for row in nominations.prefetch_related("workshop__texts"):
        yield [
            fact("nominated_for", _("Nominated for"), row.workshop.title),
            fact("country", _("Country"), row.country_id, row.country or ""),
            *fields_of(row, "state", "name", "name_latin", "email", "gender", "language"),
            *fields_of(row, "represents", "organisation", "position", "stakeholder_group", "note", "reason"),
            fact("nominated_at", _("Nominated"), row.nominated_at),
            fact("decided_at", _("Decided"), row.decided_at),
            fact("answered_at", _("Answered"), row.answered_at),
        ]
    registrations = Registration.objects.filter(participant__in=records).select_related("workshop", "country")
    for registration in registrations.prefetch_related("workshop__texts"):
        yield [
            fact("workshop", _("Workshop"), registration.workshop.title),
            fact("state", _("State"), registration.state, registration.get_state_display()),
            fact("source", pgettext("registration", "How"), registration.source, registration.get_source_display()),
            fact("registered_at", _("Registered"), registration.registered_at),
            fact("cancelled_at", pgettext("registration", "Cancelled"), registration.cancelled_at),
            *fields_of(registration, "represents", "organisation", "position", "stakeholder_group"),
            fact("country", _("Country"), registration.country_id, registration.country or ""),
        ]
    for mark in Attendance.objects.filter(participant__in=records).select_related("session__workshop"):
        yield [
            fact("session", _("Session"), mark.session.title),
            fact("day", _("Day"), mark.session.day),
            *fields_of(mark, "state", "minutes"),
        ]


def erase(person: Person) -> int:
    """Nominations, registrations and attendance stay for the counts, without words; places to come are given free."""
    records = records_of(person)
    rows = Registration.objects.filter(participant__in=records)
    marks = Attendance.objects.filter(participant__in=records)
    forget_labels(Registration, rows.values_list("pk", flat=True))
    forget_labels(Attendance, marks.values_list("pk", flat=True))
    coming = Workshop.objects.filter(ends_on__gte=timezone.now().date()).exclude(state=Workshop.State.HELD)
    rows.filter(state=Registration.State.REGISTERED, workshop__in=coming).update(
        state=Registration.State.CANCELLED, cancelled_at=timezone.now()
    )
    return _erase_nominations(person, records) + rows.update(organisation="", position="") + marks.count()


def _erase_nominations(person: Person, records: list[Participant]) -> int:
    """Empty what focal points wrote; nobody is selected or invited any more, nor named to a focal point by mail.

    Also where somebody was put forward under another name and has another record: the address is theirs, and a
    selection would write to it.
    """
    addresses = addresses_of(person, records)
    theirs = Nomination.objects.annotate(address=Lower("email")).filter(
        Q(participant__in=records) | Q(address__in=addresses.own)
    )
    rows = Nomination.objects.filter(pk__in=list(theirs.values_list("pk", flat=True)))
    names = {*addresses.names, *(name for row in rows for name in (row.name, row.name_latin) if name.strip())}
    for key in FOCAL_POINTS_TOLD:
        forget_mails_naming(key, sorted(names))
    forget_labels(Nomination, rows.values_list("pk", flat=True))
    rows.filter(state__in=Nomination.DECIDABLE).update(state=Nomination.State.WITHDRAWN)
    words = ("name", "name_latin", "email", "language", "organisation", "position", "note", "reason")
    return rows.update(**dict.fromkeys(words, ""))


def forgotten_nominations(before: datetime) -> Any:
    """Nominations that came to nothing, of workshops that ended before a moment."""
    return Nomination.objects.filter(workshop__ends_on__lt=before.date()).exclude(state=Nomination.State.CONFIRMED)


def kept_nominations(before: datetime) -> Any:
    """Confirmed nominations of workshops that ended before a moment, with words that are needed no more."""
    words = Q(note__gt="") | Q(email__gt="") | Q(reason__gt="")
    return Nomination.objects.filter(words, workshop__ends_on__lt=before.date(), state=Nomination.State.CONFIRMED)


def empty_nominations(rows: Any) -> int:
    """Empty why somebody was put forward and at which address; that they were stays with the registration."""
    return int(rows.update(note="", email="", reason=""))


def forget_nominations(rows: Any) -> int:
    """Delete nominations, and the records that were made for them and that nothing else ever pointed to."""
    people = list(rows.values_list("participant", flat=True))
    forget_labels(Nomination, rows.values_list("pk", flat=True))
    count = delete_rows(rows)
    unused = Participant.objects.filter(pk__in=people, user=None, created_by=None)
    for kind, field in pointing(Participant):
        unused = unused.exclude(pk__in=kind._base_manager.filter(**{f"{field}__in": people}).values(field))
    forget_labels(Participant, list(unused.values_list("pk", flat=True)))
    unused.delete()
    return count
