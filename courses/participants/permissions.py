"""Who may do what with people's records and designations."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core.permissions import ORGANISERS
from institutions.models import Role
from institutions.permissions import organises_all
from institutions.roles import holds

from .addresses import own_addresses
from .models import FocalPointDesignation, Participant

GROUP_PERMISSIONS = {
    ORGANISERS: [
        "add_participant",
        "change_participant",
        "view_participant",
        "add_focalpointdesignation",
        "change_focalpointdesignation",
        "view_focalpointdesignation",
        "add_datanotice",
        "change_datanotice",
        "view_datanotice",
    ],
}


def is_self(user: Any, participant: Participant) -> bool:
    """Whether the record is that of the user's account: what somebody may do for themselves."""
    return participant.user_id is not None and participant.user_id == getattr(user, "pk", None)


def is_own(user: Any, participant: Participant, proved: Collection[str] | None = None) -> bool:
    """Whether the participant is the user, by whatever record: nobody decides, judges or certifies for themselves.

    It is the record of the account, or one without an account at an address that the user has proved: its owner
    could take it over at any time. ``proved``: the ``own_addresses``, where many people are asked about.
    """
    if participant.user_id is not None or not participant.email:
        return is_self(user, participant)
    return participant.email.lower() in (own_addresses(user) if proved is None else proved)


def can_create_participant(user: Any) -> bool:
    """Organisers and trainers write down people who come without an account."""
    return holds(user, Role.ORGANISER, Role.TRAINER)


def can_change_participant(user: Any, participant: Participant) -> bool:
    """Oneself; organisers of all; other organisers only where no account keeps the record.

    Nobody, once it is merged or erased.
    """
    if participant.merged_into_id is not None or participant.erased_at is not None:
        return False
    if participant.user_id == user.pk or organises_all(user):
        return True
    return participant.user_id is None and holds(user, Role.ORGANISER)


def can_link_account(user: Any, participant: Participant) -> bool:
    """Organisers who may change the record."""
    return participant.user_id is None and holds(user, Role.ORGANISER) and can_change_participant(user, participant)


def can_merge(user: Any, participant: Participant) -> bool:
    """Organisers of all: the records of every programme are touched."""
    return organises_all(user) and participant.merged_into_id is None and participant.erased_at is None


def can_erase(user: Any, participant: Participant) -> bool:
    """Organisers of all, on request, where there is no account with which the person could ask."""
    return can_merge(user, participant) and participant.user_id is None


def can_confirm(user: Any, designation: FocalPointDesignation) -> bool:
    """Organisers of all, but nobody their own."""
    return organises_all(user) and not is_own(user, designation.participant)


def can_end(user: Any, designation: FocalPointDesignation) -> bool:
    """The person, and organisers of all."""
    return organises_all(user) or designation.participant.user_id == user.pk
