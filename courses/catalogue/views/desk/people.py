"""Who comes in: applications, invitations, and people enrolled on their behalf."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.activation import invite as send_activation
from courses.participants.forms import RecordForm
from courses.participants.models import Participant
from courses.participants.permissions import is_own
from courses.participants.services import create_participant
from courses.participants.trail import saw

from ... import services
from ...entry_forms import InvitationWordsForm, InviteForm, PersonSearchForm, ReasonForm
from ...models import Application, Cohort, CohortInvitation
from ...permissions import can_change_course
from .common import cohort_of, say

FOUND = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def cohort_application(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody wrote, and the decision."""
    found = get_object_or_404(
        Application.objects.visible_to(request.user).select_related(
            "cohort__course__item", "cohort__course__programme", "participant__country", "participant__user"
        ),
        pk=pk,
    )
    if not can_change_course(request.user, found.cohort.course):
        raise Http404
    form = ReasonForm(request.POST or None, initial={"reason": found.reason})
    if request.method == "POST" and form.is_valid():
        acts: dict[str, tuple[Any, dict[str, Any], str]] = {
            "accept": (services.accept, {}, _("%(name)s has a place.")),
            "wait": (services.put_on_waiting_list, form.cleaned_data, _("%(name)s is on the waiting list.")),
            "decline": (services.decline, form.cleaned_data, _("%(name)s was told of your decision.")),
        }
        act, answers, success = acts.get(request.POST.get("decision", ""), acts["wait"])
        try:
            act(actor=request.user, application=found, **answers)
        except services.CohortFull:
            form.add_error(None, _("All places are taken. Put the person on the waiting list, or add places."))
        except services.AnswerMissing as error:
            form.add_error("reason", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, success % {"name": found.participant.name})
            return redirect("cohort_desk", pk=found.cohort_id)
    saw(request.user, [found.participant], "catalogue.view")
    context = {
        "application": found,
        "cohort": found.cohort,
        "form": form,
        "free": services.free_places(found.cohort),
        "own": is_own(request.user, found.participant),
    }
    return render(request, "catalogue/cohort_application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite an address."""
    cohort = cohort_of(request, pk)
    form = InviteForm(request.POST or None, initial={"language": cohort.language} if cohort.language else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(actor=request.user, cohort=cohort, **form.cleaned_data)
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % form.cleaned_data)
            return redirect("cohort_desk", pk=pk)
    return render(request, "catalogue/cohort_invite.html", {"cohort": cohort, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def cohort_invitation_words(request: HttpRequest, pk: int) -> HttpResponse:
    """What the organisers add to the invitations, in each language."""
    cohort = cohort_of(request, pk)
    form = InvitationWordsForm(request.POST if request.method == "POST" else None, cohort=cohort)
    if request.method == "POST" and form.is_valid():
        said = _("The words are kept for the invitations to come.")
        if say(request, services.keep_invitation_words, said, cohort=cohort, texts=form.cleaned_data):
            return redirect("cohort_invite", pk=pk)
    return render(request, "catalogue/cohort_invitation_words.html", {"cohort": cohort, "form": form})


@require_POST
@login_required
def cohort_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, or take it back."""
    found = get_object_or_404(CohortInvitation.objects.visible_to(request.user), pk=pk)
    if request.POST.get("act") == "cancel":
        say(request, services.cancel_invitation, _("The invitation is taken back."), invitation=found)
    else:
        say(request, services.send_again, _("The invitation is on its way once more."), invitation=found)
    return redirect("cohort_desk", pk=found.cohort_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def cohort_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enrol somebody on their behalf: found among the people one sees, or written down now."""
    cohort = cohort_of(request, pk)
    search = PersonSearchForm(request.GET)
    query = search.cleaned_data["q"].strip() if search.is_valid() else ""
    seen = Participant.objects.visible_to(request.user).present()
    form = RecordForm(request.POST if "name" in request.POST else None)
    if request.method == "POST" and "person" in request.POST:
        chosen = request.POST["person"]
        person = get_object_or_404(seen, pk=chosen if chosen.isdecimal() else None)
        if say(
            request,
            services.enrol_for,
            _("%(name)s is enrolled.") % {"name": person.name},
            participant=person,
            cohort=cohort,
        ):
            return redirect("cohort_desk", pk=pk)
    elif form.is_bound and form.is_valid() and _write_down(request, cohort, form):
        return redirect("cohort_desk", pk=pk)
    people = []
    if query:
        match = Q(name__icontains=query) | Q(name_latin__icontains=query) | Q(email__iexact=query)
        people = list(seen.filter(match | Q(user__email__iexact=query)).select_related("country", "user")[:FOUND])
    saw(request.user, people, "catalogue.view")
    inside = set(cohort.enrolments.active().filter(participant__in=people).values_list("participant", flat=True))
    context = {
        "cohort": cohort,
        "search": search,
        "query": query,
        "people": [{"person": person, "inside": person.pk in inside} for person in people],
        "form": form,
    }
    return render(request, "catalogue/cohort_add.html", context)


def _write_down(request: HttpRequest, cohort: Cohort, form: RecordForm) -> bool:
    """Write somebody down and enrol them, both or neither; with an address they get the activation mail."""
    try:
        with transaction.atomic():
            person = create_participant(actor=request.user, **form.details)
            services.enrol_for(actor=request.user, participant=person, cohort=cohort)
            if person.email:
                send_activation(participant=person, key=f"cohort-{cohort.pk}", place=str(cohort.course))
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("%(name)s is enrolled.") % {"name": person.name})
    return True
