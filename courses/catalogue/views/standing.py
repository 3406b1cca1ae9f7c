"""Why not yet: where one person stands, for themselves and for those who teach them; and what organisers let count."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.trail import saw

from .. import services
from ..forms_completion import ReasonForm, WaiverForm
from ..models import Course, Enrolment, RequirementWaiver
from ..permissions import can_see_progress, can_waive
from ..steps import blocks_of, next_step


def _enrolment(request: HttpRequest, pk: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(request.user).select_related(
        "participant__user", "country", "cohort__course__item", "cohort__course__programme"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
@never_cache
@login_required
def enrolment_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """What is met, what is open and why, and what to do next."""
    enrolment = _enrolment(request, pk)
    completion = services.refresh_completion(enrolment.cohort.course, [enrolment])[enrolment.pk]
    own = enrolment.participant.user_id == request.user.pk
    saw(request.user, [enrolment.participant], "catalogue.view")
    return render(
        request,
        "catalogue/standing.html",
        {
            "enrolment": enrolment,
            "course": enrolment.cohort.course,
            "completion": completion,
            "blocks": blocks_of(completion),
            "next": next_step(completion),
            "own": own,
            "may_return": own
            and enrolment.state == Enrolment.State.WITHDRAWN
            and Course.objects.offered().filter(pk=enrolment.cohort.course_id).exists(),
            "staff": can_see_progress(request.user, enrolment.cohort),
            "may_waive": can_waive(request.user, enrolment),
            "waivers": list(enrolment.waivers.in_force()),
            "taken_back": list(enrolment.waivers.filter(ended_at__isnull=False).order_by("-ended_at", "pk")),
            "results": list(
                enrolment.participant.task_results.filter(task__course=enrolment.cohort.course)
                .exclude(note="")
                .select_related("task__course__item", "judged_by")
            ),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def enrolment_waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a requirement count as met: waived, or recognised."""
    enrolment = _enrolment(request, pk)
    if not can_waive(request.user, enrolment):
        raise Http404
    completion = services.completion_of(enrolment.cohort.course, [enrolment])[enrolment.pk]
    form = WaiverForm(request.POST or None, completion=completion)
    if request.method == "POST" and form.is_valid():
        kind, ref = form.chosen
        try:
            services.grant_waiver(
                actor=request.user,
                enrolment=enrolment,
                kind=kind,
                ref=ref,
                **{name: form.cleaned_data[name] for name in ("basis", "reason", "issuer", "evidence")},
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The requirement counts as met."))
            return redirect("enrolment_standing", enrolment.pk)
    nothing = not any(not requirement.met for requirement in completion.requirements)
    saw(request.user, [enrolment.participant], "catalogue.view")
    return render(request, "catalogue/waive.html", {"enrolment": enrolment, "form": form, "nothing": nothing})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def waiver_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a waiver back, with a reason."""
    rows = RequirementWaiver.objects.visible_to(request.user).select_related(
        "enrolment__participant", "enrolment__cohort__course"
    )
    waiver = get_object_or_404(rows, pk=pk)
    if not can_waive(request.user, waiver.enrolment):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_waiver(actor=request.user, waiver=waiver, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("It no longer counts. The record stays, with your reason."))
        return redirect("enrolment_standing", waiver.enrolment_id)
    saw(request.user, [waiver.enrolment.participant], "catalogue.view")
    return render(request, "catalogue/waiver_end.html", {"waiver": waiver, "form": form})
