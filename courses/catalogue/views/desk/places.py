"""Places that people have: more time, another cohort."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.permissions import is_own
from courses.participants.trail import saw

from ... import services
from ...entry_forms import ExtendForm, TransferForm
from ...models import Enrolment
from ...permissions import can_change_course


def _enrolment(request: HttpRequest, pk: int) -> Enrolment:
    found = get_object_or_404(
        Enrolment.objects.visible_to(request.user)
        .active()
        .select_related("participant__user", "cohort__course__item", "cohort__course__programme"),
        pk=pk,
    )
    if not can_change_course(request.user, found.cohort.course) or is_own(request.user, found.participant):
        raise Http404
    saw(request.user, [found.participant], "catalogue.view")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def enrolment_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a last day of their own."""
    enrolment = _enrolment(request, pk)
    form = ExtendForm(request.POST or None, initial={"until": enrolment.deadline})
    if request.method == "POST" and form.is_valid():
        try:
            services.extend(actor=request.user, enrolment=enrolment, **form.cleaned_data)
        except DomainError as error:
            form.add_error("until", str(error))
        else:
            messages.success(request, _("The last day is kept."))
            return redirect("cohort_desk", pk=enrolment.cohort_id)
    context = {
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "form": form,
        "title": _("Extend the time of one person"),
        "button": _("Keep"),
    }
    return render(request, "catalogue/enrolment_act.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def enrolment_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Move somebody to another cohort of the course."""
    enrolment = _enrolment(request, pk)
    form = TransferForm(request.POST or None, enrolment=enrolment)
    if request.method == "POST" and form.is_valid():
        try:
            services.transfer(actor=request.user, enrolment=enrolment, **form.cleaned_data)
        except DomainError as error:
            form.add_error("cohort", str(error))
        else:
            messages.success(request, _("%(name)s has moved.") % {"name": enrolment.participant.name})
            return redirect("cohort_desk", pk=enrolment.cohort_id)
    context = {
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "form": form,
        "title": _("Move to another cohort"),
        "button": _("Move"),
        "lead": _("What the person has earned goes along. A mail tells them."),
        "empty": not form.fields["cohort"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "catalogue/enrolment_act.html", context)
