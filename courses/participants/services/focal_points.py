"""Designations of focal points, and the roles that follow them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.personal import forget_labels
from institutions.models import Country, Organisation, Role, RoleAssignment
from institutions.permissions import organises_all
from institutions.services import grant_role, revoke_role
from jobs.services import queue_mail

from ..models import FocalPointDesignation, Participant
from ..permissions import (
    can_confirm,
    can_end,
    is_own,
)


class WrongDesignation(DomainError):
    """A designation that does not hold together."""


class OwnDesignation(DomainError):
    """Nobody confirms themselves."""

    def __init__(self) -> None:
        super().__init__(_("You cannot confirm your own designation. Another organiser has to do it."))


class NotYourDesignation(DomainError):
    """Only organisers of all confirm; only they and the person end."""

    def __init__(self) -> None:
        super().__init__(_("Only organisers of all programmes can do this."))


@transaction.atomic
def claim_designation(
    *,
    actor: Any,
    participant: Participant,
    treaty: str,
    country: Country | None = None,
    body: Organisation | None = None,
    starts_on: date,
    ends_on: date | None = None,
    evidence: str = "",
) -> FocalPointDesignation:
    """Say that somebody is focal point. Gives no rights until an organiser has confirmed it.

    Raises ``NotYourDesignation`` or ``WrongDesignation``.
    """
    if actor is not None and participant.user_id != actor.pk and not organises_all(actor):
        raise NotYourDesignation
    if (country is None) == (body is None):
        raise WrongDesignation(_("Choose either a country or a body."))
    if ends_on is not None and ends_on < starts_on:
        raise WrongDesignation(_("The last day must not lie before the first."))
    same = FocalPointDesignation.objects.filter(participant=participant, treaty=treaty, country=country, body=body)
    overlapping = same.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=starts_on))
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if overlapping.exists():
        raise WrongDesignation(_("This designation is already written down for these dates."))
    designation = FocalPointDesignation.objects.create(
        participant=participant,
        treaty=treaty,
        country=country,
        body=body,
        starts_on=starts_on,
        ends_on=ends_on,
        evidence=evidence,
    )
    audit.record(actor=actor, action="participants.claim_designation", obj=designation)
    return designation


@transaction.atomic
def confirm_designation(*, actor: Any, designation: FocalPointDesignation) -> FocalPointDesignation:
    """Confirm a designation: from its first day the person's account is focal point of the country.

    ``actor`` is an organiser of all, or ``None`` for the system. Confirming twice changes nothing.
    Raises ``OwnDesignation`` or ``NotYourDesignation``.
    """
    designation = FocalPointDesignation.objects.select_for_update().select_related("participant").get(pk=designation.pk)
    if actor is not None and is_own(actor, designation.participant):
        raise OwnDesignation
    if actor is not None and not can_confirm(actor, designation):
        raise NotYourDesignation
    if designation.is_confirmed:
        return designation
    designation.confirmed_at, designation.confirmed_by = timezone.now(), actor
    designation.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(actor=actor, action="participants.confirm_designation", obj=designation)
    _refresh_role(designation.participant, designation.country_id)
    _tell_of_confirmation(designation)
    return designation


def _tell_of_confirmation(designation: FocalPointDesignation) -> None:
    participant = designation.participant
    user = participant.user
    address = user.email if user is not None else participant.email
    if not address:
        return
    language = (user.language if user is not None else "") or participant.language or settings.LANGUAGE_CODE
    with translation.override(language):
        url = settings.BASE_URL + reverse("participant_profile")
        place = str(designation.country or designation.body)
    queue_mail(
        key=f"designation-confirmed:{designation.pk}",
        to=address,
        template="participants/mail/designation_confirmed",
        context={"name": participant.name, "designation": designation, "place": place, "url": url},
        language=language,
    )


@transaction.atomic
def end_designation(*, actor: Any, designation: FocalPointDesignation, ends_on: date) -> FocalPointDesignation:
    """End a designation on a day; the role ends with it. Raises ``NotYourDesignation`` or ``WrongDesignation``."""
    designation = FocalPointDesignation.objects.select_for_update().select_related("participant").get(pk=designation.pk)
    if actor is not None and not can_end(actor, designation):
        raise NotYourDesignation
    if ends_on < designation.starts_on:
        raise WrongDesignation(_("The last day must not lie before the first."))
    if designation.ends_on is not None and ends_on > designation.ends_on:
        raise WrongDesignation(_("This designation ends earlier. Write down a new one instead."))
    designation.ends_on = ends_on
    designation.save(update_fields=["ends_on"])
    audit.record(actor=actor, action="participants.end_designation", obj=designation, ends_on=ends_on.isoformat())
    _refresh_role(designation.participant, designation.country_id)
    return designation


@transaction.atomic
def remove_claim(*, actor: Any, designation: FocalPointDesignation) -> None:
    """Take back or refuse a designation that was never confirmed. A confirmed one is ended, not removed.

    Raises ``NotYourDesignation``, and ``WrongDesignation`` for a confirmed one.
    """
    if actor is not None and not can_end(actor, designation):
        raise NotYourDesignation
    if designation.is_confirmed:
        raise WrongDesignation(_("A confirmed designation cannot be removed; end it instead."))
    audit.record(
        actor=actor, action="participants.remove_claim", obj=designation, participant=designation.participant_id
    )
    forget_labels(FocalPointDesignation, [designation.pk])  # nothing would lead an erasure to its name any more
    designation.delete()


def refresh_roles(participant: Participant, also: Iterable[str] = ()) -> None:
    """Make the account's roles follow its designations, in their countries and in those named besides."""
    countries = participant.designations.filter(confirmed_at__isnull=False, country__isnull=False)
    for country_id in {*countries.values_list("country_id", flat=True), *also}:
        _refresh_role(participant, country_id)


def _refresh_role(participant: Participant, country_id: str | None) -> None:
    """Make the account's role as focal point of a country follow its confirmed designations.

    The role covers the designations that are not over and touch each other, beginning with the
    earliest; a later one after a gap takes its turn when ``refresh_due_roles`` runs.
    """
    user = participant.user
    if user is None or country_id is None:
        return
    today = timezone.now().date()
    periods = sorted(
        participant.designations.filter(confirmed_at__isnull=False, country_id=country_id)
        .filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=today))
        .values_list("starts_on", "ends_on"),
        key=lambda period: period[0],
    )
    held = RoleAssignment.objects.filter(user=user, role=Role.FOCAL_POINT, country_id=country_id).first()
    if not periods:
        if held is not None:
            revoke_role(actor=None, assignment=held)
        return
    starts_on, ends_on = periods[0]
    for starts, ends in periods[1:]:
        if ends_on is not None and starts <= ends_on + timedelta(days=1):
            ends_on = None if ends is None else max(ends, ends_on)
    if held is None or (held.starts_on, held.ends_on) != (starts_on, ends_on):
        grant_role(
            actor=None, user=user, role=Role.FOCAL_POINT, country_id=country_id, starts_on=starts_on, ends_on=ends_on
        )


def refresh_due_roles() -> int:
    """Let roles follow designations that began or ended by the passing of time; return how many were looked at."""
    yesterday = timezone.now().date() - timedelta(days=1)
    due = FocalPointDesignation.objects.filter(
        models.Q(ends_on=yesterday) | models.Q(starts_on=yesterday + timedelta(days=1)),
        confirmed_at__isnull=False,
        country__isnull=False,
        participant__user__isnull=False,
    ).select_related("participant__user")
    count = 0
    for designation in due:
        with transaction.atomic():
            _refresh_role(designation.participant, designation.country_id)
        count += 1
    return count
