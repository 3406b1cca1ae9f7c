"""The public check: is this certificate valid?"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_ratelimit.core import is_ratelimited

from accounts.limits import client

from . import serials
from .checking import answer
from .forms import CheckForm
from .models import Certificate

RATE = "30/m"
"""Checks per address and minute: plenty for a person, too few to try numbers."""


def too_many(request: HttpRequest) -> HttpResponse | None:
    """Return the page that says so when an address asks too often."""
    if is_ratelimited(request, group="certificate-check", key=client, rate=RATE, increment=True):
        response = render(request, "certificates/too_many.html", status=429)
        response.headers["Retry-After"] = "60"
        return response
    return None


@require_safe
@never_cache
def check(request: HttpRequest, serial: str = "") -> HttpResponse:
    """The form, and the verdict on one number. Nothing typed here is logged."""
    if not serial and "serial" not in request.GET:
        return render(request, "certificates/check.html", {"form": CheckForm()})
    if refused := too_many(request):
        return refused
    form = CheckForm({"serial": serial or request.GET.get("serial", "")})
    if not form.is_valid():
        return render(request, "certificates/check.html", {"form": form})
    proper = form.cleaned_data["serial"]
    if serial != proper:
        return redirect("certificate_check", serial=proper)
    row = Certificate.objects.select_related("superseded_by").filter(serial=proper).first()
    return render(request, "certificates/verdict.html", {"answer": answer(row), "certificate": row, "serial": proper})


@require_safe
@never_cache
def short(request: HttpRequest, serial: str) -> HttpResponse:
    """The address in the QR code: leads to the check in the viewer's language."""
    proper = serials.read(serial)
    if proper:
        return redirect("certificate_check", serial=proper)
    return HttpResponseRedirect(f"{reverse('certificate_check')}?{urlencode({'serial': serial[:60]})}")


@require_safe
@never_cache
def check_address(request: HttpRequest) -> HttpResponse:
    """The address printed beside the QR code: leads to the form in the viewer's language."""
    return redirect("certificate_check")
