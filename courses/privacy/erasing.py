"""Forgetting somebody: asked for, confirmed, waited for, done.

What stays: the ledger of certificates (serial, hash, dates, state; the printed name and the file unless the holder
wants them withdrawn, too), and what happened without a person: attempts, attendance, enrolments. The certificates
are parted from the rest, so that a name on one leads to nothing else.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.links import make_token
from core.personal import Person, holdings
from courses.participants.models import Participant
from courses.participants.services import forget_participant
from institutions.models import RoleAssignment
from jobs.services import queue_mail

from .errors import AlreadyAsked, HoldsRole, NothingToUndo
from .models import ErasureRequest
from .people import WITHDRAW_CERTIFICATES, person_of, with_joined

log = logging.getLogger("privacy")
GRACE = timedelta(days=7)
"""How long one can change one's mind."""
LINK = "erasure-confirm"
LINK_AGE = timedelta(days=1)


def _require_no_role(user: Any) -> None:
    if user is not None and (user.is_superuser or RoleAssignment.objects.current().filter(user=user).exists()):
        raise HoldsRole


@transaction.atomic
def ask_erasure(*, actor: Any, withdraw_certificates: bool, confirmed: bool) -> ErasureRequest:
    """Ask to be forgotten. ``confirmed``: the person has just given the password; else a mail asks once more.

    Asking again while the mail is on its way sends another. Raises ``HoldsRole`` and ``AlreadyAsked``.
    """
    _require_no_role(actor)
    request = ErasureRequest.objects.select_for_update().visible_to(actor).open().first()
    if request is not None and request.state == ErasureRequest.State.PLANNED:
        raise AlreadyAsked
    try:
        with transaction.atomic():
            request = request or ErasureRequest.objects.create(user=actor)
    except IntegrityError as error:  # asked twice in the same moment
        raise AlreadyAsked from error
    request.withdraw_certificates, request.asked_at = withdraw_certificates, timezone.now()
    request.save(update_fields=["withdraw_certificates", "asked_at"])
    audit.record(actor=actor, action="privacy.ask_erasure", obj=request, certificates=withdraw_certificates)
    if confirmed:
        return _plan(actor, request)
    token = make_token(LINK, str(request.key))
    _write_to(actor, request, "erasure_confirm", f"ask:{request.asked_at.timestamp():.0f}", "erasure_confirm", [token])
    return request


@transaction.atomic
def confirm_erasure(*, actor: Any, key: str) -> ErasureRequest:
    """Confirm by the link of the mail, signed in as the same person. Raises ``NothingToUndo``, ``HoldsRole``."""
    request = ErasureRequest.objects.select_for_update().visible_to(actor).open().filter(key=key).first()
    if request is None:
        raise NothingToUndo
    if request.state == ErasureRequest.State.PLANNED:
        return request
    _require_no_role(actor)
    return _plan(actor, request)


def _plan(actor: Any, request: ErasureRequest) -> ErasureRequest:
    request.state, request.due_at = ErasureRequest.State.PLANNED, timezone.now() + GRACE
    request.save(update_fields=["state", "due_at"])
    audit.record(actor=actor, action="privacy.plan_erasure", obj=request)
    _write_to(actor, request, "erasure_planned", "planned", "privacy", [])
    return request


@transaction.atomic
def undo_erasure(*, actor: Any) -> ErasureRequest:
    """Take a request back while there is time. Raises ``NothingToUndo``."""
    request = ErasureRequest.objects.select_for_update().visible_to(actor).open().first()
    if request is None:
        raise NothingToUndo
    end_undone(actor, request)
    return request


def erase_due() -> int:
    """Forget everybody whose days are over; returns how many. One transaction each, so one failure stops nobody else.

    Whoever was given a role meanwhile is left alone until it has ended. Whoever asked by letter and has an account
    by now is left alone for good: they can ask by themselves.
    """
    due = ErasureRequest.objects.filter(state=ErasureRequest.State.PLANNED, due_at__lte=timezone.now())
    count = 0
    for pk in list(due.values_list("pk", flat=True)):
        try:
            count += _erase_one(due, pk)
        except Exception as error:  # tried again at the next run; the log names nobody
            log.error("erasure request %s failed: %s", pk, type(error).__name__)
    return count


@transaction.atomic
def _erase_one(due: Any, pk: int) -> bool:
    """Do one of the requests that are due, if it still is; return whether somebody was forgotten."""
    request = due.select_for_update(of=("self",)).select_related("user", "participant").filter(pk=pk).first()
    if request is None or (request.user is None and request.participant is None):
        return False
    if request.participant is not None and not is_erasable(request.participant):
        end_undone(None, request)
        return False
    try:
        _require_no_role(request.user)
    except HoldsRole:
        return False
    erase(request)
    return True


def is_erasable(participant: Participant) -> bool:
    """Whether a record stands for itself: no account, not merged into another, not erased before."""
    return participant.user_id is None and participant.merged_into_id is None and participant.erased_at is None


def end_undone(actor: Any, request: ErasureRequest) -> None:
    """Close a request without erasing anything; inside the caller's transaction."""
    request.state, request.ended_at = ErasureRequest.State.UNDONE, timezone.now()
    request.save(update_fields=["state", "ended_at"])
    audit.record(actor=actor, action="privacy.undo_erasure", obj=request)


@transaction.atomic
def erase(request: ErasureRequest) -> dict[str, int]:
    """Forget the person of a request, here and now; returns how many rows each room touched."""
    user, participant = request.user, request.participant
    options = frozenset({WITHDRAW_CERTIFICATES} if request.withdraw_certificates else ())
    if user is None:
        assert participant is not None
        counts = erase_person(Person(participant=participant, options=options))
    else:
        address, language = user.email, user.language or settings.LANGUAGE_CODE
        counts = erase_person(person_of(user, options=options))
        queue_mail(
            key=f"erasure-done:{request.key}",
            to=address,
            template="privacy/mail/erasure_done",
            context={"certificates": request.withdraw_certificates},
            language=language,
        )
    request.user, request.participant = None, None
    request.state, request.ended_at = ErasureRequest.State.DONE, timezone.now()
    request.save(update_fields=["user", "participant", "state", "ended_at"])
    audit.record(actor=None, action="privacy.erase", obj=request, rows=counts)
    return counts


def erase_person(person: Person) -> dict[str, int]:
    """Ask every room to forget a person, highest first; inside the caller's transaction.

    Before anything is written the record is locked: what is being given to the person now is there before, or is
    refused. Whoever gives a place locks the cohort before the record, and so does this.
    """
    for holding in holdings():
        if holding.lock is not None:
            holding.lock(person)
    if person.participant is not None:
        Participant.objects.select_for_update().get(pk=person.participant.pk)
    people = with_joined(person)
    counts = {holding.name: sum(holding.erase(one) for one in people) for holding in holdings()}
    forget_participant(person.user)
    return counts


def _write_to(user: Any, request: ErasureRequest, template: str, key: str, view: str, args: list[str]) -> None:
    language = user.language or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        url = settings.BASE_URL + reverse(view, args=args)
    queue_mail(
        key=f"erasure-{key}:{request.key}",
        to=user.email,
        template=f"privacy/mail/{template}",
        context={
            "name": str(user),
            "url": url,
            "due_at": request.due_at,
            "certificates": request.withdraw_certificates,
            "days": GRACE.days,
        },
        language=language,
    )


def why_not_join(kept: Any, closed: Any) -> str:
    """Return why two accounts cannot become one: the data of one of them is about to be erased."""
    if ErasureRequest.objects.open().filter(user__in=[kept, closed]).exists():
        return _("One of the two accounts asked for its data to be erased. Wait until that is done or taken back.")
    return ""
