"""Recording who was there: everybody by every session, or one session on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.addresses import own_addresses
from courses.participants.permissions import is_own
from courses.participants.trail import saw

from .. import services
from ..facts import of_minutes
from ..models import Attendance, Session, Workshop
from ..sheets import Cell, Row, Sheet, named, value_of
from .manage import desk, running

FIELDS = 800  # in one form; Django refuses a form of more than a thousand
MOST, FEWEST = 50, 5


def _people(workshop: Workshop) -> Any:
    """Everybody registered, and who was there although the registration was cancelled."""
    there = Attendance.objects.filter(session__workshop=workshop).values("participant")
    return _in_order(workshop.registrations.filter(Q(state="registered") | Q(participant__in=there)))


def _in_order(registrations: Any) -> Any:
    return registrations.select_related("participant", "country").order_by("participant__name", "pk")


def _page(request: HttpRequest, workshop: Workshop, columns: int) -> Page:
    per_page = max(FEWEST, min(MOST, FIELDS // max(1, columns)))
    return Paginator(_people(workshop), per_page).get_page(request.GET.get("page"))


def _shown(request: HttpRequest, workshop: Workshop, page: Page) -> list[Any]:
    """The people of the page; of a form that was sent, those whom it names.

    Somebody registered at the door meanwhile has moved the others on, and who has cancelled is still on the paper.
    """
    people = named(request.POST)
    return list(_in_order(workshop.registrations.filter(participant__in=people)) if people else page.object_list)


def _sheet(
    user: Any, workshop: Workshop, sessions: Sequence[Session], registrations: Sequence[Any], every: Iterable[Session]
) -> Sheet:
    """Return the sheet of some sessions; what somebody attended is counted of ``every`` session of the workshop."""
    ids = [registration.participant_id for registration in registrations]
    held = {
        (row.session_id, row.participant_id): row
        for row in Attendance.objects.filter(session__workshop=workshop, participant__in=ids)
    }
    offered = sum(session.minutes for session in every)
    attended: dict[int, int] = {}
    for mark in held.values():
        attended[mark.participant_id] = attended.get(mark.participant_id, 0) + mark.minutes
    saw(user, [registration.participant for registration in registrations], "workshops.view")
    today, proved = workshop.today, own_addresses(user)
    rows = []
    for registration in registrations:
        person = registration.participant
        own = is_own(user, person, proved)
        row = Row(
            person,
            str(registration.organisation or registration.country or ""),
            fact=of_minutes(attended.get(person.pk), offered),
        )
        for session in sessions:
            record = held.get((session.pk, person.pk))
            row.cells.append(
                Cell(
                    session,
                    person,
                    value_of(record),
                    minutes=str(record.minutes) if record and record.state == Attendance.State.PARTLY else "",
                    locked=own,
                    future=session.day > today,
                )
            )
        rows.append(row)
    return Sheet(sessions, rows)


def _counts(workshop: Workshop) -> dict[int, Counter[str]]:
    """Return ``{session id: {state: people}}``. One query."""
    counts: dict[int, Counter[str]] = {}
    for session_id, state in Attendance.objects.filter(session__workshop=workshop).values_list("session", "state"):
        counts.setdefault(session_id, Counter())[state] += 1
    return counts


def _columns(workshop: Workshop, sessions: Sequence[Session], people: int) -> list[dict[str, Any]]:
    """Return each session with its counts."""
    counts = _counts(workshop)
    columns = []
    for session in sessions:
        count = counts.get(session.pk, Counter())
        columns.append(
            {
                "session": session,
                "present": count["present"],
                "partly": count["partly"],
                "absent": count["absent"],
                "open": max(0, people - sum(count.values())),
                "future": session.day > workshop.today,
            }
        )
    return columns


def _save(request: HttpRequest, workshop: Workshop, sheet: Sheet) -> bool:
    if not sheet.read(request.POST):
        messages.error(request, _("Nothing is saved yet: please look at the marked places."))
        return False
    try:
        number = services.record_sheet(actor=request.user, workshop=workshop, sheet=sheet.marks)
    except DomainError as error:
        messages.error(request, str(error))
        return False
    if number:
        messages.success(
            request,
            ngettext("Saved: %(number)d mark has changed.", "Saved: %(number)d marks have changed.", number)
            % {"number": number},
        )
    else:
        messages.info(request, _("Nothing has changed."))
    return True


def _next(request: HttpRequest, page: Page, url: str) -> HttpResponse:
    number = page.next_page_number() if "next" in request.POST and page.has_next() else page.number
    return redirect(f"{url}?page={number}" if number > 1 else url)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def attendance(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Everybody by every session. A constant number of queries."""
    sessions = list(workshop.sessions.select_related("workshop"))
    page = _page(request, workshop, len(sessions))
    sheet = _sheet(request.user, workshop, sessions, _shown(request, workshop, page), sessions)
    if request.method == "POST" and _save(request, workshop, sheet):
        return _next(request, page, reverse("attendance", args=[workshop.key]))
    columns = _columns(workshop, sessions, page.paginator.count)
    return render(
        request,
        "workshops/attendance.html",
        {
            **desk(workshop, _("Attendance")),
            "sheet": sheet,
            "columns": columns,
            "page_obj": page,
            "recordable": any(not column["future"] for column in columns),
            "can_change": workshop.state != Workshop.State.CANCELLED,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
@running
def attendance_session(request: HttpRequest, workshop: Workshop, pk: int) -> HttpResponse:
    """The people of one session, with minutes for part of the time: made for a phone at the door."""
    sessions = list(workshop.sessions.select_related("workshop"))
    session = next((one for one in sessions if one.pk == pk), None)
    if session is None:
        raise Http404
    page = _page(request, workshop, 2)
    sheet = _sheet(request.user, workshop, [session], _shown(request, workshop, page), sessions)
    if request.method == "POST" and _save(request, workshop, sheet):
        return _next(request, page, reverse("attendance_session", args=[workshop.key, session.pk]))
    return render(
        request,
        "workshops/attendance_session.html",
        {
            **desk(workshop, session.title),
            "session": session,
            "sheet": sheet,
            "column": _columns(workshop, [session], page.paginator.count)[0],
            "page_obj": page,
            "can_change": workshop.state != Workshop.State.CANCELLED,
        },
    )
