"""A person whom an organiser wrote down gets an account: a link in a mail, a password of one's own, signed in.

No account exists before the person wants one. The link is for one record and one address, lasts
``LINK_DAYS`` days, and says so when it was used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from core.links import make_token, read_token
from core.models import AuditEntry
from jobs.services import draft_mail, queue_drafts, queue_mail

from .imports.candidates import describe
from .matching import Description, Verdict, weigh
from .models import Participant
from .permissions import can_link_account
from .services import NotYourRecord, forget_participant, refresh_roles

PURPOSE = "activate"
LINK_DAYS = 30
SENT_AGAIN = "participants.send_activation_again"
AGAIN_AFTER, AGAIN_A_DAY = timedelta(minutes=15), 3


class AlreadyActive(DomainError):
    """The link was used."""

    def __init__(self) -> None:
        super().__init__(_("This link was used before. Please sign in."))


class AddressTaken(DomainError):
    """There is an account with this address: its owner connects the record after signing in."""

    def __init__(self) -> None:
        super().__init__(_("There is an account with this address already. Sign in to connect it."))


class NobodyToWriteTo(DomainError):
    """There is an account already, or no address."""

    def __init__(self) -> None:
        super().__init__(_("This person has an account already, or there is no address to write to."))


class TooOften(DomainError):
    """The mail was sent again a short while ago."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The mail was sent again a short while ago. Ask the person to look among unwanted mail, "
                "and wait a while."
            )
        )


class OtherAccount(DomainError):
    """The link was sent to another address than that of the account."""

    def __init__(self) -> None:
        super().__init__(_("This link was sent to another address than that of your account."))


class TwoRecords(DomainError):
    """The account has a record of its own."""

    def __init__(self) -> None:
        super().__init__(
            _("Your account has a record of its own. Please ask the organisers to make the two records one.")
        )


def token_for(participant: Participant) -> str:
    """Return the token of the link; it holds for this record and this address only."""
    return make_token(PURPOSE, [participant.pk, participant.email.lower()])


def read(token: str) -> Participant:
    """Return the record a link is for; of a record merged since, the one that was kept, where it has that address.

    Raises ``LinkExpired``, ``LinkInvalid``, ``Participant.DoesNotExist``.
    """
    pk, email = read_token(PURPOSE, token, max_age=timedelta(days=LINK_DAYS))
    people = Participant.objects.select_related("user")
    participant = people.get(pk=pk, email__iexact=email)
    while participant.merged_into_id:
        participant = people.get(pk=participant.merged_into_id, email__iexact=email)
    return participant


def invite(*, participant: Participant, key: str, place: str = "") -> None:
    """Queue the activation mail, in the person's language; once for each ``key`` (a request)."""
    queue_mail(**_invitation(participant, key, place))


def invite_many(*, participants: Iterable[Participant], key: str, place: str = "") -> None:
    """The same for many people: their mails go out in portions. ``key`` may be that of an import."""
    queue_drafts([draft_mail(**_invitation(one, key, place)) for one in participants])


@transaction.atomic
def send_again(*, actor: Any, participant: Participant) -> None:
    """Send the activation mail once more: the first was lost, or its link is too old.

    At most once in ``AGAIN_AFTER`` and ``AGAIN_A_DAY`` times a day for each person, whoever asks: an organiser's
    button is no way to fill somebody's mailbox. Raises ``NotYourRecord``, ``NobodyToWriteTo``, ``TooOften``.
    """
    participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    if participant.user_id or not participant.email:
        raise NobodyToWriteTo
    if not can_link_account(actor, participant):
        raise NotYourRecord
    now = timezone.now()
    before = AuditEntry.objects.about(participant).filter(action=SENT_AGAIN, at__gt=now - timedelta(days=1))
    if before.count() >= AGAIN_A_DAY or before.filter(at__gt=now - AGAIN_AFTER).exists():
        raise TooOften
    entry = audit.record(actor=actor, action=SENT_AGAIN, obj=participant)
    invite(participant=participant, key=f"again:{entry.pk}")


def record_for(email: str, name: str) -> Participant | None:
    """Return the one record without an account that an organiser wrote down for who proved ``email`` and is called so.

    ``None`` where there is none, or where it is not sure: an address may be an office's, so the name has to agree
    (``matching.weigh``). What stays doubtful is suggested as doubles.
    """
    asked = Description((name,) if name else (), email.lower())
    found = Participant.objects.present().filter(email__iexact=email, user__isnull=True)
    sure = [person for person in found[:50] if weigh(asked, describe(person)).verdict == Verdict.SURE]
    return sure[0] if len(sure) == 1 else None


def _mail_key(key: str, participant: Participant) -> str:
    return f"activate:{key}:{participant.pk}"


def _invitation(participant: Participant, key: str, place: str) -> dict[str, Any]:
    language = participant.language or settings.LANGUAGE_CODE
    with translation.override(language):
        url = settings.BASE_URL + reverse("activate", args=[token_for(participant)])
    return {
        "key": _mail_key(key, participant),
        "to": participant.email,
        "template": "participants/mail/activate",
        "context": {"name": participant.name, "place": place, "url": url, "days": LINK_DAYS},
        "language": language,
    }


@transaction.atomic
def activate(*, participant: Participant, password: str) -> User:
    """Make the account of somebody who followed the link: the address is proved by it.

    Raises ``AlreadyActive`` or ``AddressTaken``.
    """
    participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    if participant.user_id:
        raise AlreadyActive
    if address_taken(participant.email):
        raise AddressTaken
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                participant.email, password, name=participant.name, language=participant.language
            )
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    except IntegrityError as error:  # pressed twice in the same moment, or by the link of another record
        raise AddressTaken from error
    return _connect(participant, user)


@transaction.atomic
def connect(*, participant: Participant, user: User) -> User:
    """Give the record to the signed-in account whose verified address the link was sent to.

    Raises ``AlreadyActive``, ``OtherAccount`` or ``TwoRecords``.
    """
    participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    if participant.user_id:
        raise AlreadyActive
    if not owns_address(user, participant.email):
        raise OtherAccount
    if Participant.objects.filter(user=user).exists():
        raise TwoRecords
    return _connect(participant, user)


def _connect(participant: Participant, user: User) -> User:
    participant.user = user
    participant.save(update_fields=["user"])
    forget_participant(user)
    audit.record(actor=user, action="participants.activate", obj=participant)
    refresh_roles(participant)
    return user


def address_taken(email: str) -> bool:
    """Whether there is an account with an address: its owner signs in, and no other account is made for it."""
    return (
        User.objects.filter(email__iexact=email).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )


def owns_address(user: Any, email: str) -> bool:
    """Whether a signed-in person has proved that an address is theirs."""
    return bool(
        user.is_authenticated and EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()
    )
