"""A long form that is sent when the session is over: what was typed is not lost, without script either."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]


def login_required_keeping_form(view: View) -> View:
    """Let only those signed in meet a view, as ``login_required`` does, but lose no form that a visitor sends.

    A POST without a session is answered with a page (403) that holds the fields and sends them again once the person
    has signed in in another tab. ``form_refused`` answers with the same page when the form's token is an old one.
    """
    ask = login_required(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            return send_again(request)
        return ask(request, *args, **kwargs)

    answer.keeps_form = True  # type: ignore[attr-defined]
    return answer


def is_kept(request: HttpRequest) -> bool:
    """Whether a form refused for its token may be shown to be sent again: by a view that keeps it, from a page of ours.

    From elsewhere it is not: one press would send words that others wrote. Browsers name the page by Origin, old ones
    by Referer.
    """
    if not getattr(getattr(request.resolver_match, "func", None), "keeps_form", False):
        return False
    ours = f"{request.scheme}://{request.get_host()}"
    return f"{request.headers.get('Origin') or request.headers.get('Referer', '')}/".startswith(f"{ours}/")


@never_cache
def send_again(request: HttpRequest) -> HttpResponse:
    """The page that holds what was typed. It shows nothing but what this request brought."""
    fields = [
        (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
    files = [file.name for _name, some in request.FILES.lists() for file in some]
    return render(request, "account/send_again.html", {"fields": fields, "files": files}, status=403)
