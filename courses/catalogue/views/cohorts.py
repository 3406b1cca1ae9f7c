"""Cohorts one trains or organises: who is in, and where they stand."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.participants.models import Participant
from courses.participants.slips import Group, slips_page
from courses.participants.trail import saw
from institutions.models import Role
from institutions.roles import holds, is_organiser

from .. import services
from ..models import Cohort
from ..permissions import can_make_slips

PEOPLE_PER_PAGE = 50


@require_safe
@login_required
def cohorts(request: HttpRequest) -> HttpResponse:
    """The cohorts one trains or organises."""
    if not _works_with_cohorts(request):
        raise Http404
    rows = (
        Cohort.objects.visible_to(request.user)
        .select_related("course__item")
        .annotate(
            people=Count("enrolments", filter=Q(enrolments__state="active"), distinct=True),
            finished=Count(
                "enrolments",
                filter=Q(enrolments__state="active", enrolments__completed_at__isnull=False),
                distinct=True,
            ),
        )
        .order_by("archived_at", "course__key", "-starts_on")
    )
    page = Paginator(rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalogue/cohorts.html", {"page_obj": page})


def _works_with_cohorts(request: HttpRequest) -> bool:
    return holds(request.user, Role.TRAINER, Role.ORGANISER) or Cohort.objects.visible_to(request.user).exists()


@require_safe
@login_required
def cohort_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """People x requirements: who has met what, and why not yet."""
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme"), pk=pk
    )
    rows = cohort.enrolments.active().select_related("participant__user", "country").order_by("participant__name", "pk")
    page = Paginator(rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    enrolments = list(page.object_list)
    completion = services.refresh_completion(cohort.course, enrolments)
    people = [{"enrolment": enrolment, "completion": completion[enrolment.pk]} for enrolment in enrolments]
    saw(request.user, [enrolment.participant for enrolment in enrolments], "catalogue.view")
    headings = people[0]["completion"].requirements if people else []  # type: ignore[attr-defined]
    return render(
        request,
        "catalogue/cohort_progress.html",
        {
            "cohort": cohort,
            "page_obj": page,
            "people": people,
            "headings": headings,
            "can_make_slips": can_make_slips(request.user, cohort),
            "can_issue": is_organiser(request.user, cohort.course.programme_id),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_slips(request: HttpRequest, pk: int) -> HttpResponse:
    """Printed codes by which people of the cohort sign in once."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).select_related("course__item"), pk=pk)
    if not can_make_slips(request.user, cohort):
        raise Http404
    people = Participant.objects.filter(enrolments__cohort=cohort, enrolments__state="active")
    group = Group(
        f"{cohort.course}, {cohort.title}", reverse("cohort_progress", args=[cohort.pk]), f"cohort:{cohort.pk}"
    )
    return slips_page(request, people=people, group=group)
