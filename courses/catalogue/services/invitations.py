"""Inviting an address into a cohort, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.languages import best_text
from core.links import make_token, read_token
from courses.participants.activation import owns_address
from courses.participants.addresses import own_addresses
from courses.participants.models import Participant
from jobs.services import queue_mail

from ..models import Cohort, CohortInvitation, Enrolment
from ..permissions import organises
from .courses import NotYourProgramme
from .enrolment import AlreadyEnrolled, EnrolmentClosed, OwnEnrolment, enrol, require_offered

PURPOSE = "cohort-invitation"
LINK_DAYS = 30
State = CohortInvitation.State


class AlreadyInvited(DomainError):
    """The address has an invitation that waits for an answer, or is in the cohort."""


class InvitationOver(DomainError):
    """The invitation was answered, taken back, or is too old."""

    def __init__(self) -> None:
        super().__init__(_("This invitation has been answered, was taken back, or is too old."))


class WrongAddress(DomainError):
    """The invitation was sent to another address."""

    def __init__(self) -> None:
        super().__init__(_("This invitation was sent to another address than that of your account."))


@transaction.atomic
def invite(*, actor: Any, cohort: Cohort, email: str, name: str = "", language: str = "") -> CohortInvitation:
    """Invite an address. Raises ``NotYourProgramme``, ``OwnEnrolment``, ``EnrolmentClosed``, ``AlreadyInvited``."""
    email = email.strip().lower()
    _require_organiser(actor, cohort)
    if email in own_addresses(actor):
        raise OwnEnrolment
    _require_running(cohort)
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    enrolled = cohort.enrolments.active()
    if (
        enrolled.filter(participant__email__iexact=email).exists()
        or enrolled.filter(participant__user__email=email).exists()
    ):
        raise AlreadyInvited(_("Somebody with this address is in the cohort already."))
    if cohort.invitations.filter(email=email, state=State.SENT, expires_at__gt=timezone.now()).exists():
        raise AlreadyInvited(_("This address was invited already and has not answered yet."))
    too_old = cohort.invitations.filter(email=email, state=State.SENT)
    too_old.update(state=State.CANCELLED, answered_at=timezone.now())
    invitation = CohortInvitation.objects.create(
        cohort=cohort,
        email=email,
        name=name,
        language=language or settings.LANGUAGE_CODE,
        expires_at=timezone.now() + timedelta(days=LINK_DAYS),
        created_by=actor,
    )
    audit.record(actor=actor, action="catalogue.invite", obj=invitation)
    _mail(invitation)
    return invitation


@transaction.atomic
def send_again(*, actor: Any, invitation: CohortInvitation) -> CohortInvitation:
    """Send an invitation once more, with new time to answer.

    Raises ``NotYourProgramme``, ``InvitationOver``, ``EnrolmentClosed``.
    """
    invitation = _locked(invitation)
    _require_organiser(actor, invitation.cohort)
    if invitation.state != State.SENT:
        raise InvitationOver
    _require_running(invitation.cohort)
    invitation.expires_at = timezone.now() + timedelta(days=LINK_DAYS)
    invitation.save(update_fields=["expires_at"])
    audit.record(actor=actor, action="catalogue.send_invitation_again", obj=invitation)
    _mail(invitation)
    return invitation


@transaction.atomic
def cancel_invitation(*, actor: Any, invitation: CohortInvitation) -> CohortInvitation:
    """Take an invitation back: its link opens nothing any more.

    Raises ``NotYourProgramme``, and ``InvitationOver`` once it was answered or taken back.
    """
    invitation = _locked(invitation)
    _require_organiser(actor, invitation.cohort)
    if invitation.state != State.SENT:
        raise InvitationOver
    _answer(None, invitation, State.CANCELLED)
    audit.record(actor=actor, action="catalogue.cancel_invitation", obj=invitation)
    return invitation


def invitation_words(cohort: Cohort, language: str) -> str:
    """Return what the organisers add to invitations for who reads ``language``: asked, the cohort's, English."""
    source = cohort.language or cohort.course.item.source_language
    found = best_text(cohort.invitation_texts.all(), asked=language, source=source)
    return found.text if found else ""


@transaction.atomic
def keep_invitation_words(*, actor: Any, cohort: Cohort, texts: Mapping[str, str]) -> None:
    """Keep the words for the invitations of a cohort, ``{language: text}``; an empty text takes them away.

    Those sent before stay as they were. Raises ``NotYourProgramme``.
    """
    _require_organiser(actor, cohort)
    for language, text in texts.items():
        if words := text.strip():
            cohort.invitation_texts.update_or_create(language=language, defaults={"text": words})
        else:
            cohort.invitation_texts.filter(language=language).delete()
    written = sorted(language for language, text in texts.items() if text.strip())
    audit.record(actor=actor, action="catalogue.keep_invitation_words", obj=cohort, languages=written)


def read_invitation(token: str) -> CohortInvitation:
    """Return the invitation of a link. Raises ``LinkExpired``, ``LinkInvalid`` or ``InvitationOver``."""
    pk, email = read_token(PURPOSE, token, max_age=timedelta(days=LINK_DAYS))
    found = CohortInvitation.objects.filter(pk=pk, email=email).select_related("cohort__course__item").first()
    if found is None or not found.is_open:
        raise InvitationOver
    return found


@transaction.atomic
def accept_invitation(*, participant: Participant, invitation: CohortInvitation, language: str = "") -> Enrolment:
    """Come in by an invitation; the person's account proves the address.

    Raises ``InvitationOver``, ``WrongAddress``, ``OwnEnrolment`` for who sent it, ``CohortFull``, and
    ``EnrolmentClosed`` for a cohort that is over.
    """
    invitation = _locked(invitation)
    if not invitation.is_open:
        raise InvitationOver
    user = participant.user
    if user is None or not owns_address(user, invitation.email):
        raise WrongAddress
    if invitation.created_by_id == user.pk:
        raise OwnEnrolment
    _require_running(invitation.cohort)
    try:
        enrolment = enrol(
            actor=user,
            participant=participant,
            cohort=invitation.cohort,
            source=Enrolment.Source.INVITATION,
            language=language,
        )
    except AlreadyEnrolled:
        enrolment = invitation.cohort.enrolments.get(participant=participant)
    _answer(participant, invitation, State.ACCEPTED)
    audit.record(actor=user, action="catalogue.accept_invitation", obj=invitation)
    return enrolment


@transaction.atomic
def decline_invitation(*, invitation: CohortInvitation) -> CohortInvitation:
    """Say no; needs no account. Raises ``InvitationOver``."""
    invitation = _locked(invitation)
    if not invitation.is_open:
        raise InvitationOver
    _answer(None, invitation, State.DECLINED)
    audit.record(actor=None, action="catalogue.decline_invitation", obj=invitation)
    return invitation


def _locked(invitation: CohortInvitation) -> CohortInvitation:
    """Lock the cohort before the invitation, as ``invite`` does."""
    Cohort.objects.select_for_update().get(pk=invitation.cohort_id)
    rows = CohortInvitation.objects.select_for_update(of=("self",)).select_related("cohort__course__item")
    return rows.get(pk=invitation.pk)


def _require_running(cohort: Cohort) -> None:
    require_offered(cohort)
    if cohort.is_over:
        assert cohort.ends_on
        raise EnrolmentClosed(_("Enrolment closed on %(date)s.") % {"date": date_format(cohort.ends_on)})


def _require_organiser(actor: Any, cohort: Cohort) -> None:
    if not organises(actor, cohort.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))


def _answer(participant: Participant | None, invitation: CohortInvitation, state: str) -> None:
    invitation.state, invitation.answered_at, invitation.participant = state, timezone.now(), participant
    invitation.save(update_fields=["state", "answered_at", "participant"])


def _mail(invitation: CohortInvitation) -> None:
    invitation.mails += 1
    invitation.save(update_fields=["mails"])
    with translation.override(invitation.language):
        token = make_token(PURPOSE, [invitation.pk, invitation.email])
        queue_mail(
            key=f"cohort-invitation:{invitation.pk}:{invitation.mails}",
            to=invitation.email,
            template="catalogue/mail/invitation",
            context={
                "name": invitation.name,
                "course": invitation.cohort.course,
                "cohort": invitation.cohort,
                "url": settings.BASE_URL + reverse("invitation", args=[token]),
                "until": invitation.expires_at,
                "words": invitation_words(invitation.cohort, invitation.language),
            },
            language=invitation.language,
        )
