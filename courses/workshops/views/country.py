"""What a focal point sees of the own country: coming workshops of its region, and the people put forward from it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.participants.trail import saw
from institutions.models import ActivityRole, Country, Role
from institutions.roles import scope

from ..cards import Card
from ..models import Nomination, Workshop, WorkshopOrganisation
from ..nominees import nominees


@require_safe
@never_cache
@login_required
def country(request: HttpRequest) -> HttpResponse:
    """Each country the person is confirmed focal point of. For anybody else there is no such page."""
    codes = scope(request.user, Role.FOCAL_POINT).countries
    if not codes:
        raise Http404
    countries = list(Country.objects.filter(pk__in=codes))
    coming = _coming({country.region for country in countries})
    numbers = _numbers(codes)
    put_forward, people = nominees(codes)
    saw(request.user, people, "workshops.view")
    return render(
        request,
        "workshops/country.html",
        {
            "sections": [
                {
                    "country": country,
                    "coming": [_for(row, country, numbers) for row in coming if row["card"].workshop.is_for(country)],
                    "nominated": [one for one in put_forward if one.country == country.pk],
                }
                for country in sorted(countries, key=str)
            ]
        },
    )


def _numbers(countries: frozenset[str]) -> dict[tuple[int, str], int]:
    """Return how many each country has put forward for each workshop."""
    rows = Nomination.objects.present().standing().filter(country__in=countries).order_by()
    found = rows.values_list("workshop", "country").annotate(number=Count("pk"))
    return {(workshop, country): number for workshop, country, number in found}


def _for(row: dict[str, Any], country: Country, numbers: dict[tuple[int, str], int]) -> dict[str, Any]:
    """Add what a country has put forward for a coming workshop, and whether it may put forward more."""
    workshop = row["card"].workshop
    nominated, most = numbers.get((workshop.pk, country.pk), 0), workshop.nominees_per_country
    return {**row, "nominated": nominated, "full": most is not None and nominated >= most}


def _coming(regions: set[str]) -> list[dict[str, Any]]:
    """Return public workshops of the regions, or of none, that are not over, with free places and whom to ask."""
    organisers = WorkshopOrganisation.objects.filter(role=ActivityRole.ORGANISER).select_related("organisation")
    rows = (
        Workshop.objects.public()
        .filter(region__in=["", *regions], ends_on__gte=timezone.now().date())
        .exclude(state__in=[Workshop.State.CANCELLED, Workshop.State.HELD])
        .select_related("course", "country")
        .prefetch_related("texts", Prefetch("organisations", organisers, to_attr="askable"))
        .with_people()
        .order_by("starts_on", "pk")
    )
    return [
        {
            "card": Card(row, row.people, row.taken),
            "left": None if row.capacity is None else max(0, row.capacity - row.taken),
            "contacts": [one.organisation for one in row.askable],
        }
        for row in rows
    ]
