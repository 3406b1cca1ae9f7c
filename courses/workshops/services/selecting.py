"""Deciding on nominations, and the answer of those who were selected."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from core.errors import DomainError
from core.links import read_token
from courses.catalogue.services import AlreadyEnrolled, enrol_nominated
from courses.participants import activation

from ..errors import (
    AlreadyDecided,
    AlreadyRegistered,
    OwnNomination,
    ReasonMissing,
    WorkshopError,
    WorkshopFull,
    WorkshopOver,
)
from ..models import Nomination, Registration, Workshop
from ..permissions import is_own_nomination
from .common import lock, managed, places_taken
from .nominating import locked
from .nomination_mails import NOMINATION_LINK, tell_answer, tell_focal_points, tell_nominee
from .registrations import register

State = Nomination.State
LINK_DAYS = 180


@transaction.atomic
def decide_nominations(
    *, actor: Any, workshop: Workshop, nominations: Collection[int], state: str, reason: str = ""
) -> list[Nomination]:
    """Select people, put them on the reserve list, do not select them, or take a decision back (``NOMINATED``).

    ``nominations`` are their keys; those who have this state already are left alone. All or nobody: raises
    ``NotYourWorkshop``, ``WorkshopCancelled``, ``WorkshopOver``, ``OwnNomination``, ``AlreadyDecided`` (somebody has
    answered or was withdrawn), ``WorkshopFull``, ``ReasonMissing``. A place is kept for whoever is selected; they
    are invited, and the focal points are told.
    """
    if state not in Nomination.DECIDABLE:
        raise TypeError(f"Not a decision: {state}")
    workshop = managed(actor, workshop)
    if workshop.is_over:
        raise WorkshopOver(_("This workshop is over."))
    reason = reason.strip() if state in (State.NOT_SELECTED, State.RESERVE) else ""
    if state == State.NOT_SELECTED and not reason:
        raise ReasonMissing(_("Give a reason: the focal point reads it."), field="reason")
    rows = _chosen(workshop, nominations)
    if any(is_own_nomination(actor, row) for row in rows):
        raise OwnNomination(
            _("You cannot decide on a nomination of your own. Ask somebody else who runs the workshop.")
        )
    if late := [row.name for row in rows if not row.is_decidable]:
        raise AlreadyDecided(
            _("These nominations were withdrawn or answered since: %(names)s.") % {"names": ", ".join(late)}
        )
    rows = [row for row in rows if row.state != state]
    invited = [row for row in rows if row.state == State.SELECTED]
    now = timezone.now()  # one moment for all: it orders the reserve list
    for row in rows:
        row.state, row.reason = state, reason
        row.decided_by, row.decided_at = actor, now
        row.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        audit.record(actor=actor, action="workshops.decide_nomination", obj=row, state=str(state))
    _require_places(workshop, state)
    for row in rows:
        if state == State.SELECTED:
            tell_nominee(row, "nomination_selected")
    for row in invited:
        tell_nominee(row, "nomination_taken_back")
    tell_focal_points(workshop, rows)
    return rows


def _chosen(workshop: Workshop, nominations: Collection[int]) -> list[Nomination]:
    """Lock and return what was chosen. Raises ``WorkshopError`` where nothing was."""
    rows = list(
        workshop.nominations.present()
        .filter(pk__in=nominations)
        .select_for_update(of=("self",))
        .select_related("participant__user", "country", "nominated_by")
        .order_by("pk")
    )
    if not rows:
        raise WorkshopError(_("Choose at least one person."), field="nominations")
    for row in rows:
        row.workshop = workshop
    return rows


def _require_places(workshop: Workshop, state: str) -> None:
    if state != State.SELECTED or workshop.capacity is None:
        return
    over = places_taken(workshop) - workshop.capacity
    if over > 0:
        raise WorkshopFull(
            ngettext(
                "There is %(over)d place too few. Select fewer people, or raise the number of places.",
                "There are %(over)d places too few. Select fewer people, or raise the number of places.",
                over,
            )
            % {"over": over},
            field="nominations",
        )


# --- The answer -------------------------------------------------------------------------------


def read_nomination(token: str) -> Nomination:
    """Return the nomination of a link in a mail. Raises ``LinkExpired``, ``LinkInvalid``, ``AlreadyDecided``.

    The link follows a record that was merged into another since.
    """
    pk, email = read_token(NOMINATION_LINK, token, max_age=timedelta(days=LINK_DAYS))
    rows = Nomination.objects.select_related("workshop__cohort__course__item", "participant__user", "country")
    found = rows.filter(pk=pk).first()
    while found is not None and (person := found.participant.merged_into):
        found = rows.filter(workshop=found.workshop, participant=person).first()
    if found is None or found.email.lower() != email or found.state not in (State.SELECTED, State.CONFIRMED):
        raise AlreadyDecided(_("This invitation has been answered or was taken back."))
    return found


@transaction.atomic
def confirm_nomination(*, nomination: Nomination) -> Registration:
    """Say yes to the invitation: the person is registered for whom the nomination says, and enrolled in the cohort.

    Where the workshop belongs to a cohort without a free place, the registration holds all the same. Raises
    ``AlreadyDecided``, ``WorkshopOver``, ``WorkshopCancelled``, ``WorkshopFull``.
    """
    nomination = _answerable(nomination)
    workshop, person = nomination.workshop, nomination.participant
    try:
        registration = register(
            actor=None,
            participant=person,
            workshop=workshop,
            source=Registration.Source.NOMINATION,
            representing=nomination,
        )
    except AlreadyRegistered:  # by themselves: that registration stays theirs, and nobody else's business
        registration = workshop.registrations.get(participant=person)
    _answer(nomination, State.CONFIRMED, "workshops.confirm_nomination")
    if workshop.cohort is not None:
        _enrol(nomination)
    return registration


def _enrol(nomination: Nomination) -> None:
    """Enrol the person in the workshop's cohort, and let them make an account if they have none to learn with."""
    person, cohort = nomination.participant, nomination.workshop.cohort
    assert cohort is not None
    try:
        enrol_nominated(actor=None, participant=person, cohort=cohort, representing=nomination)
    except AlreadyEnrolled:
        return
    except DomainError as error:
        audit.record(actor=None, action="workshops.nominee_not_enrolled", obj=nomination, why=str(error))
        return
    if person.user_id is None and person.email:
        activation.invite(participant=person, key=f"nomination:{nomination.pk}", place=nomination.workshop.title)


@transaction.atomic
def decline_nomination(*, nomination: Nomination) -> Nomination:
    """Say no to the invitation; needs no account. Raises ``AlreadyDecided``."""
    nomination = _answerable(nomination, even_over=True)
    return _answer(nomination, State.DECLINED, "workshops.decline_nomination")


def _answerable(nomination: Nomination, *, even_over: bool = False) -> Nomination:
    workshop = lock(nomination.workshop)
    nomination = locked(nomination)
    nomination.workshop = workshop
    if nomination.state != State.SELECTED:
        raise AlreadyDecided(_("This invitation has been answered or was taken back."))
    if workshop.is_over and not even_over:
        raise WorkshopOver(_("This workshop is over."))
    return nomination


def _answer(nomination: Nomination, state: str, action: str) -> Nomination:
    nomination.state, nomination.answered_at = state, timezone.now()
    nomination.save(update_fields=["state", "answered_at"])
    audit.record(actor=None, action=action, obj=nomination)
    tell_answer(nomination)
    return nomination
