"""Registering, at home and at the door; cancelling."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from courses.participants.models import REPRESENTATION_FIELDS, Participant, Representation
from courses.participants.permissions import is_own, is_self
from courses.participants.services import create_participant, require_present

from ..errors import (
    AlreadyRegistered,
    NotRegistered,
    NotYourRegistration,
    OwnRegistration,
    RegistrationClosed,
    WorkshopCancelled,
    WorkshopFull,
    WorkshopOver,
)
from ..models import Registration, Workshop
from ..permissions import can_cancel_registration, can_manage
from .common import lock, places_taken
from .messages import mail
from .own_way import require_own_way

Source = Registration.Source
State = Registration.State


@transaction.atomic
def register(
    *,
    actor: Any,
    participant: Participant,
    workshop: Workshop,
    source: str = Source.SELF,
    language: str = "",
    representing: Representation | None = None,
) -> Registration:
    """Register a participant and confirm it by mail. What they represent today is copied and stays.

    ``representing`` is copied instead of what the person's record says, where a nomination said it before.

    By oneself: raises ``NotYourRegistration`` for another person, ``RegistrationClosed``, ``PrerequisiteMissing``, and
    ``Nominated`` (``require_own_way``). By those who run the workshop (any other ``source``): also outside the window
    and whatever goes before, but not for themselves (``OwnRegistration``). Always: ``WorkshopCancelled``,
    ``WorkshopFull``, ``AlreadyRegistered``, ``RecordGone``. Places are counted under a lock, so they are never given
    twice; those kept for people who were selected and have not answered yet are not given to others.
    """
    workshop = lock(workshop)
    require_present(participant)
    if actor is not None:
        _require_may(actor, participant, workshop, source)
    if source == Source.SELF:
        require_open(workshop)
    _require_held(workshop)
    registration = workshop.registrations.filter(participant=participant).first()
    if registration is not None and registration.state == State.REGISTERED:
        raise AlreadyRegistered(
            _("You are already registered.") if is_self(actor, participant) else _("This person is already registered.")
        )
    if source == Source.SELF:
        require_own_way(workshop, participant)
    if workshop.capacity is not None and places_taken(workshop, but=participant) >= workshop.capacity:
        raise WorkshopFull(
            _("All places are taken.")
            if source == Source.SELF
            else _("All places are taken. Raise the number of places first.")
        )
    registration = registration or Registration(workshop=workshop, participant=participant)
    for name in REPRESENTATION_FIELDS:
        setattr(registration, name, getattr(representing or participant, name))
    registration.state, registration.source = State.REGISTERED, source
    registration.registered_at, registration.cancelled_at = timezone.now(), None
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError as error:  # a database without row locks
        raise AlreadyRegistered(_("You are already registered.")) from error
    audit.record(actor=actor, action="workshops.register", obj=registration, source=str(source))
    if not workshop.is_over:
        mail(
            registration,
            template="registered",
            key=f"workshop-registered:{registration.pk}:{registration.registered_at.timestamp():.6f}",
            language=language if source == Source.SELF else "",
        )
    return registration


def _require_may(actor: Any, participant: Participant, workshop: Workshop, source: str) -> None:
    """Oneself by oneself; others by those who run the workshop."""
    if source == Source.SELF:
        if not is_self(actor, participant):
            raise NotYourRegistration(_("You can register only yourself."))
    elif not can_manage(actor, workshop):
        raise NotYourRegistration(_("Only those who run the workshop can register others."))
    elif is_own(actor, participant):
        raise OwnRegistration(_("You cannot give a place to yourself. Register as everybody does, or ask a colleague."))


@transaction.atomic
def register_at_the_door(*, actor: Any, workshop: Workshop, **fields: Any) -> Registration:
    """Make a participant without an account and register them. An address shared with others is allowed.

    ``fields`` are those of ``Participant``. Raises what ``register`` does (``NotYourRegistration`` for who does not run
    the workshop), and what ``create_participant`` does.
    """
    if actor is not None and not can_manage(actor, workshop):
        raise NotYourRegistration(_("Only those who run the workshop can register others."))
    participant = create_participant(actor=actor, **fields)
    return register(actor=actor, participant=participant, workshop=workshop, source=Source.WALK_IN)


@transaction.atomic
def cancel_registration(*, actor: Any, registration: Registration, language: str = "") -> Registration:
    """Give a place back; attendance already recorded stays. Confirmed by mail.

    Raises ``NotYourRegistration``, ``NotRegistered`` when cancelled before, ``WorkshopOver``.
    """
    if actor is not None and not can_cancel_registration(actor, registration):
        raise NotYourRegistration(_("This registration is not yours."))
    workshop = lock(registration.workshop)
    registration = Registration.objects.select_for_update().get(pk=registration.pk)
    registration.workshop = workshop
    if registration.state != State.REGISTERED:
        raise NotRegistered(_("This registration was cancelled before."))
    if workshop.is_over:
        raise WorkshopOver(_("This workshop is over; the registration stays on record."))
    registration.state, registration.cancelled_at = State.CANCELLED, timezone.now()
    registration.save(update_fields=["state", "cancelled_at"])
    own = is_self(actor, registration.participant)
    audit.record(actor=actor, action="workshops.cancel_registration", obj=registration, own=own)
    mail(
        registration,
        template="registration_cancelled",
        key=f"workshop-registration-cancelled:{registration.pk}:{registration.cancelled_at.timestamp():.6f}",
        language=language if own else "",
        own=own,
    )
    return registration


def require_open(workshop: Workshop) -> None:
    """Raise ``RegistrationClosed`` or ``WorkshopCancelled``, the reason in words, unless people may register now."""
    _require_held(workshop)
    if workshop.is_open:
        return
    if workshop.is_over:
        raise RegistrationClosed(_("This workshop is over."))
    if workshop.state == Workshop.State.OPEN:
        raise RegistrationClosed(
            _("Registration closed on %(date)s.") % {"date": date_format(workshop.last_day_to_register)}
        )
    if workshop.state == Workshop.State.CLOSED:
        raise RegistrationClosed(_("Registration is closed."))
    raise RegistrationClosed(_("Registration has not opened yet."))


def _require_held(workshop: Workshop) -> None:
    if workshop.state == Workshop.State.CANCELLED or workshop.archived_at:
        raise WorkshopCancelled(_("This workshop has been cancelled."))
