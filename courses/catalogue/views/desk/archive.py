"""Cohorts and courses into the archive, and out of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ... import services
from ...models import Application, Enrolment
from .common import cohort_of, course_of, say


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then put a cohort into the archive; from there, take it out again."""
    cohort = cohort_of(request, pk)
    if request.method == "POST":
        archived = cohort.archived_at is None
        success = _("The cohort is in the archive.") if archived else _("The cohort is out of the archive.")
        say(request, services.archive_cohort, success, cohort=cohort, archived=archived)
        return redirect("cohort_desk", pk=pk)
    return _ask(request, {"cohort": cohort, "course": cohort.course, "thing": cohort}, {"cohort": cohort})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def course_archive(request: HttpRequest, key: str) -> HttpResponse:
    """The same for a course with all its cohorts."""
    course = course_of(request, key)
    if request.method == "POST":
        archived = course.archived_at is None
        success = _("The course is in the archive.") if archived else _("The course is out of the archive.")
        say(request, services.archive_course, success, course=course, archived=archived)
        return redirect("course_entry", key=key)
    return _ask(request, {"course": course, "thing": course}, {"cohort__course": course})


def _ask(request: HttpRequest, context: dict[str, Any], of: dict[str, Any]) -> HttpResponse:
    context["people"] = Enrolment.objects.active().filter(**of).count()
    context["open"] = Application.objects.open().filter(**of).count()
    return render(request, "catalogue/archive.html", context)
