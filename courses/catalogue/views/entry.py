"""Ways into a cohort for learners: apply, wait, answer an invitation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from accounts.models import User
from core.errors import DomainError
from core.links import LinkExpired, LinkInvalid
from courses.participants import activation
from courses.participants.decorators import details_needed
from courses.participants.forms import PasswordForm
from courses.participants.models import Participant
from courses.participants.services import create_participant, participant_of

from .. import services
from ..entry_forms import ApplyForm
from ..models import Application, Cohort, CohortInvitation


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
@details_needed
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply for a place, with the course's own questions; where places are full, for the waiting list."""
    cohort = _offered(pk)
    participant = participant_of(request.user)
    assert participant is not None  # details_needed
    if held := cohort.applications.open().filter(participant=participant).first():
        return redirect("application", pk=held.pk)
    waits = cohort.entry == Cohort.Entry.SELF
    questions = [] if waits else list(cohort.course.application_questions.in_use().select_related("course__item"))
    form = ApplyForm(request.POST if request.method == "POST" else None, questions=questions)
    if request.method == "POST" and form.is_valid():
        try:
            application = services.apply(
                actor=request.user,
                participant=participant,
                cohort=cohort,
                answers=form.answers,
                language=get_language() or "",
            )
        except services.AlreadyEnrolled as error:
            messages.info(request, str(error))
            return redirect("learner_home")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("You are on the waiting list.") if waits else _("Your application is on its way.")
            )
            return redirect("application", pk=application.pk)
    context = {"cohort": cohort, "form": form, "participant": participant, "waits": waits}
    return render(request, "catalogue/apply.html", context)


def _offered(pk: int) -> Cohort:
    """Return a cohort that people may ask a place in. Raises ``Http404``: who is only invited is not told of it."""
    cohort = get_object_or_404(Cohort.objects.offered().select_related("course__item"), pk=pk)
    if cohort.entry == Cohort.Entry.INVITATION or not cohort.course.open_enrolment:
        raise Http404
    return cohort


@require_safe
@never_cache
@login_required
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own application: where it stands."""
    return render(request, "catalogue/application.html", {"application": _own(request, pk)})


def _own(request: HttpRequest, pk: int) -> Application:
    rows = Application.objects.visible_to(request.user).filter(participant__user_id=request.user.pk)
    return get_object_or_404(rows.select_related("cohort__course__item", "participant"), pk=pk)


@require_POST
@login_required
def application_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's application back."""
    try:
        services.take_back(actor=request.user, application=_own(request, pk))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your application is taken back."))
    return redirect("application", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer an invitation. No needs no account; yes makes one for the address, or asks its owner to sign in."""
    try:
        found = services.read_invitation(token)
    except LinkExpired:
        return _nothing(request, str(services.InvitationOver()))
    except (LinkInvalid, ValueError, TypeError):
        return _nothing(request, _("The link is not complete. Copy it whole from the mail."))
    except services.InvitationOver as error:
        return _nothing(request, str(error))
    if request.POST.get("answer") == "no":
        services.decline_invitation(invitation=found)
        return render(request, "catalogue/invitation.html", {"invitation": found, "declined": True})
    user: Any = request.user
    if user.is_authenticated:
        if record := _written_down(user, found):
            return _answer_written_down(request, found, record)
        return _answer_signed_in(request, found)
    if activation.address_taken(found.email):
        return render(
            request, "catalogue/invitation.html", {"invitation": found, "sign_in": True, "words": _words(found)}
        )
    return _answer_as_newcomer(request, found)


def _words(found: CohortInvitation) -> str:
    return services.invitation_words(found.cohort, get_language() or found.language)


def _nothing(request: HttpRequest, problem: str) -> HttpResponse:
    return render(request, "catalogue/invitation.html", {"problem": problem}, status=410)


def _written_down(user: Any, found: CohortInvitation) -> Participant | None:
    """Return the record that an organiser wrote down for the account's owner, who has none: it becomes theirs."""
    if participant_of(user) is not None or not activation.owns_address(user, found.email):
        return None
    return activation.record_for(found.email, user.name or found.name)


def _answer_written_down(request: HttpRequest, found: CohortInvitation, record: Participant) -> HttpResponse:
    user: Any = request.user
    context: dict[str, Any] = {"invitation": found, "participant": record, "words": _words(found)}
    if request.method == "POST":
        try:
            with transaction.atomic():
                activation.connect(participant=record, user=user)
                record.refresh_from_db()
                services.accept_invitation(participant=record, invitation=found, language=get_language() or "")
        except DomainError as error:
            context["error"] = str(error)
        else:
            messages.success(request, _("You are enrolled. Please look whether we have your details right."))
            return redirect(_details_first())
    return render(request, "catalogue/invitation.html", context)


def _details_first() -> str:
    """The page for the details, which leads on to the course once they are saved."""
    return f"{reverse('participant_profile')}?{urlencode({'next': reverse('learner_home')})}"


@details_needed
def _answer_signed_in(request: HttpRequest, found: CohortInvitation) -> HttpResponse:
    participant = participant_of(request.user)
    assert participant is not None  # details_needed
    context: dict[str, Any] = {"invitation": found, "participant": participant, "words": _words(found)}
    if not activation.owns_address(request.user, found.email):
        problem = {"problem": str(services.WrongAddress()), "other_account": True}
        return render(request, "catalogue/invitation.html", problem, status=403)
    if request.method == "POST":
        try:
            services.accept_invitation(participant=participant, invitation=found, language=get_language() or "")
        except DomainError as error:
            context["error"] = str(error)
        else:
            messages.success(request, _("You are enrolled. Your first lesson is one step away."))
            return redirect("learner_home")
    return render(request, "catalogue/invitation.html", context)


def _answer_as_newcomer(request: HttpRequest, found: CohortInvitation) -> HttpResponse:
    form = PasswordForm(
        request.POST or None, account=User(email=found.email, name=found.name), name=found.name, asks_name=True
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                name, language = form.cleaned_data["name"], get_language() or found.language
                participant = activation.record_for(found.email, name) or create_participant(
                    actor=None, name=name, email=found.email, language=language
                )
                user = activation.activate(participant=participant, password=form.cleaned_data["password"])
                participant.refresh_from_db()
                services.accept_invitation(participant=participant, invitation=found, language=get_language() or "")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("You are enrolled. Your first lesson is one step away."))
            return perform_login(request, user, email_verification="none", redirect_url=_details_first())
    return render(request, "catalogue/invitation.html", {"invitation": found, "form": form, "words": _words(found)})
