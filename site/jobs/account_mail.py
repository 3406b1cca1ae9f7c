"""allauth's mail through the outbox: rendered in the request, sent by a worker."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.adapter import AccountAdapter
from accounts.models import User

from .services import queue_mail


class OutboxAccountAdapter(AccountAdapter):
    """The account adapter of the site."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail in the language of the account with that address, else in the one of the page."""
        language = self._language_of(email)
        with translation.override(language):
            sessions_url = settings.BASE_URL + reverse("usersessions_list")
        queue_mail(
            key=f"{template_prefix}:{uuid.uuid4()}",
            to=email,
            template=template_prefix,
            context={"email": email, "sessions_url": sessions_url, **context},
            language=language,
        )

    def _language_of(self, email: str) -> str:
        chosen = User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
        return chosen or translation.get_language() or settings.LANGUAGE_CODE


def tell_slip_used(sender: Any, user: User, **kwargs: Any) -> None:
    """Write to the account that a printed slip has opened it: whoever did not do it themselves should know."""
    language = user.language or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        sessions_url = settings.BASE_URL + reverse("usersessions_list")
    queue_mail(
        key=f"slip-used:{uuid.uuid4()}",
        to=user.email,
        template="jobs/mail/slip_used",
        context={"name": str(user), "sessions_url": sessions_url},
        language=language,
    )
