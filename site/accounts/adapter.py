"""allauth's hooks that need nothing from the rooms above; mail is added by ``jobs.account_mail``."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import translation

from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in by e-mail, in the person's language."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Remember the language in which somebody signed up: mails and pages come in it."""
        user.language = translation.get_language() or ""
        return super().save_user(request, user, form, commit)

    def clean_email(self, email: str) -> str:
        """Refuse what does not fit into the field. Raises ``ValidationError``."""
        User._meta.get_field("email").run_validators(email)
        return super().clean_email(email)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go on in the person's language, whatever language the sign-in page had."""
        with translation.override(getattr(request.user, "language", "") or translation.get_language()):
            return super().get_login_redirect_url(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)
