"""A focal point puts people forward for a workshop; whoever is selected answers by the link in a mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from core.links import LinkExpired, LinkInvalid
from courses.participants.trail import saw
from institutions.models import Country, Role
from institutions.roles import scope

from .. import services
from ..cards import Card
from ..models import Nomination, Workshop
from ..nomination_forms import NominationForm
from ..nominees import put_forward
from ..permissions import nominating_countries
from ..services.nominating import require_taking
from .manage import show_error


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def nominate(request: HttpRequest, key: str) -> HttpResponse:
    """Put somebody forward, and see whom one's countries have put forward for this workshop."""
    workshop, countries = _asking(request, key)
    closed = _why_closed(workshop, countries)
    form = NominationForm(
        request.POST if request.method == "POST" else None,
        countries=countries,
        initial={"country": request.GET.get("country", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.nominate(actor=request.user, workshop=workshop, **form.given)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(
                request, _("%(name)s is nominated. You see here what the organisers decide.") % {"name": made.name}
            )
            return redirect("nominate", key=key)
    return render(request, "workshops/nominate.html", _page(request, workshop, countries, form, closed))


def _asking(request: HttpRequest, key: str) -> tuple[Workshop, list[Country]]:
    """Return a workshop that asks for nominations, and one's countries there. Raises ``Http404``."""
    if not scope(request.user, Role.FOCAL_POINT).countries:
        raise Http404
    workshops = Workshop.objects.public().filter(nominations_close_on__isnull=False)
    shown = workshops.select_related("country", "course").prefetch_related("texts").with_people()
    workshop = get_object_or_404(shown, key=key)
    countries = nominating_countries(request.user, workshop)
    if not countries:
        raise Http404
    return workshop, countries


def _why_closed(workshop: Workshop, countries: Sequence[Country]) -> str:
    try:
        require_taking(workshop, countries[0])
    except DomainError as error:
        return str(error)
    return ""


def _page(
    request: HttpRequest, workshop: Workshop, countries: Sequence[Country], form: NominationForm, closed: str
) -> dict[str, Any]:
    rows = list(
        workshop.nominations.present()
        .filter(country__in=countries)
        .select_related("participant", "workshop")
        .prefetch_related("workshop__texts")
    )
    saw(request.user, [row.participant for row in rows], "workshops.view")
    standing = [row for row in rows if row.state not in Nomination.GIVEN_UP]
    most = workshop.nominees_per_country
    return {
        "card": Card(workshop, workshop.people, workshop.taken),  # type: ignore[attr-defined]
        "workshop": workshop,
        "form": form,
        "closed": closed,
        "countries": [
            {
                "country": country,
                "number": (number := sum(row.country_id == country.pk for row in standing)),
                "full": most is not None and number >= most,
                "nominees": [put_forward(row) for row in rows if row.country_id == country.pk],
            }
            for country in countries
        ],
        "full": most is not None and len(standing) >= most * len(countries),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def nomination_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a nomination of one's country back, after asking once more: it cannot be undone, only typed again."""
    codes = scope(request.user, Role.FOCAL_POINT).countries
    rows = Nomination.objects.visible_to(request.user).present().filter(country__in=codes)
    nomination = get_object_or_404(rows.select_related("workshop", "country", "participant"), pk=pk)
    asked_on = request.GET.get("back") or request.POST.get("back")
    back = reverse("country") if asked_on == "country" else reverse("nominate", args=[nomination.workshop.key])
    if request.method != "POST" and nomination.state != Nomination.State.NOMINATED:
        return redirect(back)  # the list says what became of it
    if request.method != "POST":
        saw(request.user, [nomination.participant], "workshops.view")
        context = {
            "nomination": nomination,
            "card": Card(nomination.workshop, 0, 0),
            "back": back,
            "asked_on": asked_on,
        }
        return render(request, "workshops/nomination_withdraw.html", context)
    try:
        services.withdraw_nomination(actor=request.user, nomination=nomination)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The nomination of %(name)s is withdrawn.") % {"name": nomination.name})
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def nomination_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm or decline what one was selected for, by the link in the mail; no account is needed."""
    try:
        nomination = services.read_nomination(token)
    except LinkExpired:
        return _nothing(request, _("This invitation is too old."))
    except (LinkInvalid, ValueError, TypeError):
        return _nothing(request, _("The link is not complete. Copy it whole from the mail."))
    except DomainError as error:
        return _nothing(request, str(error))
    cohort = nomination.workshop.cohort
    context: dict[str, Any] = {
        "nomination": nomination,
        "card": Card(nomination.workshop, 0, 0),
        "course": str(cohort.course) if cohort else "",
        "confirmed": nomination.state == Nomination.State.CONFIRMED,
    }
    answer = "" if context["confirmed"] else request.POST.get("answer")
    try:
        if answer == "yes":
            services.confirm_nomination(nomination=nomination)
            context["confirmed"] = True
        elif answer == "no":
            services.decline_nomination(nomination=nomination)
            context["declined"] = True
    except DomainError as error:
        context["error"] = str(error)
    if cohort and context["confirmed"]:
        context["enrolled"] = cohort.enrolments.active().filter(participant=nomination.participant).exists()
    return render(request, "workshops/nomination_answer.html", context)


def _nothing(request: HttpRequest, problem: str) -> HttpResponse:
    return render(request, "workshops/nomination_answer.html", {"problem": problem}, status=410)
