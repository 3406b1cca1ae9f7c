"""Putting people forward: what a focal point does for the own country."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from courses.participants.addresses import own_addresses
from courses.participants.imports.candidates import PERSON, match_rows
from courses.participants.matching import Agreement, Verdict, compare_names
from courses.participants.models import Participant
from courses.participants.permissions import is_own
from courses.participants.services import create_participant
from institutions.models import Country

from ..errors import (
    AlreadyDecided,
    AlreadyNominated,
    NominationsClosed,
    NotYourCountry,
    OwnNomination,
    QuotaReached,
    WorkshopError,
)
from ..models import Nomination, Workshop
from ..permissions import can_nominate_for
from .common import lock

State = Nomination.State

WORDS = (
    "name", "name_latin", "email", "gender", "language", "represents", "organisation", "position",
    "stakeholder_group", "note",
)  # fmt: skip
"""What a focal point says of somebody."""


@transaction.atomic
def nominate(*, actor: Any, workshop: Workshop, country: Country, **words: str) -> Nomination:
    """Put somebody forward for a country; ``words`` are those of ``WORDS``. Nobody but the organisers is told yet.

    The person's record is found by exact address and name, or made now. What comes back is the same in both cases:
    a focal point must not learn who takes part here. Raises ``NotYourCountry``, ``NominationsClosed``,
    ``OwnNomination``, ``AlreadyNominated``, ``QuotaReached``; ``NameMissing`` and ``NameNotLatin`` of participants;
    ``WorkshopError`` without an address.
    """
    if unknown := set(words) - set(WORDS):
        raise TypeError(f"Not said of a nominee: {sorted(unknown)}")
    if actor is not None and not can_nominate_for(actor, country):
        raise NotYourCountry(_("You are not focal point of this country."), field="country")
    workshop = lock(workshop)
    require_taking(workshop, country)
    words = {name: value.strip() for name, value in words.items()}
    if not words.get("email"):
        raise WorkshopError(_("Give an address: whoever is selected is invited by mail."), field="email")
    if words["email"].lower() in own_addresses(actor):
        raise OwnNomination(
            _("This is your own address, and nobody nominates themselves. Another focal point can nominate you."),
            field="email",
        )
    before = _same_nominee(workshop, country, words)
    if before is not None and before.state not in Nomination.GIVEN_UP:
        raise AlreadyNominated(_("This person is nominated from your country already."), field="email")
    _require_room(workshop, country)
    nomination = before or Nomination(workshop=workshop, participant=_record_of(actor, workshop, country, words))
    if is_own(actor, nomination.participant):
        raise OwnNomination(_("Nobody nominates themselves. Another focal point can nominate you."), field="email")
    for name, value in words.items():
        setattr(nomination, name, value)
    nomination.country, nomination.state, nomination.reason = country, State.NOMINATED, ""
    nomination.nominated_by, nomination.nominated_at = actor, timezone.now()
    nomination.decided_by = nomination.decided_at = nomination.answered_at = None
    nomination.save()
    audit.record(actor=actor, action="workshops.nominate", obj=nomination, country=country.pk)
    return nomination


@transaction.atomic
def withdraw_nomination(*, actor: Any, nomination: Nomination) -> Nomination:
    """Take a nomination back before the organisers have decided. Raises ``NotYourCountry``, ``AlreadyDecided``."""
    lock(nomination.workshop)
    nomination = locked(nomination)
    if actor is not None and not (nomination.country and can_nominate_for(actor, nomination.country)):
        raise NotYourCountry(_("You are not focal point of this country."))
    if nomination.state != State.NOMINATED:
        raise AlreadyDecided(_("It is too late: the organisers have decided, or the nomination is withdrawn."))
    nomination.state, nomination.answered_at = State.WITHDRAWN, timezone.now()
    nomination.save(update_fields=["state", "answered_at"])
    audit.record(actor=actor, action="workshops.withdraw_nomination", obj=nomination)
    return nomination


def require_taking(workshop: Workshop, country: Country) -> None:
    """Raise ``NominationsClosed``, the reason in words, unless people of the country may be put forward today."""
    if not workshop.asks_for_nominations:
        raise NominationsClosed(_("This workshop does not ask for nominations."))
    if not workshop.is_for(country):
        raise NominationsClosed(
            _("This workshop is for another region: %(region)s.") % {"region": workshop.get_region_display()},
            field="country",
        )
    if not workshop.takes_nominations:
        closed = workshop.nominations_close_on
        assert closed is not None  # asks_for_nominations
        raise NominationsClosed(_("The last day for nominations was %(date)s.") % {"date": date_format(closed)})


def locked(nomination: Nomination) -> Nomination:
    """Return the nomination freshly read, its row locked; lock the workshop first."""
    rows = Nomination.objects.select_for_update(of=("self",)).select_related("workshop", "participant__user", "country")
    return rows.get(pk=nomination.pk)


def _require_room(workshop: Workshop, country: Country) -> None:
    most = workshop.nominees_per_country
    if most is not None and workshop.nominations.standing().filter(country=country).count() >= most:
        raise QuotaReached(
            ngettext(
                "Your country may nominate %(number)d person, and has done so. Withdraw that nomination first.",
                "Your country may nominate %(number)d people, and has done so. Withdraw a nomination first.",
                most,
            )
            % {"number": most}
        )


def _same_nominee(workshop: Workshop, country: Country, words: dict[str, str]) -> Nomination | None:
    """Return the country's own earlier nomination of this person, by the words of the nominations alone."""
    rows = workshop.nominations.present().filter(country=country, email__iexact=words["email"])
    for row in rows.select_related("participant"):
        if compare_names(row.name, words.get("name", "")) >= Agreement.SIMILAR:
            return row
    return None


def _record_of(actor: Any, workshop: Workshop, country: Country, words: dict[str, str]) -> Participant:
    """Return the record of a nominee: the one that is surely theirs, else a new one.

    Whoever is perhaps somebody known gets a record of their own, which organisers find among the records that look
    alike; so does whom another country has put forward for the same workshop. ``created_by`` stays empty: who wrote
    a record down sees it, and a focal point sees none.
    """
    row = {name: words.get(name, "") for name in ("name", "name_latin", "email", "organisation")}
    found = match_rows(actor, [row | {"country": country.pk}])[0]
    if found and found[0][1].verdict == Verdict.SURE and found[0][0].startswith(f"{PERSON}:"):
        person = Participant.objects.select_related("user").get(pk=int(found[0][0].partition(":")[2]))
        if not workshop.nominations.filter(participant=person).exists():
            return person
    said = ("represents", "organisation", "position", "stakeholder_group", "language", "name", "name_latin", "email")
    return create_participant(actor=None, country=country.pk, **{name: words.get(name, "") for name in said})
