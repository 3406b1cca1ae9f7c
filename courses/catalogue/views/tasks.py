"""Practical skills and assignments: set for a course, judged for a cohort."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.addresses import own_addresses
from courses.participants.permissions import is_own
from courses.participants.trail import saw

from .. import services
from ..forms_completion import JudgementForm, TaskForm
from ..models import Cohort, Course, Enrolment, PracticalTask, TaskResult
from ..permissions import can_change_course
from ..services import Standings

PEOPLE_PER_PAGE = 50
NAMED = re.compile(r"p([0-9]{1,18})-verdict")


def _course(request: HttpRequest, key: str) -> Course:
    return get_object_or_404(Course.objects.visible_to(request.user).select_related("item", "programme"), key=key)


@require_safe
@never_cache
@login_required
def course_tasks(request: HttpRequest, key: str) -> HttpResponse:
    """The skills and assignments of a course."""
    course = _course(request, key)
    tasks = course.tasks.select_related("course__item").annotate(
        shown=Count("results", filter=Q(results__met=True)), judged=Count("results")
    )
    asked = {leaf.key for leaf in Standings(course).rule.leaves}
    return render(
        request,
        "catalogue/tasks.html",
        {
            "course": course,
            "tasks": [{"task": task, "asked": (task.kind, str(task.pk)) in asked} for task in tasks],
            "cohorts": Cohort.objects.visible_to(request.user).filter(course=course, archived_at__isnull=True),
            "can_change": can_change_course(request.user, course),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def course_task(request: HttpRequest, key: str, pk: int | None = None) -> HttpResponse:
    """Set a skill or an assignment, or change one."""
    course = _course(request, key)
    if not can_change_course(request.user, course):
        raise Http404
    task = get_object_or_404(course.tasks.select_related("course__item"), pk=pk) if pk else None
    form = TaskForm(request.POST or None, course=course, task=task)
    if request.method == "POST" and form.is_valid():
        services.save_task(
            actor=request.user,
            course=course,
            task=task,
            kind=form.cleaned_data["kind"],
            titles=form.texts("title"),
            criteria=form.texts("criteria"),
        )
        messages.success(request, _("Saved. A rule can ask for it."))
        return redirect("course_tasks", course.key)
    return render(request, "catalogue/task.html", {"course": course, "task": task, "form": form})


@require_POST
@login_required
def course_task_archive(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take a task out of use, or back."""
    course = _course(request, key)
    if not can_change_course(request.user, course):
        raise Http404
    task = get_object_or_404(course.tasks.select_related("course__item"), pk=pk)
    try:
        services.archive_task(actor=request.user, task=task, archived=task.archived_at is None)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Out of use. What was judged stays.") if task.archived_at else _("In use again."))
    return redirect("course_tasks", course.key)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def cohort_task(request: HttpRequest, pk: int, task_pk: int) -> HttpResponse:
    """Judge a task for the people of a cohort.

    What was on the screen travels along, so that only changes are written; and whom the form names is judged, not
    who stands on this page by now: somebody who came in meanwhile has moved the others on.
    """
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme"), pk=pk
    )
    task = get_object_or_404(PracticalTask.objects.visible_to(request.user), pk=task_pk, course=cohort.course_id)
    people = cohort.enrolments.active().select_related("participant", "country").order_by("participant__name", "pk")
    page = Paginator(people, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    named = {int(found[1]) for key in request.POST if (found := NAMED.fullmatch(key))}
    shown = list(people.filter(participant__in=named) if named else page.object_list)
    rows = _judged(request, task, shown)
    if request.method == "POST":
        if len(shown) < len(named):
            messages.warning(request, _("Somebody has left the cohort meanwhile. Nothing is written down about them."))
        if _save_judgements(request, cohort, task, rows):
            return redirect(f"{reverse('cohort_task', args=[cohort.pk, task.pk])}?page={page.number}")
    saw(request.user, [each.participant for each in shown], "catalogue.view")
    return render(
        request,
        "catalogue/cohort_task.html",
        {"cohort": cohort, "course": cohort.course, "task": task, "page_obj": page, "rows": rows},
    )


def _judged(request: HttpRequest, task: PracticalTask, people: list[Enrolment]) -> list[dict[str, Any]]:
    """The people with what was judged of them and the form to judge; nobody gets one for themselves."""
    results = TaskResult.objects.filter(task=task, participant__in=[each.participant_id for each in people])
    held = {result.participant_id: result for result in results.select_related("judged_by")}
    proved = own_addresses(request.user)
    rows = []
    for each in people:
        form, result = None, held.get(each.participant_id)
        if not is_own(request.user, each.participant, proved):
            form = JudgementForm(
                request.POST or None,
                prefix=f"p{each.participant_id}",
                task=task,
                name=each.participant.name,
                result=result,
            )
        rows.append({"enrolment": each, "result": result, "form": form})
    return rows


def _save_judgements(request: HttpRequest, cohort: Cohort, task: PracticalTask, rows: list[dict[str, Any]]) -> bool:
    """Write down what was changed; returns whether nothing is left to be put right."""
    changed = {
        row["enrolment"].participant_id: row["form"] for row in rows if row["form"] and row["form"].has_changed()
    }
    if not all(form.is_valid() for form in changed.values()):
        messages.error(request, _("Nothing is saved yet: please look at the marked places."))
        return False
    judgements = {person: form.judgement for person, form in changed.items()}
    if not judgements:
        messages.info(request, _("Nothing has changed."))
        return True
    try:
        services.record_results(actor=request.user, cohort=cohort, task=task, judgements=judgements)
    except DomainError as error:
        messages.error(request, str(error))
        return False
    messages.success(
        request,
        ngettext("%(number)d change saved.", "%(number)d changes saved.", len(judgements))
        % {"number": len(judgements)},
    )
    return True
