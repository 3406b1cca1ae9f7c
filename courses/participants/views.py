"""Pages on which people say who they are."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept_forms import login_required_keeping_form
from accounts.models import User
from core.errors import DomainError
from core.links import LinkExpired, LinkInvalid

from . import activation, notices, services
from .decorators import details_needed
from .forms import DesignationForm, DetailsForm, PasswordForm
from .models import Consent, FocalPointDesignation, Participant


def safe_next(request: HttpRequest) -> str:
    """Return the address to go on to, if it is one of ours; else an empty string."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else ""


def _after_details(request: HttpRequest) -> str:
    if address := safe_next(request):
        return address
    try:
        return reverse("learner_home")
    except NoReverseMatch:
        return reverse("participant_profile")


@login_required_keeping_form
@require_http_methods(["GET", "HEAD", "POST"])
def participant_profile(request: HttpRequest) -> HttpResponse:
    """One's own details and consents, below what we tell about them."""
    user: Any = request.user
    notice = notices.notice_for(user)
    participant = services.participant_of(user)
    given = (
        list(participant.consents.filter(withdrawn_at__isnull=True).values_list("purpose", flat=True))
        if participant
        else []
    )
    form = DetailsForm(
        request.POST or None,
        instance=participant or Participant(name=user.name),
        initial={"consents": given},
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_details(actor=user, user=user, data=form.details)
            unasked = {purpose for purpose in given if purpose not in Consent.ASKED}  # taken back elsewhere, never here
            services.set_consents(actor=user, participant=saved, purposes={*form.cleaned_data["consents"], *unasked})
            if notice is not None and request.POST.get("notice") == str(notice.version):
                notices.acknowledge(actor=user, notice=notice)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your details are saved."))
            return redirect(_after_details(request))
    return render(
        request,
        "participants/details.html",
        {
            "form": form,
            "next": safe_next(request),
            "is_new": participant is None,
            "notice": notice,
            "notice_text": notice.text_in() if notice else None,
            "designations": participant.designations.select_related("country", "body") if participant else [],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def data_notice(request: HttpRequest) -> HttpResponse:
    """The data notice in force, for everybody; who is signed in says that they have read it."""
    notice = notices.current_notice()
    if notice is None:
        raise Http404
    unseen = notices.notice_for(request.user)
    if request.method == "POST":
        if unseen is not None and request.POST.get("version") == str(unseen.version):
            notices.acknowledge(actor=request.user, notice=unseen)
            messages.success(request, _("Thank you. You find the notice under “My data and privacy” at any time."))
        return redirect(safe_next(request) or "data_notice")
    return render(
        request,
        "participants/notice.html",
        {
            "notice": notice,
            "text": notice.text_in(),
            "unseen": unseen is not None,
            "returning": unseen is not None and unseen.version > 1,
            "next": safe_next(request),
        },
    )


@login_required_keeping_form
@require_http_methods(["GET", "HEAD", "POST"])
@details_needed
def designation_claim(request: HttpRequest) -> HttpResponse:
    """Say that one is focal point; an organiser confirms it."""
    form = DesignationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        participant = services.participant_of(request.user)
        assert participant is not None  # details_needed
        try:
            services.claim_designation(actor=request.user, participant=participant, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. An organiser will check your designation and confirm it."))
            return redirect("participant_profile")
    return render(request, "participants/designation.html", {"form": form})


@require_POST
@login_required
def designation_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a designation that nobody has confirmed yet."""
    own = FocalPointDesignation.objects.visible_to(request.user).filter(participant__user_id=request.user.pk)
    designation = get_object_or_404(own, pk=pk)
    try:
        services.remove_claim(actor=request.user, designation=designation)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The designation was taken back."))
    return redirect("participant_profile")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Follow the link of an activation mail: choose a password, or connect the account one has."""
    context: dict[str, Any] = {}
    try:
        participant = activation.read(token)
        if participant.user_id:
            raise activation.AlreadyActive
    except LinkExpired:
        context["problem"] = _("The link is too old. Ask the organisers for another.")
    except (LinkInvalid, Participant.DoesNotExist, ValueError, TypeError):
        context["problem"] = _(
            "The link is not complete, or your record has changed since. Ask the organisers for another."
        )
    except activation.AlreadyActive as error:
        context["problem"] = str(error)
    if "problem" in context:
        return render(request, "participants/activate.html", context, status=410)
    user: Any = request.user
    if user.is_authenticated or activation.address_taken(participant.email):
        return _connect(request, participant)
    form = PasswordForm(request.POST or None, account=User(email=participant.email, name=participant.name))
    if request.method == "POST" and form.is_valid():
        try:
            user = activation.activate(participant=participant, password=form.cleaned_data["password"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return perform_login(request, user, email_verification="none", redirect_url=_after_details(request))
    return render(request, "participants/activate.html", {"form": form, "participant": participant})


def _connect(request: HttpRequest, participant: Participant) -> HttpResponse:
    """There is an account: its owner, signed in, connects the record. Nobody else is told whose it is."""
    user: Any = request.user
    own = activation.owns_address(user, participant.email)
    if user.is_authenticated and not own:
        return render(request, "participants/activate.html", {"problem": str(activation.OtherAccount())}, status=403)
    if request.method == "POST" and own:
        try:
            activation.connect(participant=participant, user=user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Your account is connected."))
            return redirect(_after_details(request))
    return render(request, "participants/activate.html", {"participant": participant, "own": own})
