"""What this room holds of people: the account itself, its addresses, sessions and second factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from core.models import AuditEntry
from core.personal import Person, Record, fact, fields_of, forget_labels
from core.trail_words import act_words, kind_words

from .joining import may_be_reopened
from .models import SignInSlip, User


def export(person: Person) -> Iterator[Record]:
    """The account, its addresses, where it is signed in, and whether there is a second factor (never its secret).

    Not of an account that was joined to this one while that can be undone: should they be two people, neither learns
    from it where the other reads mail.
    """
    user = person.user
    if user is None or may_be_reopened(user):
        return
    yield [
        *fields_of(user, "email", "name", "language", "time_zone"),
        fact("date_joined", _("Account since"), user.date_joined),
        fact("last_login", _("Last sign-in"), user.last_login),
    ]
    for address in EmailAddress.objects.filter(user=user):
        yield [
            fact("address", _("E-mail address"), address.email),
            fact("verified", _("Confirmed"), address.verified),
            fact("primary", _("Main address"), address.primary),
        ]
    for session in UserSession.objects.filter(user=user):
        yield [
            fact("signed_in_at", _("Signed in"), session.created_at),
            fact("last_seen_at", _("Last seen"), session.last_seen_at),
            fact("ip", _("Address on the network"), session.ip),
            fact("user_agent", _("Browser"), session.user_agent),
        ]
    for slip in SignInSlip.objects.filter(user=user):
        yield [
            fact("slip", _("Sign-in slip"), slip.made_at),
            fact("used_at", _("Used"), slip.used_at),
        ]
    for factor in Authenticator.objects.filter(user=user):
        yield [
            fact("second_factor", _("Second factor"), factor.type, factor.get_type_display()),
            fact("since", _("Since"), factor.created_at),
            fact("last_used_at", _("Last used"), factor.last_used_at),
        ]


def export_acts(person: Person) -> Iterator[Record]:
    """What one did oneself, as the audit trail has it."""
    if person.user is None:
        return
    for entry in AuditEntry.objects.filter(actor=person.user).of_acting().iterator(chunk_size=2000):
        yield [
            fact("action", _("Action"), entry.action, act_words(entry.action)),
            fact(
                "record",
                _("Record"),
                f"{entry.object_type} {entry.object_id}",
                f"{kind_words(entry.object_type)} {entry.object_id}",
            ),
            fact("at", _("Date"), entry.at),
        ]


def erase_acts(person: Person) -> int:
    """What was done stays; by whom is emptied, and so is the person's name wherever the trail repeats it."""
    if person.user is None:
        return 0
    count = AuditEntry.objects.filter(actor=person.user).update(actor=None, actor_label="", once=None)
    return count + forget_labels(User, [person.user.pk])


def erase(person: Person) -> int:
    """End every session and delete the account with all that belongs to it alone. Comes last of all rooms."""
    user = person.user
    if user is None:
        return 0
    for session in UserSession.objects.filter(user=user):
        session.end()
    return user.delete()[0]


_in_use: list[Callable[[], Any]] = []


def register_use(accounts: Callable[[], Any]) -> None:
    """Let a higher room name accounts (a queryset of their ids) that are in use though nobody signed in yet."""
    _in_use.append(accounts)


def never_used(before: datetime) -> Any:
    """Accounts that nobody ever confirmed or signed in to, without a person's record or a role."""
    found = User.objects.filter(
        date_joined__lt=before,
        last_login__isnull=True,
        is_superuser=False,
        is_staff=False,
        groups__isnull=True,
        joined_to__isnull=True,
    ).exclude(emailaddress__verified=True)
    for accounts in _in_use:
        found = found.exclude(pk__in=accounts())
    return found


def old_views(before: datetime) -> Any:
    """Entries of who saw or took out somebody's data."""
    return AuditEntry.objects.of_seeing().filter(at__lt=before)


def old_slips(before: datetime) -> Any:
    """Slips that open nothing any more."""
    return SignInSlip.objects.filter(expires_at__lt=before)
