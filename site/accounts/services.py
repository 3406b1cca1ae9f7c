"""What people do with accounts, beside what allauth does."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from core import audit

from .models import User


@transaction.atomic
def save_profile(*, user: User, name: str, language: str, time_zone: str) -> User:
    """Save how the platform speaks to somebody. Their own act, and nobody else's business: no audit entry."""
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=["name", "language", "time_zone"])
    return user


@transaction.atomic
def create_account(*, actor: Any, user: User) -> User:
    """Create an account for somebody, without a password.

    They set one themselves by "forgotten password", which proves the address.
    """
    user.email = user.email.lower()
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    audit.record(actor=actor, action="accounts.create_account", obj=user)
    return user


@transaction.atomic
def change_account(*, actor: Any, user: User) -> User:
    """Save an administrator's changes. A new address replaces all earlier ones and must be verified."""
    before = User.objects.get(pk=user.pk)
    user.email = user.email.lower()
    user.save()
    changed = [
        name for name in ("email", "name", "is_active", "is_superuser") if getattr(before, name) != getattr(user, name)
    ]
    if "email" in changed:
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    audit.record(actor=actor, action="accounts.change_account", obj=user, changed=changed)
    return user
