"""The catalogue, enrolling and leaving."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from courses.participants.decorators import details_needed, remember_wish
from courses.participants.services import participant_of
from courses.participants.trail import saw

from .. import search, services
from ..forms import CatalogueForm, EnrolForm
from ..models import Cohort, Course, Enrolment
from ..permissions import can_withdraw
from ..prerequisites import asked_of

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
    form, full = EnrolForm(request.POST or None, course=course), None
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["cohort"].entry == Cohort.Entry.APPLICATION:
            return redirect("cohort_apply", pk=form.cleaned_data["cohort"].pk)
        cohort = form.cleaned_data["cohort"]
        again = participant.enrolments.filter(cohort__course=course).exists()
        try:
            services.enrol(
                actor=request.user,
                participant=participant,
                cohort=cohort,
                language=get_language() or "",
            )
        except services.AlreadyEnrolled as error:
            messages.info(request, str(error))
            return redirect("learner_home")
        except services.CohortFull as error:
            form.add_error("cohort", str(error))
            full = form.data["cohort"]
        except DomainError as error:
            form.add_error("cohort", str(error))
        else:
            messages.success(
                request,
                _("You are enrolled again. What you have done before still counts.")
                if again
                else _("You are enrolled. Your first lesson is one step away."),
            )
            return redirect("learner_home")
    return render(
        request,
        "catalogue/enrol.html",
        {
            "form": form,
            "course": course,
            "card": card,
            "participant": participant,
            "full": full,
            "before": [asked for asked in asked_of(course, participant) if asked.module_id is None],
        },
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
    own = enrolment.participant.user_id == request.user.pk
    if request.method == "POST":
        try:
            services.withdraw(actor=request.user, enrolment=enrolment)
        except DomainError as error:
            messages.info(request, str(error))
        else:
            messages.success(
                request,
                _("You have left the course. What you finished stays yours.")
                if own
                else _("%(name)s is no longer enrolled. What was earned stays.") % {"name": enrolment.participant.name},
            )
        return redirect("learner_home") if own else redirect("cohort_desk", pk=enrolment.cohort_id)
    saw(request.user, [enrolment.participant], "catalogue.view")
    return render(request, "catalogue/withdraw.html", {"enrolment": enrolment, "own": own})
