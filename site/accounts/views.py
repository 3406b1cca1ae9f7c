"""One's profile; the door of the admin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_ratelimit.core import is_ratelimited

from core.errors import DomainError

from . import kept_forms, services, slips
from .forms import ProfileForm, SlipForm
from .limits import client
from .models import SignInSlip, User
from .signals import slip_used


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_profile(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone. Saving goes on in the language chosen."""
    user: Any = request.user
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        services.save_profile(user=user, **form.cleaned_data)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Your settings are saved."))
            return redirect("account_profile")
    return render(request, "account/profile.html", {"form": form})


SLIP_RATE = "20/m"
SLIP_FAILURES = "30/h"
"""From one address: a whole class may sit behind one line, so attempts are many and failures few."""


def _too_many(request: HttpRequest, group: str, rate: str, *, count: bool) -> bool:
    return is_ratelimited(request, group=group, key=client, rate=rate, increment=count)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest) -> HttpResponse:
    """Sign in by the code of a printed slip. The session ends with the browser: it may be anybody's machine."""
    if request.user.is_authenticated:
        return redirect("learner_home")
    form = SlipForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if _too_many(request, "slip", SLIP_RATE, count=True) or _too_many(
            request, "slip-failed", SLIP_FAILURES, count=False
        ):
            return render(request, "429.html", status=429)
        if form.is_valid():
            try:
                user = slips.use_slip(code=form.cleaned_data["code"])
            except DomainError as error:
                _too_many(request, "slip-failed", SLIP_FAILURES, count=True)
                form.add_error("code", str(error))
            else:
                record_authentication(request, user, method="slip")
                request.session.set_expiry(0)
                slip_used.send(sender=SignInSlip, user=user)
                login = Login(user=user, email_verification=EmailVerificationMethod.NONE)
                return perform_login(request, login)
    return render(request, "account/slip.html", {"form": form})


ENTRANCES = frozenset(
    {"account_login", "account_signup", "account_request_login_code", "account_confirm_login_code", "account_slip"}
)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that failed Django's check against forged requests (``CSRF_FAILURE_VIEW``).

    Signing in gives the browser a new secret, so a sign-in page left open in a second tab always fails. Whoever is
    signed in by then goes where they were going, if that is on this site. A long form is held, to be sent again
    (``kept_forms``); every other form is refused as expired.
    """
    if kept_forms.is_kept(request):
        return kept_forms.send_again(request)
    here = request.resolver_match.view_name if request.resolver_match else ""
    if here not in ENTRANCES or not request.user.is_authenticated:
        return csrf_failure(request, reason=reason)
    messages.info(request, _("You are signed in already: %(name)s.") % {"name": request.user})
    after = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        return redirect(after)
    return redirect(get_adapter(request).get_login_redirect_url(request))


def slip_address(request: HttpRequest) -> HttpResponse:
    """The short address printed on slips leads to the page in the reader's language."""
    return redirect("account_slip")


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Staff sign in where everybody does (decision 15)."""
    after = request.GET.get("next") or reverse("wagtailadmin_home")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': after})}")


def admin_logout(request: HttpRequest) -> HttpResponse:
    """Staff sign out where everybody does: that page lists what their browser has not sent yet."""
    return redirect("account_logout")
