"""What everybody sees: the list, a workshop, its calendar file; registering."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from core.languages import direction
from core.links import LinkExpired, LinkInvalid, read_token
from core.moments import city_of, zone_words
from core.routing import page_url
from core.wording import language_names
from courses.catalogue.models import Course, CoursePage
from courses.catalogue.prerequisites import Asked, sentence
from courses.participants.decorators import details_needed, remember_wish
from courses.participants.models import Participant
from courses.participants.services import participant_of
from institutions.models import ActivityRole

from .. import search, services
from ..calendars import CONTENT_TYPE, calendar_of
from ..cards import Card, foreign_language, session_cards, status_of
from ..errors import AlreadyRegistered
from ..forms import FilterForm
from ..models import Mode, Nomination, Registration, Workshop
from ..permissions import can_create_workshops, can_manage, nominating_countries
from ..prerequisites import asked_before
from ..services.messages import CALENDAR_LINK, place_of
from ..services.nomination_mails import nomination_token
from ..services.own_way import nomination_of, way_of
from ..services.registrations import require_open
from ..wording import day_range

PER_PAGE = 20
WANTED_WORKSHOP = "wanted_workshop"
CALENDAR_LINK_AGE = timedelta(days=400)


@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """Coming workshops, or past ones, by facets. A constant number of queries."""
    form = FilterForm(request.GET)
    when, facets, course_key = form.chosen()
    course = Course.objects.select_related("item").filter(key=course_key).first() if course_key else None
    found = search.find(when=when, facets=facets, course=course.key if course else "")
    page = Paginator(found.ids, PER_PAGE).get_page(request.GET.get("page"))
    rows = (
        Workshop.objects.filter(pk__in=list(page.object_list))
        .select_related("course", "country")
        .prefetch_related("texts")
        .with_people()
    )
    by_id = {row.pk: Card(row, row.people, row.taken) for row in rows}
    form.initial["when"] = when
    return render(
        request,
        "workshops/workshops.html",
        {
            "form": form,
            "facets": [form[name] for name in search.FACETS],
            "when": when,
            "past": when == search.PAST,
            "course": course,
            "chosen": sum(len(values) for values in facets.values()) + bool(course),
            "cards": [by_id[pk] for pk in page.object_list if pk in by_id],
            "page_obj": page,
            "others": found.others,
            "can_create": can_create_workshops(request.user),
        },
    )


def readable(request: HttpRequest) -> Any:
    """Workshops the reader may open: public ones and, as a preview, those they run."""
    own = Workshop.objects.visible_to(request.user).values("pk") if request.user.is_authenticated else []
    return Workshop.objects.filter(Q(pk__in=Workshop.objects.public().values("pk")) | Q(pk__in=own))


def _own_registration(request: HttpRequest, workshop: Workshop) -> Registration | None:
    if not request.user.is_authenticated:
        return None
    return workshop.registrations.active().filter(participant__user=request.user).select_related("participant").first()


@require_safe
def workshop(request: HttpRequest, key: str) -> HttpResponse:
    """One workshop: facts, programme, who stands behind it, and whether one may register."""
    shown = get_object_or_404(
        readable(request)
        .select_related("course__item", "country", "programme")
        .prefetch_related("texts", "sessions__workshop", "organisations__organisation")
        .with_people(),
        key=key,
    )
    registration = _own_registration(request, shown)
    participant = participant_of(request.user)
    before = asked_before(shown, participant)
    manages = request.user.is_authenticated and can_manage(request.user, shown)
    viewer_zone = request.user.time_zone if request.user.is_authenticated else ""
    text = shown.text_in()
    language = text.language if text else shown.source_language
    roles: dict[str, list[Any]] = {}
    for row in shown.organisations.all():
        roles.setdefault(row.role, []).append(row.organisation)
    return render(
        request,
        "workshops/workshop.html",
        {
            "workshop": shown,
            "title": shown.title,
            "summary": text.summary if text else "",
            "text_language": language if foreign_language(shown) else "",
            "text_direction": direction(language),
            "status": status_of(shown, shown.taken),
            "days": day_range(shown.starts_on, shown.ends_on),
            "place": place_of(shown),
            "facts": _facts(shown),
            "sessions": session_cards(
                list(shown.sessions.all()),
                shown,
                viewer_zone=viewer_zone,
                joining=registration is not None or manages,
            ),
            "own_times": not viewer_zone,
            "roles": [
                {"label": _role_words(role, len(roles[role])), "organisations": roles[role]}
                for role in ActivityRole.values
                if role in roles
            ],
            "registration": registration,
            "nominated": _nominated(shown, participant) if registration is None else None,
            "reason_closed": _reason_closed(shown),
            "before": before,
            "lacking": _lacking(before),
            "left": None if shown.capacity is None else max(0, shown.capacity - shown.taken),
            "manages": manages,
            "nominates": shown.asks_for_nominations and bool(nominating_countries(request.user, shown)),
            "description": text.summary[:200] if text else "",
        },
    )


def _role_words(role: str, number: int) -> str:
    words = {
        ActivityRole.ORGANISER: (_("Organised by"), _("Organised by")),
        ActivityRole.HOST: (_("Hosted by"), _("Hosted by")),
        ActivityRole.FUNDER: (_("Funded by"), _("Funded by")),
        ActivityRole.PARTNER: (_("Partner"), _("Partners")),
    }
    return words[ActivityRole(role)][number > 1]


def _facts(shown: Workshop) -> list[dict[str, Any]]:
    """The facts beside the text."""
    course_url = ""
    if shown.course is not None:
        pages = {
            page.locale.language_code: page
            for page in CoursePage.objects.live().filter(course=shown.course).select_related("locale")
        }
        page = pages.get(get_language() or "en") or pages.get("en") or next(iter(pages.values()), None)
        course_url = page_url(page) if page else ""
    first = next(iter(shown.sessions.all()), None)
    ended = shown.is_over or shown.state == Workshop.State.CANCELLED
    return [
        {"term": _("Dates"), "value": day_range(shown.starts_on, shown.ends_on)},
        {
            "term": _("Time zone"),
            "value": zone_words(shown.time_zone, first.starts_at)
            if first
            else _("%(city)s time") % {"city": city_of(shown.time_zone, get_language() or "en")},
        },
        {"term": pgettext("way of taking part", "How"), "value": shown.get_mode_display()},
        {"term": pgettext("venue", "Place"), "value": "" if shown.mode == Mode.ONLINE else place_of(shown)},
        {"term": _("Working languages"), "value": language_names(shown.languages)},
        {"term": _("For the region"), "value": shown.get_region_display() if shown.region else ""},
        {"term": _("Places"), "value": "" if ended else shown.capacity},
        {
            "term": _("Last day to register"),
            "value": "" if ended else day_range(shown.last_day_to_register, shown.last_day_to_register),
        },
        {
            "term": _("Nominations by focal points"),
            "value": _("until %(date)s") % {"date": date_format(shown.nominations_close_on)}
            if shown.takes_nominations and shown.nominations_close_on
            else "",
        },
        {"term": _("Hours credited"), "value": f"{float(shown.hours):g}" if shown.hours else ""},
        {"term": _("Part of the course"), "value": str(shown.course) if shown.course else "", "url": course_url},
    ]


def _reason_closed(shown: Workshop) -> str:
    """Why nobody can register now, in words; empty while registration is open and there are places."""
    try:
        require_open(shown)
    except DomainError as error:
        return str(error)
    if shown.capacity is not None and shown.taken >= shown.capacity:  # type: ignore[attr-defined]
        return _("All places are taken. A place becomes free when somebody cancels; look again later.")
    return ""


def _lacking(before: list[Asked]) -> str:
    """What the person still has to complete first, in words; empty for somebody of whom nothing is known."""
    missing = [asked for asked in before if asked.met is False]
    return sentence(missing) if missing else ""


def _nominated(shown: Workshop, participant: Participant | None) -> dict[str, str] | None:
    """What the signed-in person reads of a nomination of theirs, and nobody else; with the way to answer, if any."""
    nomination = nomination_of(shown, participant)
    if nomination is None:
        return None
    if nomination.state != Nomination.State.SELECTED:
        return {"title": _("You are nominated for this workshop"), "text": way_of(nomination), "url": ""}
    address = reverse("nomination_answer", args=[nomination_token(nomination)])
    return {"title": _("You are selected for this workshop"), "text": way_of(nomination), "url": address}


@require_http_methods(["GET", "HEAD", "POST"])
@remember_wish(WANTED_WORKSHOP)
@login_required
@details_needed
def register(request: HttpRequest, key: str) -> HttpResponse:
    """Look once more at what will be recorded, and register."""
    shown = get_object_or_404(
        readable(request).select_related("country").prefetch_related("texts").with_people(), key=key
    )
    request.session.pop(WANTED_WORKSHOP, None)
    participant = participant_of(request.user)
    assert participant is not None  # details_needed
    if request.method == "POST":
        try:
            services.register(
                actor=request.user, participant=participant, workshop=shown, language=get_language() or ""
            )
        except AlreadyRegistered as error:
            messages.info(request, str(error))
            return redirect("workshop", key=key)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("workshop", key=key)
        messages.success(request, _("You are registered. A mail with your calendar link is on its way."))
        return redirect("workshop", key=key)
    if _own_registration(request, shown) is not None:
        messages.info(request, _("You are already registered."))
        return redirect("workshop", key=key)
    before = asked_before(shown, participant)
    return render(
        request,
        "workshops/register.html",
        {
            "card": Card(shown, shown.people, shown.taken),
            "participant": participant,
            "nominated": _nominated(shown, participant),
            "before": before,
            "reason_closed": _reason_closed(shown),
            "lacking": _lacking(before),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def unregister(request: HttpRequest, key: str) -> HttpResponse:
    """Give one's place back, after asking once more."""
    shown = get_object_or_404(
        readable(request).select_related("country").prefetch_related("texts").with_people(), key=key
    )
    registration = _own_registration(request, shown)
    if registration is None:
        raise Http404
    if request.method == "POST":
        try:
            services.cancel_registration(actor=request.user, registration=registration, language=get_language() or "")
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Your registration is cancelled and your place is free for somebody else."))
        return redirect("workshop", key=key)
    return render(request, "workshops/unregister.html", {"card": Card(shown, shown.people, shown.taken)})


@require_safe
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """The calendar file of a workshop one may open; with joining links for those who take part or run it."""
    shown = get_object_or_404(_for_calendar(readable(request)), key=key)
    joining = _own_registration(request, shown) is not None or (
        request.user.is_authenticated and can_manage(request.user, shown)
    )
    return _file(shown, joining=joining)


@require_safe
def personal_calendar(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """The calendar file by the signed link in a mail: no sign-in, with joining links while registered."""
    try:
        pk = read_token(CALENDAR_LINK, token, max_age=CALENDAR_LINK_AGE)
    except (LinkExpired, LinkInvalid) as error:
        raise Http404 from error
    registration = get_object_or_404(Registration.objects.filter(workshop__key=key), pk=pk)
    shown = _for_calendar(Workshop.objects.filter(archived_at__isnull=True)).get(pk=registration.workshop_id)
    return _file(shown, joining=registration.state == Registration.State.REGISTERED)


def _for_calendar(rows: Any) -> Any:
    return rows.select_related("country").prefetch_related("texts", "sessions__workshop")


def _file(shown: Workshop, *, joining: bool) -> HttpResponse:
    response = HttpResponse(calendar_of(shown, joining=joining), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{shown.key}.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response
