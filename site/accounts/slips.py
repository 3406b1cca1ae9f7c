"""Sign-in by a printed slip: a code for one person, used once, within hours. Made by a trainer in the room.

Only a hash of a code is kept, so a copy of the database opens no door. A code has ten signs of 31 (about 49 bits);
together with the limits of the page that takes it, guessing is hopeless. Nobody who works here gets one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError

from .models import SignInSlip, User

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what is read as something else: 0 O, 1 I L
LENGTH = 10
HOURS = (4, 24, 72)
"""For how long a slip may hold; 24 unless told."""
MOST = 500
"""People in one act."""

_refusals: list[Callable[[Any], bool]] = []


class SlipInvalid(DomainError):
    """Unknown, used, over or withdrawn: which of them is nobody's business."""

    def __init__(self) -> None:
        super().__init__(_("This code does not open anything. It may be used already or too old: ask for a new slip."))


class NoSlip(DomainError):
    """Somebody for whom no slip may be made."""


def register_slip_refusal(refuses: Callable[[Any], bool]) -> None:
    """Register ``refuses(user) -> bool``: a room above says who never signs in by a slip (who holds a role)."""
    if refuses not in _refusals:
        _refusals.append(refuses)


def may_have_slip(user: User) -> bool:
    """Whether this account may be opened by a slip: a learner's, active, and nobody's who works here."""
    return user.is_active and not (user.is_staff or user.is_superuser) and not any(no(user) for no in _refusals)


def plain(code: str) -> str:
    """Return a code as typed, without spaces, hyphens and case."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def digest(code: str) -> str:
    """Return the keyed hash of a code, which alone is kept."""
    return salted_hmac("accounts.slip", plain(code), algorithm="sha256").hexdigest()


def printed(code: str) -> str:
    """Return a code as it stands on paper, in two groups."""
    return f"{code[:5]}-{code[5:]}"


@transaction.atomic
def make_slips(*, actor: Any, users: Iterable[User], context: str, hours: int = 24) -> list[tuple[User, str]]:
    """Make a slip for each account and return ``[(user, code)]``: the only time the codes are known.

    An earlier slip of the same person no longer opens anything. The caller has checked that the actor works with
    these people. Raises ``NoSlip`` when one of them may not have one, the actor among them.
    """
    users = list(users)
    if hours not in HOURS:
        raise NoSlip(_("Choose for how long the slips shall hold."))
    if len(users) > MOST:
        raise NoSlip(_("Make slips for at most %(number)s people at a time.") % {"number": MOST})
    for user in users:
        if not may_have_slip(user) or user.pk == getattr(actor, "pk", None):
            raise NoSlip(_("%(name)s works on this platform and signs in with a password.") % {"name": user})
    now = timezone.now()
    SignInSlip.objects.filter(user__in=users, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    made = [(user, "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))) for user in users]
    slips = [
        SignInSlip(
            user=user, digest=digest(code), made_by=actor, context=context, expires_at=now + timedelta(hours=hours)
        )
        for user, code in made
    ]
    SignInSlip.objects.bulk_create(slips)
    audit.record_many(actor=actor, action="accounts.make_slip", objects=users, context=context, hours=hours)
    return made


@transaction.atomic
def use_slip(*, code: str) -> User:
    """Take a code and return whose it is; from this moment it opens nothing. Raises ``SlipInvalid``.

    Two at the same moment: one of them wins, by the database.
    """
    now = timezone.now()
    open_slips = SignInSlip.objects.filter(digest=digest(code), used_at__isnull=True, expires_at__gt=now)
    slip = open_slips.select_related("user").first()
    if slip is None or not may_have_slip(slip.user) or not open_slips.filter(pk=slip.pk).update(used_at=now):
        raise SlipInvalid
    audit.record(actor=slip.user, action="accounts.use_slip", obj=slip.user, context=slip.context)
    return slip.user


def address() -> str:
    """Return the address to print on a slip: short, and it knows the reader's language by itself."""
    return f"{settings.BASE_URL.partition('://')[2]}/slip"
