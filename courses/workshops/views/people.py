"""Who is registered: the list, its download, the door, the sheet to sign."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from core.spreadsheets import csv_response
from courses.participants.models import Participant
from courses.participants.slips import Group, slips_page
from courses.participants.trail import saw

from .. import services
from ..facts import attendance_of
from ..forms import DoorForm
from ..models import Workshop
from ..prerequisites import asked_before
from .manage import desk, running, show_error

PER_PAGE = 100
BLANK_LINES = 5


def _registrations(workshop: Workshop) -> Any:
    return workshop.registrations.select_related("participant", "country")


@require_safe
@running
def registrations(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Who registered, as whom and from where at that time, and how much they attended. Constant queries."""
    cancelled = request.GET.get("show") == "cancelled"
    rows = _registrations(workshop).filter(state="cancelled" if cancelled else "registered")
    page = Paginator(rows.order_by("participant__name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    people = list(page.object_list)
    facts = attendance_of(workshop, [row.participant_id for row in people])
    saw(request.user, [row.participant for row in people], "workshops.view")
    return render(
        request,
        "workshops/registrations.html",
        {
            **desk(workshop, _("Registrations")),
            "page_obj": page,
            "people": [{"registration": row, "fact": facts[row.participant_id]} for row in people],
            "cancelled": cancelled,
            "cancelled_number": workshop.registrations.filter(state="cancelled").count(),
            "can_change": workshop.state != Workshop.State.CANCELLED,
            "over": workshop.is_over,
        },
    )


@require_safe
@running
def registrations_csv(request: HttpRequest, workshop: Workshop) -> HttpResponseBase:
    """The list for a spreadsheet, streamed: what those who run the workshop need, to know and to reach people."""
    head = [
        _("Name"), _("Name in Latin letters"), _("E-mail address"), _("Takes part for"), _("Country"),
        _("Organisation"), _("Position"), _("State"), pgettext("registration", "How"), _("Registered on"),
        _("Minutes attended"), _("Minutes offered"),
    ]  # fmt: skip
    people = _registrations(workshop).order_by("participant__name", "pk")
    facts = attendance_of(workshop, people.values_list("participant", flat=True))

    saw(request.user, Participant.objects.filter(registrations__workshop=workshop), "workshops.export")

    def lines() -> Iterator[tuple[Any, ...]]:
        for row in people.iterator(chunk_size=500):
            person, fact = row.participant, facts[row.participant_id]
            yield (
                person.name, person.name_latin, person.email, row.get_represents_display(), row.country,
                row.organisation, row.position, row.get_state_display(),
                row.get_source_display(), row.registered_at.date().isoformat(),
                fact.minutes if fact.recorded else "", fact.offered,
            )  # fmt: skip

    return csv_response(f"{workshop.key}-registrations.csv", head, lines())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def door(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Register somebody who came to the door."""
    form = DoorForm(request.POST or None, workshop=workshop)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_at_the_door(actor=request.user, workshop=workshop, **form.details)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": made.participant.name})
            return redirect("registration_add" if "another" in request.POST else "registrations", key=workshop.key)
    return render(
        request,
        "workshops/door.html",
        {**desk(workshop, _("Add somebody at the door")), "before": asked_before(workshop, None), "form": form},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@running
def registration_cancel(request: HttpRequest, workshop: Workshop, pk: int) -> HttpResponse:
    """Cancel somebody's registration, after asking once more."""
    registration = get_object_or_404(
        workshop.registrations.active().select_related("participant__user", "workshop"), pk=pk
    )
    if request.method == "POST":
        try:
            services.cancel_registration(actor=request.user, registration=registration)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(name)s is no longer registered.") % {"name": registration.participant.name})
        return redirect("registrations", key=workshop.key)
    saw(request.user, [registration.participant], "workshops.view")
    return render(
        request,
        "workshops/registration_cancel.html",
        {**desk(workshop, _("Cancel a registration")), "registration": registration},
    )


@require_safe
@running
def sheet(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """A sheet to sign on paper, one for each day, with lines left for people who come to the door."""
    people = list(_registrations(workshop).active().order_by("participant__name", "pk"))
    saw(request.user, [row.participant for row in people], "workshops.view")
    sessions = list(workshop.sessions.select_related("workshop"))
    days = [{"day": day, "sessions": list(group)} for day, group in groupby(sessions, key=lambda session: session.day)]
    return render(
        request,
        "workshops/sheet.html",
        {
            **desk(workshop, _("Sheet to sign")),
            "people": people,
            "sheets": days or [{"day": workshop.starts_on, "sessions": []}],
            "blank": range(BLANK_LINES),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@running
def workshop_slips(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Printed codes by which people registered sign in once."""
    people = Participant.objects.filter(registrations__workshop=workshop, registrations__state="registered")
    group = Group(workshop.title, reverse("workshop_manage", args=[workshop.key]), f"workshop:{workshop.pk}")
    return slips_page(request, people=people, group=group)
