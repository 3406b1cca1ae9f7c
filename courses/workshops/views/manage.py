"""Those who run workshops: their list, the workshop's desk, its sessions and states."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from core.moments import zone_words

from .. import services
from ..cards import Card, session_cards, status_of
from ..errors import WorkshopError
from ..forms import (
    CancelForm,
    MessageForm,
    SessionForm,
    TrainerForm,
    WorkshopForm,
    organisation_formset,
    organisations_given,
)
from ..models import Session, Workshop
from ..permissions import can_create_workshops, organises, runs_workshops
from ..wording import day_range

PER_PAGE = 30


def running(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hand the view a workshop that the signed-in person trains or organises; any other is 404."""

    @wraps(view)
    @login_required
    def found(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponseBase:
        workshop = get_object_or_404(
            Workshop.objects.visible_to(request.user)
            .select_related("course__item", "country", "programme")
            .prefetch_related("texts")
            .with_people(),
            key=key,
        )
        return view(request, workshop, **kwargs)

    return found


def show_error(form: Any, error: DomainError) -> None:
    """Put what a service said beside the field it is about."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))


def desk(workshop: Workshop, here: str = "") -> dict[str, Any]:
    """Return what every page about one's workshop shows at its head; ``here`` names a page below the desk."""
    crumbs = [
        {"title": _("My workshops"), "url": reverse("workshops_mine")},
        {"title": workshop.title, "url": reverse("workshop_manage", args=[workshop.key])},
    ]
    return {
        "breadcrumbs": [*crumbs, {"title": here, "url": ""}] if here else crumbs,
        "here": here,
        "workshop": workshop,
        "status": status_of(workshop, workshop.taken),  # type: ignore[attr-defined]
        "days": day_range(workshop.starts_on, workshop.ends_on),
        "card": Card(workshop, workshop.people, workshop.taken),  # type: ignore[attr-defined]
    }


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The workshops one trains or organises, what comes next first."""
    if not runs_workshops(request.user):
        raise Http404
    past = request.GET.get("when") == "past"
    today = timezone.now().date()
    over = Q(ends_on__lt=today) | Q(state__in=[Workshop.State.HELD, Workshop.State.CANCELLED])
    rows = (
        Workshop.objects.visible_to(request.user)
        .filter(archived_at__isnull=True)
        .select_related("course", "country")
        .prefetch_related("texts")
        .with_people()
    )
    rows = rows.filter(over).order_by("-starts_on", "pk") if past else rows.exclude(over).order_by("starts_on", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    cards = [Card(row, row.people, row.taken) for row in page.object_list]
    return render(request, "workshops/mine.html", {"cards": cards, "page_obj": page, "past": past})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
def create(request: HttpRequest) -> HttpResponse:
    """Make a workshop."""
    if not can_create_workshops(request.user):
        raise Http404
    form = WorkshopForm(request.POST or None, user=request.user)
    rows = organisation_formset(request.POST or None, None)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            made = services.create_workshop(
                actor=request.user,
                programme=form.cleaned_data["programme"],
                source_language=form.written_in,
                texts=form.by_language(),
                organisations=organisations_given(rows),
                **form.given(),
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The workshop is made. Only those who run it see it until you announce it."))
            return redirect("workshop_manage", key=made.key)
    return render(request, "workshops/create.html", {"form": form, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def edit(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Change a workshop, in every language."""
    form = WorkshopForm(
        request.POST or None, user=request.user, workshop=workshop, initial=WorkshopForm.initial_of(workshop)
    )
    rows = organisation_formset(request.POST or None, workshop)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            services.change_workshop(
                actor=request.user,
                workshop=workshop,
                texts=form.by_language(),
                organisations=organisations_given(rows),
                **form.given(),
            )
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The workshop is changed."))
            return redirect("workshop_manage", key=workshop.key)
    return render(
        request, "workshops/edit.html", {**desk(workshop, _("Change the workshop")), "form": form, "rows": rows}
    )


@require_safe
@running
def manage(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The workshop's desk: where it stands, what to do next, its sessions, people and trainers."""
    sessions = list(
        workshop.sessions.select_related("workshop").annotate(
            recorded=Count("attendance"), present=Count("attendance", filter=~Q(attendance__state="absent"))
        )
    )
    return render(
        request,
        "workshops/manage.html",
        {
            **desk(workshop),
            "sessions": session_cards(sessions, workshop, viewer_zone="", joining=True),
            "zone": zone_words(workshop.time_zone, sessions[0].starts_at if sessions else timezone.now()),
            "trainers": workshop.trainers.select_related("user").order_by("pk"),
            "trainer_form": TrainerForm(),
            "languages_written": len(workshop.texts.all()),
            "can_open": workshop.state in {"proposed", "announced", "closed"} and not workshop.is_over,
            "can_change": workshop.state != Workshop.State.CANCELLED,
            "nominated": workshop.nominations.present().standing().count(),
            "can_issue": organises(request.user, workshop) and workshop.starts_on <= workshop.today,
        },
    )


# --- Sessions ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def session_add(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Add a session."""
    form = SessionForm(request.POST or None, workshop=workshop, initial=_after_the_last(workshop))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_session(actor=request.user, workshop=workshop, **form.given())
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The session is in the programme."))
            return redirect("session_add" if "another" in request.POST else "workshop_manage", key=workshop.key)
    return render(request, "workshops/session.html", {**desk(workshop, _("Add a session")), "form": form})


def _after_the_last(workshop: Workshop) -> dict[str, Any]:
    """Begin where the last session ended: most programmes are typed in order."""
    last = workshop.sessions.order_by("starts_at").last()
    return {"day": last.day, "begins": last.finishes, "place": last.place} if last else {}


def own_session(workshop: Workshop, pk: int) -> Session:
    """Return a session of this workshop. Raises ``Http404``."""
    return get_object_or_404(workshop.sessions.select_related("workshop"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def session_edit(request: HttpRequest, workshop: Workshop, pk: int) -> HttpResponse:
    """Change a session."""
    session = own_session(workshop, pk)
    form = SessionForm(
        request.POST or None, workshop=workshop, session=session, initial=SessionForm.initial_of(session)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_session(actor=request.user, session=session, **form.given())
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The session is changed."))
            return redirect("workshop_manage", key=workshop.key)
    return render(
        request, "workshops/session.html", {**desk(workshop, _("Change the session")), "form": form, "session": session}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@running
def session_delete(request: HttpRequest, workshop: Workshop, pk: int) -> HttpResponse:
    """Take a session out of the programme, after asking once more."""
    session = own_session(workshop, pk)
    if request.method == "POST":
        try:
            services.remove_session(actor=request.user, session=session)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The session is out of the programme."))
        return redirect("workshop_manage", key=workshop.key)
    return render(
        request, "workshops/session_delete.html", {**desk(workshop, _("Remove the session")), "session": session}
    )


# --- States -----------------------------------------------------------------------------------


def _act(request: HttpRequest, workshop: Workshop, act: Callable[..., Any], done: str) -> HttpResponse:
    try:
        act(actor=request.user, workshop=workshop)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("workshop_manage", key=workshop.key)


@require_POST
@running
def announce(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Make a draft public."""
    return _act(request, workshop, services.announce, _("The workshop is public. Registration is not open yet."))


@require_POST
@running
def open_registration(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Open registration."""
    return _act(request, workshop, services.open_registration, _("Registration is open."))


@require_POST
@running
def close_registration(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Close registration."""
    return _act(
        request, workshop, services.close_registration, _("Registration is closed. Everybody keeps their place.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def cancel(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Cancel the workshop, saying why."""
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_workshop(actor=request.user, workshop=workshop, reason=form.cleaned_data["reason"])
        except WorkshopError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The workshop is cancelled. Everybody registered gets a mail."))
            return redirect("workshop_manage", key=workshop.key)
    return render(request, "workshops/cancel.html", {**desk(workshop, _("Cancel the workshop")), "form": form})


# --- Messages and trainers --------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def message(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Write to everybody registered."""
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = services.write_to_registered(actor=request.user, workshop=workshop, **form.cleaned_data)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(
                request,
                ngettext("Your message goes to %(number)d person.", "Your message goes to %(number)d people.", number)
                % {"number": number},
            )
            return redirect("workshop_manage", key=workshop.key)
    return render(
        request, "workshops/message.html", {**desk(workshop, _("Write to everybody registered")), "form": form}
    )


@require_POST
@running
def trainer_add(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Name another trainer."""
    form = TrainerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please type an e-mail address."))
        return redirect("workshop_manage", key=workshop.key)
    try:
        named = services.add_trainer(actor=request.user, workshop=workshop, email=form.cleaned_data["email"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is a trainer of this workshop.") % {"name": named.user})
    return redirect("workshop_manage", key=workshop.key)


@require_POST
@running
def trainer_remove(request: HttpRequest, workshop: Workshop, pk: int) -> HttpResponse:
    """Take a trainer off."""
    trainer = get_object_or_404(workshop.trainers.select_related("user", "workshop"), pk=pk)
    name = str(trainer.user)
    try:
        services.remove_trainer(actor=request.user, trainer=trainer)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("workshop_manage", key=workshop.key)
    messages.success(request, _("%(name)s is no longer a trainer of this workshop.") % {"name": name})
    still = Workshop.objects.visible_to(request.user).filter(pk=workshop.pk).exists()
    return redirect("workshop_manage", key=workshop.key) if still else redirect("workshops_mine")
