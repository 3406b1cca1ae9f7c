"""Two accounts of one person become one: one goes on, the other is closed, and what was learned moves.

The rooms above say what of theirs moves, and which accounts must not be joined::

    register_belongings("lessons.LessonProgress", field="learner", title=_("Lessons opened"),
                        join=joining.join, twice=joining.twice)
    register_join_refusal(why_not_join)

What is not registered stays with the closed account. It still is the person's: ``accounts_of`` leads exports and
erasure to it. **The addresses of the closed account stay with it, too.** They are not given to the other one, because
whoever reads mail there could then open it, on an organiser's word alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .models import User


@dataclass(frozen=True)
class Twice:
    """Something that both accounts have: what it is, in either, and what will be; ``moves``: that of the closed one."""

    kind: str
    closed: str
    kept: str
    stays: str
    moves: bool = False


@dataclass(frozen=True)
class Belongings:
    """Rows of one model that go to the account that is kept."""

    label: str
    field: str
    title: str | Promise
    join: Callable[[User, User], None]
    twice: Callable[[User, User], list[Twice]]
    goes_back: Callable[[list[int], datetime], list[str]] | None = None

    def of(self, *users: User) -> models.QuerySet:
        """Return the rows of these accounts."""
        rows = apps.get_model(self.label)._default_manager
        return rows.filter(**{f"{self.field}__in": [user.pk for user in users]}).order_by("pk")


RELEASED = "@closed.invalid"
_belongings: dict[str, Belongings] = {}
_refusals: list[Callable[[User, User], str]] = []


def register_belongings(
    label: str,
    *,
    field: str,
    title: str | Promise,
    join: Callable[[User, User], None],
    twice: Callable[[User, User], list[Twice]],
    goes_back: Callable[[list[int], datetime], list[str]] | None = None,
) -> None:
    """Register a model whose rows point to an account by ``field`` and go along when it is joined to another.

    ``join(kept, closed)`` moves them in the transaction of the merge. It changes and deletes nothing but rows of
    registered models of these two accounts: of these every change is noted, and can be undone. A row whose place is
    taken may stay with the closed account as it is, or be deleted. ``twice(kept, closed)`` says before, what both have.
    A row that was written into since stays with the kept account when the merge is undone, and the closed one gets
    another as it had it; not if other rows point to it: ``goes_back(ids, since)`` says of which of these that matters.
    """
    _belongings[label] = Belongings(label, field, title, join, twice, goes_back)


def belongings() -> list[Belongings]:
    """Return what is registered, highest room first."""
    return list(_belongings.values())


def register_join_refusal(refuses: Callable[[User, User], str]) -> None:
    """Register ``refuses(kept, closed)``: why a room does not let these two become one, or an empty string."""
    if refuses not in _refusals:
        _refusals.append(refuses)


def why_not_join(kept: User, closed: User) -> str:
    """Return why an account cannot be joined to another, or an empty string."""
    for user in (kept, closed):
        if user.is_staff or user.is_superuser:
            return _("One of the two accounts administers this platform. Such an account is not joined to another.")
    if not kept.is_active:
        return _("The account that would be kept is switched off.")
    if has_second_factor(closed) and not has_second_factor(kept):
        return _(
            "The account that would be closed is protected by a second factor, the other is not. Keep the protected "
            "one, or ask the person to set up a second factor in the other first."
        )
    return next((why for refuses in _refusals if (why := refuses(kept, closed))), "")


def has_second_factor(user: User) -> bool:
    """Whether more than a password opens the account."""
    return Authenticator.objects.filter(user=user).exists()


def accounts_of(user: Any) -> list[User]:
    """Return the accounts that were joined to this one, however deep, and itself as the last."""
    found = [user]
    for one in found:
        found += User.objects.filter(joined_to=one).order_by("pk")
    return found[::-1]


# --- Moving rows of which there can be one in each account -----------------------------------------


def move_missing(label: str, *names: str) -> Callable[[User, User], None]:
    """Return a ``join`` for a model whose rows move where the other account has none with the same ``names``."""

    def join(kept: User, closed: User) -> None:
        rows = _belongings[label]
        held = set(rows.of(kept).values_list(*names))
        for row in rows.of(closed):
            if tuple(row.serializable_value(name) for name in names) not in held:
                type(row)._default_manager.filter(pk=row.pk).update(**{rows.field: kept})

    return join


# --- Closing and opening ---------------------------------------------------------------------------


def close(*, closed: User, kept: User) -> dict[str, Any]:
    """Close an account that was joined to another; return what ``reopen`` needs. Inside the caller's transaction.

    Nobody signs in to it any more, and whoever tries gets the answer to a wrong password: it keeps its password in a
    form that fits none, so that nothing secret has to be kept elsewhere.
    """
    was = {"active": closed.is_active, "password": closed.has_usable_password()}
    for session in UserSession.objects.filter(user=closed):
        session.end()
    if was["password"]:
        closed.password = UNUSABLE_PASSWORD_PREFIX + closed.password
    closed.is_active, closed.joined_to = False, kept
    closed.save(update_fields=["password", "is_active", "joined_to"])
    return was


def reopen(*, closed: User, was: dict[str, Any]) -> None:
    """Open an account again as it was before ``close``. Its sessions do not come back."""
    if was["password"] and closed.password.startswith(UNUSABLE_PASSWORD_PREFIX):
        closed.password = closed.password[len(UNUSABLE_PASSWORD_PREFIX) :]
    closed.is_active, closed.joined_to = was["active"], None
    closed.save(update_fields=["password", "is_active", "joined_to"])


def release(closed: User) -> None:
    """Let go of the addresses of a closed account that cannot be opened again.

    Whoever proves one of them can add it to the account that is kept.
    """
    EmailAddress.objects.filter(user=closed).delete()
    closed.email = f"{closed.key}{RELEASED}"
    closed.set_unusable_password()
    closed.save(update_fields=["email", "password"])


def may_be_reopened(user: User) -> bool:
    """Whether this account was joined to another and may turn out to be somebody else's: the merge can be undone."""
    return user.joined_to_id is not None and not user.email.endswith(RELEASED)


def hint_of(email: str) -> str:
    """Return an address so that only who knows it recognises it: ``a…@example.org``."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
