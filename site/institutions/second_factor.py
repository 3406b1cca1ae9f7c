"""Organisers sign in with a second factor where the setting asks for it (decision 15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Role
from .roles import holds


def must_have_second_factor(user: Any) -> bool:
    """Whether this person may not go without: organisers and superusers, where the setting says so."""
    return settings.CAMPUS_REQUIRE_SECOND_FACTOR and (holds(user, Role.ORGANISER) or user.is_superuser)


def has_second_factor(user: Any) -> bool:
    """Whether an authenticator app is set up; from then on every sign-in asks for its code."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


class SecondFactorMiddleware:
    """Send an organiser without a second factor to set one up; account pages stay open."""

    OPEN = ("account_", "mfa_", "usersessions_")
    OPEN_NAMES = frozenset({"healthz", "wagtailadmin_logout", "wagtailadmin_javascript_catalog"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not settings.CAMPUS_REQUIRE_SECOND_FACTOR or not request.user.is_authenticated:
            return None
        name = (request.resolver_match.url_name if request.resolver_match else "") or ""
        if name.startswith(self.OPEN) or name in self.OPEN_NAMES:
            return None
        if must_have_second_factor(request.user) and not has_second_factor(request.user):
            messages.warning(
                request, _("Organisers sign in with a second factor. Please set it up; it takes two minutes.")
            )
            return redirect("mfa_index")
        return None


class CampusMFAAdapter(DefaultMFAAdapter):
    """Who must have a second factor cannot give it up."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy("Your role asks for a second factor. You cannot stop using it."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not must_have_second_factor(authenticator.user)
