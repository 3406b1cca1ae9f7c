"""Who may do what with people's records and designations."""

from __future__ import annotations

from typing import Any

from core.permissions import ORGANISERS
from institutions.models import Role
from institutions.permissions import organises_all
from institutions.roles import holds

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
    return organises_all(user) and designation.participant.user_id != user.pk


def can_end(user: Any, designation: FocalPointDesignation) -> bool:
    """The person, and organisers of all."""
    return organises_all(user) or designation.participant.user_id == user.pk
