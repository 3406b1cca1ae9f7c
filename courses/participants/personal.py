"""What this room holds of people: the record itself, consents, receipts of notices, designations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.personal import Person, Record, fact, fields_of, forget_labels
from jobs.services import forget_mails

from .addresses import addresses_of
from .imports.forgetting import leave_out, rows_of
from .models import Consent, FocalPointDesignation, Merge, NoticeReceipt, Participant, ToldApart

OWN_WORDS = ("name_latin", "title", "email", "organisation", "position", "gender_own_words")
"""What a person wrote about themselves. Country, group and gender stay, for the sums that donors ask for."""


def records_of(person: Person) -> list[Participant]:
    """Return the person's record and those merged into it, however deep."""
    found = [person.participant] if person.participant is not None else []
    for record in found:
        found += Participant.objects.filter(merged_into=record)
    return found


def export(person: Person) -> Iterator[Record]:
    """Details, designations, consents with their history, and which notices were shown when."""
    for record in records_of(person):
        yield [
            *fields_of(record, "name", "name_latin", "title", "email", "language", "represents"),
            fact("country", _("Country"), record.country_id, record.country or ""),
            *fields_of(record, "organisation", "position", "stakeholder_group", "gender", "gender_own_words"),
            fact("created_at", _("Written down"), record.created_at),
        ]
        for held in record.designations.select_related("country", "body"):
            yield [
                *fields_of(held, "treaty", "starts_on", "ends_on", "evidence"),
                fact("for", _("Focal point of"), str(held.country or held.body)),
                fact("confirmed_at", _("Confirmed"), held.confirmed_at),
            ]
        for consent in record.consents.select_related("notice"):
            yield [
                fact("consent", _("Consent"), consent.purpose, consent.get_purpose_display()),
                fact("given_at", _("Given"), consent.given_at),
                fact("withdrawn_at", _("Taken back"), consent.withdrawn_at),
                fact("notice", _("Data notice"), consent.notice and consent.notice.version),
            ]
    records = records_of(person)
    for row in rows_of(person, records, addresses_of(person, records).own):
        stood = row.data or row.cells
        words = ", ".join(str(value) for value in (row.data.values() if row.data else row.cells))
        yield [
            fact("list", _("From a list brought in"), row.batch_id, date_format(row.batch.created_at)),
            fact("row", _("As it stood there"), stood, words),
        ]
    if person.user is not None:
        for receipt in NoticeReceipt.objects.filter(user=person.user).select_related("notice"):
            yield [
                fact("notice", _("Data notice"), receipt.notice.version, receipt.notice),
                fact("shown_at", _("Shown"), receipt.at),
            ]


def erase(person: Person) -> int:
    """Empty what names the person; consents and unconfirmed designations go. Rows that others point to stay.

    Mails to the person's addresses go, and what lists that were brought in say of them: nobody writes to them again.
    """
    records = records_of(person)
    ids = [record.pk for record in records]
    addresses = addresses_of(person, records)
    count = forget_mails(addresses.own)
    if addresses.names:
        count += forget_mails(addresses.shared, naming=addresses.names)
    count += leave_out(person, records, addresses.own)
    designations = FocalPointDesignation.objects.filter(participant__in=ids)
    forget_labels(Participant, ids)
    forget_labels(FocalPointDesignation, designations.values_list("pk", flat=True))
    count += Consent.objects.filter(participant__in=ids).delete()[0]
    count += designations.filter(confirmed_at__isnull=True).delete()[0]
    designations.update(evidence="")
    with translation.override(settings.LANGUAGE_CODE):
        blank: dict[str, Any] = {**dict.fromkeys(OWN_WORDS, ""), "name": _("Erased person"), "language": ""}
    blank |= {"user": None, "created_by": None, "erased_at": timezone.now()}
    for record in records:  # saved one by one: the keys by which lists find names follow the names
        for name, value in blank.items():
            setattr(record, name, value)
        record.save()
    count += ToldApart.objects.filter(Q(one__in=ids) | Q(other__in=ids)).delete()[0]
    Merge.objects.filter(Q(source__in=ids) | Q(into__in=ids)).update(changes={})
    return count + len(records)


def withdrawn_consents(before: datetime) -> Any:
    """Consents taken back: the history need not be kept for ever."""
    return Consent.objects.filter(withdrawn_at__lt=before)
