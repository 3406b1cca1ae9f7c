"""The catalogue, enrolling, and where people stand."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from courses.participants.decorators import details_needed, remember_wish
from courses.participants.services import participant_of
from institutions.models import Role
from institutions.roles import holds, is_organiser

from . import search, services
from .forms import CatalogueForm, EnrolForm
from .models import Cohort, Course, Enrolment
from .permissions import can_withdraw

PEOPLE_PER_PAGE = 50
WANTED_COURSE = "wanted_course"


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every course, by text and facets."""
    form = CatalogueForm(request.GET)
    text, facets = form.chosen()
    language = get_language() or "en"
    found = search.find(language=language, text=text, facets=facets)
    return render(
        request,
        "catalogue/catalogue.html",
        {
            "form": form,
            "text": text,
            "chosen": sum(len(values) for values in facets.values()),
            "courses": found,
            "lessons": search.lessons(text, language),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@remember_wish(WANTED_COURSE)
@login_required
@details_needed
def enrol(request: HttpRequest, key: str) -> HttpResponse:
    """Choose a cohort and enrol."""
    course = get_object_or_404(Course.objects.offered().select_related("item"), key=key)
    card = next((card for card in search.courses(get_language() or "en") if card.course.pk == course.pk), None)
    if card is None:
        raise Http404
    request.session.pop(WANTED_COURSE, None)
    participant = participant_of(request.user)
    assert participant is not None  # details_needed
    form = EnrolForm(request.POST or None, course=course)
    if request.method == "POST" and form.is_valid():
        try:
            services.enrol(
                actor=request.user,
                participant=participant,
                cohort=form.cleaned_data["cohort"],
                language=get_language() or "",
            )
        except services.AlreadyEnrolled as error:
            messages.info(request, str(error))
            return redirect("learner_home")
        except DomainError as error:
            form.add_error("cohort", str(error))
        else:
            messages.success(request, _("You are enrolled. Your first lesson is one step away."))
            return redirect("learner_home")
    return render(
        request, "catalogue/enrol.html", {"form": form, "course": course, "card": card, "participant": participant}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a course, after asking once more."""
    enrolment = get_object_or_404(
        Enrolment.objects.visible_to(request.user).select_related("cohort__course__item", "participant"), pk=pk
    )
    if not can_withdraw(request.user, enrolment):
        raise Http404
    if request.method == "POST":
        try:
            services.withdraw(actor=request.user, enrolment=enrolment)
        except DomainError as error:
            messages.info(request, str(error))
        else:
            messages.success(request, _("You have left the course. What you finished stays yours."))
        return redirect("learner_home")
    return render(request, "catalogue/withdraw.html", {"enrolment": enrolment})


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
    headings = people[0]["completion"].requirements if people else []  # type: ignore[attr-defined]
    return render(
        request,
        "catalogue/cohort_progress.html",
        {
            "cohort": cohort,
            "page_obj": page,
            "people": people,
            "headings": headings,
            "can_issue": is_organiser(request.user, cohort.course.programme_id),
        },
    )
