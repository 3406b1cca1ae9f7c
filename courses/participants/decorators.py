"""Asking for a person's details when they are first needed, never at sign-up."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from .notices import notice_for
from .services import participant_of

View = Callable[..., HttpResponseBase]


def details_needed(view: View) -> View:
    """Send a signed-in person without a record to the details form first, and back here afterwards.

    Who has a record but was not shown the data notice in force is sent to read that.

    Below ``login_required``. A POST comes back as a GET of the page the person was on: ``next`` is the
    page that sent it where that is on our site, else the address itself.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and participant_of(request.user) is None:
            messages.info(request, _("Please tell us who you are before you go on. It is asked only once."))
            after = request.get_full_path() if request.method == "GET" else _referring_path(request)
            return redirect(f"{reverse('participant_profile')}?{urlencode({'next': after})}")
        if notice_for(request.user) is not None:
            after = request.get_full_path() if request.method == "GET" else _referring_path(request)
            return redirect(f"{reverse('data_notice')}?{urlencode({'next': after})}")
        return view(request, *args, **kwargs)

    return wrapped


def _referring_path(request: HttpRequest) -> str:
    from urllib.parse import urlsplit

    referrer = urlsplit(request.headers.get("referer", ""))
    if referrer.netloc == request.get_host() and referrer.path:
        return referrer.path + (f"?{referrer.query}" if referrer.query else "")
    return request.path


def remember_wish(name: str) -> Callable[[View], View]:
    """Keep in a visitor's session, under ``name``, the ``key`` of what they wanted, to offer it after the sign-up."""

    def remembered(view: View) -> View:
        @wraps(view)
        def remembering(request: HttpRequest, key: str) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.method == "GET" and request.session.get(name) != key:
                    messages.info(request, _("Sign in or create an account first. What you wanted is kept."))
                request.session[name] = key
            return view(request, key=key)

        return remembering

    return remembered
