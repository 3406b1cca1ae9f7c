"""Cohorts one trains or organises: who is in, and where they stand."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import audit
from core.spreadsheets import table_response
from courses.participants.models import Participant
from courses.participants.slips import Group, slips_page
from courses.participants.trail import saw
from institutions.models import Country, Role
from institutions.roles import holds
from jobs.views import status_of
from modules.assessments.marking import marking_title

from ..forms_completion import MatrixForm
from ..matrix import Matrix
from ..models import Cohort
from ..permissions import can_make_slips, organises
from ..services.snapshots import awaited, work_out_again

PEOPLE_PER_PAGE = 50


@require_safe
@login_required
def cohorts(request: HttpRequest) -> HttpResponse:
    """The cohorts one trains or organises."""
    if not _works_with_cohorts(request):
        raise Http404
    seen = Cohort.objects.visible_to(request.user)
    offered = seen.offered()
    archive = "archive" in request.GET
    rows = (
        (seen.exclude(pk__in=offered.values("pk")) if archive else offered)
        .select_related("course__item")
        .annotate(
            people=Count("enrolments", filter=Q(enrolments__state="active"), distinct=True),
            finished=Count(
                "enrolments",
                filter=Q(enrolments__state="active", enrolments__completed_at__isnull=False),
                distinct=True,
            ),
        )
        .order_by("course__key", "-starts_on", "pk")
    )
    page = Paginator(rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "catalogue/cohorts.html",
        {
            "page_obj": page,
            "archive": archive,
            "archived": 0 if archive else seen.count() - offered.count(),
            "can_plan": holds(request.user, Role.ORGANISER),
            "marking_title": marking_title(request.user),
        },
    )


def _works_with_cohorts(request: HttpRequest) -> bool:
    return holds(request.user, Role.TRAINER, Role.ORGANISER) or Cohort.objects.visible_to(request.user).exists()


def _cohort(request: HttpRequest, pk: int) -> Cohort:
    cohorts = Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme")
    return get_object_or_404(cohorts, pk=pk)


def _matrix(cohort: Cohort, data: Any) -> tuple[Matrix, MatrixForm]:
    matrix = Matrix(cohort)
    countries = Country.objects.filter(pk__in=cohort.enrolments.active().values("country")).distinct()
    choices = sorted(((country.pk, str(country)) for country in countries), key=lambda choice: choice[1])
    form = MatrixForm(data, countries=choices, requirements=matrix.requirements())
    matrix.chosen = form.chosen()
    return matrix, form


@require_safe
@never_cache
@login_required
def cohort_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """People x requirements: who has met what, and why not yet."""
    cohort = _cohort(request, pk)
    matrix, form = _matrix(cohort, request.GET)
    chosen = matrix.chosen
    if request.GET.get("now"):
        work_out_again(actor=request.user, cohort=cohort)
        wanted = request.GET.copy()
        del wanted["now"]
        return redirect(f"{request.path}?{wanted.urlencode()}")
    job = awaited(actor=request.user, cohort=cohort, standings=matrix.standings) if matrix.must_judge else None
    if job:
        context = {"cohort": cohort, "job": job, "status": status_of(job)}
        return render(request, "catalogue/cohort_awaited.html", context)
    page, rows = matrix.page(request.GET.get("page"))
    saw(request.user, [row.enrolment.participant for row in rows], "catalogue.view")
    return render(
        request,
        "catalogue/cohort_progress.html",
        {
            "cohort": cohort,
            "form": form,
            "narrowed": [name for name in ("q", "country", "state", "requirement") if chosen[name]],
            "chosen": chosen,
            "page_obj": page,
            "can_make_slips": can_make_slips(request.user, cohort),
            "rows": rows,
            "as_of": matrix.as_of,
            "headings": matrix.headings,
            "tasks": list(cohort.course.tasks.offered().select_related("course__item")),
            "can_issue": organises(request.user, cohort.course),
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


@require_POST
@never_cache
@login_required
def cohort_export(request: HttpRequest, pk: int) -> StreamingHttpResponse | FileResponse:
    """The matrix as chosen on the page, as CSV or XLSX; who took it out stands in the audit trail."""
    cohort = _cohort(request, pk)
    matrix, _form = _matrix(cohort, request.POST)
    format = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    audit.record(
        actor=request.user,
        action="catalogue.export_progress",
        obj=cohort,
        format=format,
        filter={name: value for name, value in matrix.chosen.items() if value and name != "q"},
    )

    def told(people: list[Participant]) -> None:
        saw(request.user, people, "catalogue.export")

    name = f"{cohort.course.key}-{cohort.pk}-{cohort.today:%Y-%m-%d}"
    return table_response(format, name, cohort.course.key, matrix.head(), matrix.lines(told))
