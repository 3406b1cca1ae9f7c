"""Those who run a workshop look through the nominations and select."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from core.spreadsheets import table_response
from courses.catalogue.services.enrolment import free_places
from courses.participants.addresses import own_addresses
from courses.participants.models import Gender, Participant, Represents
from courses.participants.permissions import is_own
from courses.participants.trail import saw
from institutions.models import Region

from .. import services
from ..models import Nomination, Registration, Workshop
from ..nomination_forms import DecisionForm, NominationFilter
from ..prerequisites import asked_before
from ..selection import Candidate, balance
from .manage import desk, running, show_error

PER_PAGE = 100
CHOSEN = (Nomination.State.SELECTED, Nomination.State.CONFIRMED)


def _rows(workshop: Workshop) -> Any:
    """The workshop's nominations. Gender is the focal point's word: what people say of themselves in their own record
    is not for those who run a workshop, and a count of few people would tell it."""
    registered = Registration.objects.active().filter(workshop=workshop, participant=OuterRef("participant"))
    return workshop.nominations.present().annotate(registered=Exists(registered))


def _narrowed(rows: Any, chosen: dict[str, str]) -> Any:
    return rows.filter(**{"country__region" if name == "region" else name: chosen[name] for name in chosen})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
@running
def nominations(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Who was put forward, from where, and what is decided; choose several and decide. Constant queries."""
    filters = NominationFilter(request.GET)
    chosen = filters.chosen()
    rows = _narrowed(_rows(workshop), chosen).select_related("participant", "country")
    page = Paginator(rows.order_by("country__name", "name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    form = DecisionForm(
        request.POST if request.method == "POST" else None, offered=list(rows.values_list("pk", flat=True))
    )
    if request.method == "POST" and form.is_valid() and _decided(request, workshop, form):
        back = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(reverse("nominations", args=[workshop.key]) + back)
    reserve = list(_rows(workshop).on_reserve().select_related("participant", "country"))
    saw(request.user, [row.participant for row in (*shown, *reserve)], "workshops.view")
    addresses = own_addresses(request.user)
    ticked = set(request.POST.getlist("nominations"))
    can_decide = workshop.state != Workshop.State.CANCELLED and not workshop.is_over
    left = None if workshop.capacity is None else max(0, workshop.capacity - workshop.taken)  # type: ignore[attr-defined]
    return render(
        request,
        "workshops/nominations.html",
        {
            **desk(workshop, _("Nominations")),
            "page_obj": page,
            "rows": [
                {
                    "nomination": row,
                    "gender": row.get_gender_display(),
                    "own": _own(request, row, addresses),
                    "ticked": str(row.pk) in ticked,
                }
                for row in shown
            ],
            "filters": filters,
            "narrowed": bool(chosen),
            "form": form,
            "counts": _counts(workshop),
            "before": asked_before(workshop, None),
            "left": left,
            "reserve": reserve,
            "next": _next(request, reserve, addresses) if can_decide and left != 0 else None,
            "cohort_left": free_places(workshop.cohort) if workshop.cohort else None,
            "can_decide": can_decide,
        },
    )


def _own(request: HttpRequest, row: Nomination, addresses: Collection[str]) -> bool:
    return is_own(request.user, row.participant, addresses) or row.email.lower() in addresses


def _next(request: HttpRequest, reserve: Sequence[Nomination], addresses: Collection[str]) -> dict[str, Any] | None:
    """Who gets the free place, if somebody decides so: the first on the reserve list. Nobody moves up unasked."""
    return {"nomination": reserve[0], "own": _own(request, reserve[0], addresses)} if reserve else None


def _decided(request: HttpRequest, workshop: Workshop, form: DecisionForm) -> bool:
    """Do what was asked; where it cannot be done, say so in the form and return ``False``."""
    data = form.cleaned_data
    try:
        rows = services.decide_nominations(
            actor=request.user,
            workshop=workshop,
            nominations=data["nominations"],
            state=data["act"],
            reason=data["reason"],
        )
    except DomainError as error:
        show_error(form, error)
        return False
    state = Nomination.State(data["act"]).label
    messages.success(
        request,
        ngettext("%(number)d nomination: %(state)s.", "%(number)d nominations: %(state)s.", len(rows))
        % {"number": len(rows), "state": state},
    )
    return True


def _words(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else ""


def _counts(workshop: Workshop) -> list[dict[str, Any]]:
    """How many were put forward and chosen by region, gender and group: for the head of the page. One query."""
    found = (
        _rows(workshop)
        .standing()
        .values_list("state", "country__region", "gender", "represents", "country__is_ldc", "country__is_sids")
    )
    counted = balance(
        Candidate(state in CHOSEN, region, gender, represents, ldc, sids)
        for state, region, gender, represents, ldc, sids in found
    )
    groups = (
        ("region", _("Region"), Region),
        ("gender", _("Gender"), Gender),
        ("represents", _("Takes part for"), Represents),
    )
    lines = [
        {"aspect": label, "value": _words(choices, one.value) or _("Not said"), "count": one}
        for name, label, choices in groups
        for one in counted[name]
    ]
    for name, label in (("ldc", _("Least developed countries")), ("sids", _("Small island developing States"))):
        lines += [{"aspect": _("Countries"), "value": label, "count": one} for one in counted[name]]
    return lines if counted["region"] else []


@require_safe
@running
def nominations_export(request: HttpRequest, workshop: Workshop) -> HttpResponseBase:
    """The list as a table: ``?format=xlsx``, else CSV; the filters of the page apply."""
    head = [
        _("Name"), _("Name in Latin letters"), _("E-mail address"), _("Country"), _("Region"), _("LDC"), _("SIDS"),
        _("Gender"), _("Takes part for"), _("Organisation"), _("Position"), _("Stakeholder group"),
        _("Why this person"), _("State"), _("Reason"), _("Nominated on"), _("Registered"),
    ]  # fmt: skip
    chosen = NominationFilter(request.GET).chosen()
    people = _narrowed(_rows(workshop), chosen).select_related("country").order_by("country__name", "name", "pk")
    saw(request.user, Participant.objects.filter(pk__in=people.values("participant")), "workshops.export")

    def mark(value: bool) -> str:
        return _("Yes") if value else ""

    def lines() -> Iterator[tuple[Any, ...]]:
        for row in people.iterator(chunk_size=500):
            country = row.country
            yield (
                row.name, row.name_latin, row.email, country, country.get_region_display(), mark(country.is_ldc),
                mark(country.is_sids), row.get_gender_display(), row.get_represents_display(),
                row.organisation, row.position, row.get_stakeholder_group_display(), row.note,
                row.get_state_display(), row.reason, row.nominated_at.date().isoformat(), mark(row.registered),
            )  # fmt: skip

    name = f"{workshop.key}-nominations"
    return table_response(request.GET.get("format", "csv"), name, _("Nominations"), head, lines())
