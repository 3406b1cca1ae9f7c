"""Accounts: sign-in by e-mail, interface language, time zone. A person's record is a participant."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import TimeZoneField


class UserQuerySet(models.QuerySet["User"]):
    """Accounts."""

    def visible_to(self, user: Any) -> UserQuerySet:
        """All for administrators; nobody else administers accounts, so one's own for others."""
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.is_superuser else self.filter(pk=user.pk)


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user. Without a password the account cannot sign in by one.

        Raises ``ValueError`` without an address.
        """
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user with every permission."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


AccountManager = UserManager.from_queryset(UserQuerySet)


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """Somebody who can sign in.

    ``key`` stands for the person in learning records and outlives the account (decision 5). ``joined_to`` is the
    account that goes on where one person had two and this one was closed (``joining``).
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=200, blank=True)
    language = models.CharField(
        _("interface language"), max_length=10, choices=settings.LANGUAGES, blank=True, default=""
    )
    time_zone = TimeZoneField(_("time zone"), blank=True, default="")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    joined_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="joined", editable=False
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(Lower("email"), name="account_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class SignInSlip(models.Model):
    """A printed code by which one person signs in once. Only its hash is kept (see ``slips``)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_slips")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    context = models.CharField(max_length=60, help_text="kind:id of what it was made for")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("sign-in slip")
        verbose_name_plural = _("sign-in slips")

    def __str__(self) -> str:
        return f"{self.user_id} {self.context}"
