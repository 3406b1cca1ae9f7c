"""Forgetting somebody who has no account and asks by letter: an organiser makes sure who asks, and plans it.

The same days of grace as for everybody: of two people of one name the wrong one is soon chosen.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import capfirst

from core import audit
from courses.participants.models import Participant
from courses.participants.permissions import can_erase

from .erasing import GRACE, end_undone
from .errors import AlreadyAsked, NotByLetter, NothingToUndo, NotVouchedFor
from .models import ErasureRequest


def what_stays(participant: Participant) -> list[tuple[str, int]]:
    """Return how many rows of each kind stay, without the person: what others must not lose (``PROTECT``)."""
    found = []
    for relation in Participant._meta.related_objects:
        kind: Any = relation.related_model
        if relation.on_delete is not models.PROTECT or relation.hidden or kind is Participant:
            continue
        if number := kind._default_manager.filter(**{relation.field.name: participant}).count():
            found.append((capfirst(str(kind._meta.verbose_name_plural)), number))
    return found


@transaction.atomic
def plan_by_letter(
    *,
    actor: Any,
    participant: Participant,
    identity: str,
    reason: str,
    reference: str,
    withdraw_certificates: bool = False,
) -> ErasureRequest:
    """Plan the erasure of a person without an account, in ``GRACE``.

    ``identity`` and ``reason`` are choices of ``ErasureRequest``. Raises ``NotByLetter``, ``NotVouchedFor``,
    ``AlreadyAsked``.
    """
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    if not can_erase(actor, participant):
        raise NotByLetter
    known = identity in ErasureRequest.Identity.values and reason in ErasureRequest.Reason.values
    if not known or not reference.strip():
        raise NotVouchedFor
    try:
        with transaction.atomic():
            request = ErasureRequest.objects.create(
                participant=participant,
                recorded_by=actor,
                identity=identity,
                reason=reason,
                reference=reference.strip(),
                withdraw_certificates=withdraw_certificates,
                state=ErasureRequest.State.PLANNED,
                due_at=timezone.now() + GRACE,
            )
    except IntegrityError as error:
        raise AlreadyAsked from error
    audit.record(
        actor=actor,
        action="privacy.plan_erasure",
        obj=request,
        participant=participant.pk,
        identity=identity,
        reason=reason,
        certificates=withdraw_certificates,
    )
    return request


@transaction.atomic
def undo_by_letter(*, actor: Any, key: Any) -> ErasureRequest:
    """Take a planned erasure back. Raises ``NothingToUndo``."""
    request = ErasureRequest.objects.select_for_update(of=("self",)).by_letter(actor).open().filter(key=key).first()
    if request is None:
        raise NothingToUndo
    end_undone(actor, request)
    return request
