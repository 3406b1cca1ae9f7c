"""From draft to held: announcing, opening and closing registration, cancelling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit

from ..errors import NotYourWorkshop, RegistrationClosed, WorkshopError, WorkshopOver, WrongState
from ..models import Workshop
from ..permissions import can_archive
from .common import lock, managed, touch
from .messages import mail_registered
from .nomination_mails import tell_nominee

State = Workshop.State


@transaction.atomic
def announce(*, actor: Any, workshop: Workshop) -> Workshop:
    """Make a draft public without opening registration. Raises ``WrongState``."""
    workshop = managed(actor, workshop)
    if workshop.state != State.PROPOSED:
        raise WrongState(_("This workshop is public already."))
    return _enter(actor, workshop, State.ANNOUNCED, "announce")


@transaction.atomic
def open_registration(*, actor: Any, workshop: Workshop) -> Workshop:
    """Open registration, which also makes a draft public.

    Raises ``WrongState`` when open, ``WorkshopOver``, ``RegistrationClosed`` when its last day is past.
    """
    workshop = managed(actor, workshop)
    if workshop.state == State.OPEN:
        raise WrongState(_("Registration is open already."))
    if workshop.is_over:
        raise WorkshopOver(_("This workshop is over."))
    if workshop.today > workshop.last_day_to_register:
        raise RegistrationClosed(
            _("The last day to register was %(date)s. Set a later one first.")
            % {"date": date_format(workshop.last_day_to_register)}
        )
    return _enter(actor, workshop, State.OPEN, "open_registration")


@transaction.atomic
def close_registration(*, actor: Any, workshop: Workshop) -> Workshop:
    """Close registration; who is registered stays. Raises ``WrongState`` when it is not open."""
    workshop = managed(actor, workshop)
    if workshop.state != State.OPEN:
        raise WrongState(_("Registration is not open."))
    return _enter(actor, workshop, State.CLOSED, "close_registration")


@transaction.atomic
def cancel_workshop(*, actor: Any, workshop: Workshop, reason: str) -> Workshop:
    """Cancel, and write to everybody registered why; invitations of nominees are taken back.

    Raises ``WorkshopOver``, ``WrongState``, ``WorkshopError``.
    """
    workshop = managed(actor, workshop, even_cancelled=True)
    if workshop.state == State.CANCELLED:
        raise WrongState(_("This workshop is cancelled already."))
    if workshop.is_over:
        raise WorkshopOver(_("This workshop is over and can no longer be cancelled."))
    if not reason.strip():
        raise WorkshopError(_("Say why: people who registered will read it."), field="reason")
    workshop.state, workshop.cancel_reason = State.CANCELLED, reason.strip()
    touch(workshop, "state", "cancel_reason")
    audit.record(actor=actor, action="workshops.cancel_workshop", obj=workshop, reason=workshop.cancel_reason)
    mail_registered(workshop, template="cancelled", key=f"workshop-cancelled:{workshop.pk}")
    for nomination in workshop.nominations.present().filter(state="selected").select_related("participant", "country"):
        nomination.workshop = workshop
        tell_nominee(nomination, "nomination_taken_back")
    return workshop


@transaction.atomic
def archive_workshop(*, actor: Any, workshop: Workshop) -> Workshop:
    """Take a workshop out of every list; its records stay. Archiving again changes nothing.

    Raises ``NotYourWorkshop`` for all but organisers, ``WrongState`` while people are registered for days to come.
    """
    if actor is not None and not can_archive(actor, workshop):
        raise NotYourWorkshop(_("Only organisers of the programme can archive a workshop."))
    workshop = lock(workshop)
    if workshop.archived_at:
        return workshop
    coming = workshop.state != State.CANCELLED and not workshop.is_over
    if coming and workshop.registrations.active().exists():
        raise WrongState(_("People are registered for this workshop. Cancel it first, so that they are told."))
    workshop.archived_at = timezone.now()
    workshop.save(update_fields=["archived_at"])
    audit.record(actor=actor, action="workshops.archive_workshop", obj=workshop)
    return workshop


@transaction.atomic
def hold_past_workshops() -> int:
    """Say of public workshops whose last day is past, where they are, that they were held. Returns how many."""
    # Nowhere is the date further ahead than a day from UTC's.
    ended = Workshop.objects.filter(
        state__in=[State.ANNOUNCED, State.OPEN, State.CLOSED], ends_on__lte=timezone.now().date() + timedelta(days=1)
    ).select_for_update()
    held = [workshop for workshop in ended if workshop.is_over]
    for workshop in held:
        _enter(None, workshop, State.HELD, "hold")
    return len(held)


def _enter(actor: Any, workshop: Workshop, state: str, act: str) -> Workshop:
    was, workshop.state = workshop.state, state
    workshop.save(update_fields=["state"])
    audit.record(actor=actor, action=f"workshops.{act}", obj=workshop, was=was)
    return workshop
