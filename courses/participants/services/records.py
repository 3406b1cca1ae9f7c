"""What people do with their record, and organisers with those of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from institutions.models import Country

from ..models import Consent, DataNotice, Participant
from ..names import has_letter, is_latin, tidy_name
from ..permissions import (
    can_change_participant,
    can_create_participant,
    can_link_account,
)
from .focal_points import refresh_roles

DETAILS = (
    "title",
    "name",
    "name_latin",
    "email",
    "language",
    "represents",
    "country",
    "organisation",
    "position",
    "stakeholder_group",
    "gender",
    "gender_own_words",
)


class NotYourRecord(DomainError):
    """Somebody else's record."""

    def __init__(self) -> None:
        super().__init__(_("You may not change this person’s record."))


class RecordGone(DomainError):
    """The record was erased, or merged into another, since it was read."""

    def __init__(self) -> None:
        super().__init__(_("This person’s record was erased or merged into another meanwhile. Please look again."))


class NameMissing(DomainError):
    """A name without a letter."""

    def __init__(self) -> None:
        super().__init__(_("A name needs at least one letter."))


class NameNotLatin(DomainError):
    """The Latin name holds other letters."""

    def __init__(self) -> None:
        super().__init__(_("Please write this name in Latin letters only."))


class AlreadyLinked(DomainError):
    """The record has an account, or the account a record."""

    def __init__(self) -> None:
        super().__init__(_("This record or this account is already linked to another. Merge the two records instead."))


class OwnAccount(DomainError):
    """Nobody takes over a record by themselves."""

    def __init__(self) -> None:
        super().__init__(_("You cannot link a record to your own account. Ask another organiser."))


def participant_of(user: Any) -> Participant | None:
    """Return the record of an account, or ``None``. Asks once per user object."""
    if not getattr(user, "is_authenticated", False):
        return None
    if "_campus_participant" not in user.__dict__:
        user.__dict__["_campus_participant"] = Participant.objects.filter(user_id=user.pk).first()
    return user.__dict__["_campus_participant"]


def forget_participant(user: Any) -> None:
    """Drop what ``participant_of`` remembers on this user object."""
    if user is not None:
        user.__dict__.pop("_campus_participant", None)


def require_present(participant: Participant) -> None:
    """Ask whether a record still stands for itself, and let nobody erase or merge it until the transaction ends.

    Whatever gives a person something (a place, a certificate) asks before it writes: the record may have been read
    long before. Raises ``RecordGone``. One query.
    """
    if not Participant.objects.present().select_for_update(no_key=True).filter(pk=participant.pk).exists():
        raise RecordGone


def still_present(participants: Iterable[Participant]) -> set[int]:
    """Do what ``require_present`` does for many people: return the ids of those whose records still stand. One query.

    They are locked in the order of their ids, so that two lists with the same people wait for each other.
    """
    rows = Participant.objects.present().select_for_update(no_key=True)
    return set(rows.filter(pk__in=[one.pk for one in participants]).order_by("pk").values_list("pk", flat=True))


def _write(participant: Participant, data: Mapping[str, Any]) -> list[str]:
    """Set the details given; return the names of those that changed. Raises ``NameMissing``, ``NameNotLatin``."""
    if unknown := set(data) - set(DETAILS):
        raise TypeError(f"Not details of a person: {sorted(unknown)}")
    changed = []
    for name, value in data.items():
        if name in ("name", "name_latin", "title", "organisation", "position", "gender_own_words"):
            value = tidy_name(value or "")
        if name == "country" and isinstance(value, str):
            value = Country.objects.get(pk=value) if value else None
        if getattr(participant, name) != value:
            setattr(participant, name, value)
            changed.append(name)
    if not has_letter(participant.name):
        raise NameMissing
    if not is_latin(participant.name_latin):
        raise NameNotLatin
    return changed


@transaction.atomic
def save_details(*, actor: Any, user: Any, data: Mapping[str, Any]) -> Participant:
    """Create or update the record of ``user``'s own account.

    ``data`` holds any of ``DETAILS``. The audit entry names the fields, not what was written. Raises
    ``NotYourRecord`` unless the actor is that user or the system (``None``).
    """
    if actor is not None and actor.pk != user.pk:
        raise NotYourRecord
    own = Participant.objects.select_for_update().filter(user_id=user.pk)
    participant = own.first()
    if participant is None:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # a second press waits here, and finds the record
        participant = own.first() or Participant(
            user=user, email=user.email, language=user.language or get_language() or "", created_by=user
        )
    new = participant.pk is None
    changed = _write(participant, data)
    if new or changed:
        participant.save()
        action = "participants.create" if new else "participants.change"
        audit.record(actor=actor, action=action, obj=participant, changed=changed)
    if not user.name:
        user.name = participant.name
        user.save(update_fields=["name"])
    forget_participant(user)
    return participant


@transaction.atomic
def create_participant(*, actor: Any, **fields: Any) -> Participant:
    """Write down a person without an account. ``fields`` are ``DETAILS``; a name is enough.

    Raises ``NotYourRecord`` when the actor is neither organiser nor trainer.
    """
    if actor is not None and not can_create_participant(actor):
        raise NotYourRecord
    participant = Participant(created_by=actor)
    _write(participant, fields)
    participant.save()
    audit.record(actor=actor, action="participants.create", obj=participant)
    return participant


@transaction.atomic
def change_participant(*, actor: Any, participant: Participant, **fields: Any) -> Participant:
    """Change somebody's record. Raises ``NotYourRecord`` when the actor may not."""
    if actor is not None and not can_change_participant(actor, participant):
        raise NotYourRecord
    if changed := _write(participant, fields):
        participant.save()
        audit.record(actor=actor, action="participants.change", obj=participant, changed=changed)
    return participant


@transaction.atomic
def set_consents(*, actor: Any, participant: Participant, purposes: Iterable[str]) -> None:
    """Give the consents named and take back the others. Refusing never closes a door.

    Only the person may: raises ``NotYourRecord`` for anybody else.
    """
    if actor is not None and participant.user_id != actor.pk:
        raise NotYourRecord
    _lock(participant)
    wanted = set(purposes)
    held = {
        consent.purpose: consent
        for consent in Consent.objects.filter(participant=participant, withdrawn_at__isnull=True)
    }
    taken_back = [consent.pk for purpose, consent in held.items() if purpose not in wanted]
    given = sorted(wanted - set(held))
    Consent.objects.filter(pk__in=taken_back).update(withdrawn_at=timezone.now())
    notice = DataNotice.objects.in_force().first()
    Consent.objects.bulk_create([Consent(participant=participant, purpose=purpose, notice=notice) for purpose in given])
    if given or taken_back:
        audit.record(
            actor=actor,
            action="participants.consent",
            obj=participant,
            given=given,
            withdrawn=sorted(set(held) - wanted),
        )


@transaction.atomic
def give_consent(*, actor: Any, participant: Participant, purpose: str) -> None:
    """Give one consent; the others stay as they are. Raises ``NotYourRecord``."""
    _lock(participant)
    set_consents(actor=actor, participant=participant, purposes={*_standing(participant), purpose})


@transaction.atomic
def withdraw_consent(*, actor: Any, participant: Participant, purpose: str) -> None:
    """Take back one consent, with effect from now. Raises ``NotYourRecord``."""
    _lock(participant)
    set_consents(actor=actor, participant=participant, purposes=_standing(participant) - {purpose})


def _lock(participant: Participant) -> None:
    """Let two presses on the consents of one person follow each other: each keeps what the other gave or took back."""
    Participant.objects.select_for_update(no_key=True).get(pk=participant.pk)


def _standing(participant: Participant) -> set[str]:
    return set(participant.consents.standing().values_list("purpose", flat=True))


@transaction.atomic
def link_account(*, actor: Any, participant: Participant, user: Any) -> Participant:
    """Give a record that an organiser wrote down to the account of that person.

    Confirmed designations begin to give rights. Raises ``OwnAccount``, ``NotYourRecord``, ``AlreadyLinked``.
    """
    if actor is not None and actor.pk == user.pk:
        raise OwnAccount
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    if participant.user_id or participant.merged_into_id or Participant.objects.filter(user_id=user.pk).exists():
        raise AlreadyLinked
    if actor is not None and not can_link_account(actor, participant):
        raise NotYourRecord
    participant.user = user
    participant.save(update_fields=["user"])
    forget_participant(user)
    audit.record(actor=actor, action="participants.link_account", obj=participant, user=user.pk)
    refresh_roles(participant)
    return participant
