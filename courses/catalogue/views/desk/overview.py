"""A cohort's desk in one page; a new cohort, its dates and places."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.addresses import own_addresses
from courses.participants.permissions import is_own
from courses.participants.trail import saw
from institutions.models import Role
from institutions.roles import scope

from ... import services
from ...models import Application, Cohort, CohortInvitation, Course
from ...permissions import can_change_course
from ...planning_forms import CohortForm, FirstDayForm
from ...windows import next_monday, propose
from .common import cohort_of, course_of

PER_PAGE = 50


@require_safe
@never_cache
@login_required
def cohort_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about who comes in, in one place. A constant number of queries."""
    cohort = cohort_of(request, pk)
    people = cohort.enrolments.active().select_related("participant__user", "country", "cohort")
    page = Paginator(people.order_by("participant__name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    applications = Application.objects.visible_to(request.user).filter(cohort=cohort)
    applications = applications.select_related("participant__country")
    invitations = CohortInvitation.objects.visible_to(request.user).filter(cohort=cohort)
    invited = Paginator(invitations, PER_PAGE).get_page(request.GET.get("invited"))
    asked = {
        "sent": list(applications.filter(state=Application.State.SENT)),
        "waiting": list(applications.waiting()),
        "decided": list(applications.exclude(state__in=Application.OPEN).order_by("-decided_at")[:10]),
    }
    applied = [application for some in asked.values() for application in some]
    saw(request.user, [row.participant for row in (*page.object_list, *applied)], "catalogue.view")
    proved = own_addresses(request.user)
    return render(
        request,
        "catalogue/cohort_desk.html",
        {
            "cohort": cohort,
            "windows": cohort.windows.all(),
            "free": services.free_places(cohort),
            "page_obj": page,
            "own": [row.pk for row in page.object_list if is_own(request.user, row.participant, proved)],
            **asked,
            "invited": invited,
            "trainers": cohort.trainers.select_related("user").order_by("user__name", "pk"),
            "now": timezone.now(),
        },
    )


@require_safe
@never_cache
@login_required
def cohort_start(request: HttpRequest) -> HttpResponse:
    """Choose the course of a new cohort."""
    if not scope(request.user, Role.ORGANISER):
        raise Http404
    courses = Course.objects.visible_to(request.user).offered().select_related("item", "programme")
    mine = [course for course in courses if can_change_course(request.user, course)]
    return render(request, "catalogue/cohort_start.html", {"courses": mine})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def cohort_new(request: HttpRequest, key: str) -> HttpResponse:
    """A new cohort; its dates are proposed from its first day."""
    course = course_of(request, key)
    first_day = FirstDayForm(request.GET if "first" in request.GET else None)
    first = next_monday(timezone.now().date())
    if first_day.is_bound and first_day.is_valid():
        first = first_day.cleaned_data["first"]
    elif not first_day.is_bound:
        first_day = FirstDayForm(initial={"first": first})
    cohort = Cohort(course=course)
    return _cohort_form(request, cohort, first_day=first_day, proposal=propose(first))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def cohort_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a cohort."""
    return _cohort_form(request, cohort_of(request, pk))


def _cohort_form(request: HttpRequest, cohort: Cohort, *, first_day: Any = None, proposal: Any = None) -> HttpResponse:
    form = CohortForm(request.POST or None, instance=cohort, proposal=proposal)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_cohort(actor=request.user, cohort=form.save(commit=False), windows=form.windows)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The cohort is saved."))
            return redirect("cohort_desk", pk=saved.pk)
    context = {"cohort": cohort, "form": form, "first_day": first_day, "is_new": cohort.pk is None}
    return render(request, "catalogue/cohort_form.html", context)
