"""Erasing the data of somebody who asks by letter: look, write down, plan; take it back while there is time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from core.undoing import undo_row
from courses.participants.models import Participant
from courses.participants.permissions import can_erase
from courses.participants.trail import saw
from institutions.permissions import organises_all

from .erasing import GRACE
from .forms import LetterForm
from .letters import plan_by_letter, undo_by_letter, what_stays
from .models import ErasureRequest

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def person_erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes, what stays, and what has to be written down before it is planned."""
    user: Any = request.user
    person = get_object_or_404(Participant.objects.visible_to(user).select_related("country"), pk=pk)
    if not can_erase(user, person):
        raise Http404
    saw(user, [person], "participants.view")
    if ErasureRequest.objects.by_letter(user).open().filter(participant=person).exists():
        messages.info(request, _("It is planned already."))
        return redirect("person_erasures")
    stays = what_stays(person)
    certificates = Participant.objects.filter(pk=pk, certificates__isnull=False).exists()
    form = LetterForm(request.POST if request.method == "POST" else None, has_certificates=certificates)
    if request.method == "POST" and form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        try:
            plan_by_letter(actor=user, participant=person, **facts)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The data will be erased. Until then you can take this back here."))
            return redirect("person_erasures")
    context = {"person": person, "stays": stays, "certificates": certificates, "form": form, "days": GRACE.days}
    return render(request, "privacy/person_erasure.html", context)


@require_safe
@never_cache
@login_required
def person_erasures(request: HttpRequest) -> HttpResponse:
    """What was asked for by letter: planned, taken back, done."""
    if not organises_all(request.user):
        raise Http404
    rows = ErasureRequest.objects.by_letter(request.user).select_related("participant", "recorded_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    saw(request.user, [row.participant for row in page.object_list if row.participant], "participants.view")
    columns = [_("Person"), _("Why, and how it was checked"), _("State")]
    entries = [_entry(row, columns) for row in page.object_list]
    return render(request, "privacy/person_erasures.html", {"page_obj": page, "columns": columns, "rows": entries})


def _entry(row: ErasureRequest, columns: list[str]) -> dict[str, Any]:
    checked = str(row.get_identity_display())
    if row.recorded_by:
        checked = f"{checked}, {row.recorded_by}"
    day = (
        date_format(timezone.localtime(row.ended_at), "SHORT_DATE_FORMAT")
        if row.ended_at
        else date_format(timezone.localtime(row.due_at), "SHORT_DATETIME_FORMAT")
    )
    planned = row.state == ErasureRequest.State.PLANNED
    return undo_row(
        row.reference,
        columns,
        [
            (row.participant.name if row.participant else "", ""),
            (row.get_reason_display(), checked),
            (row.get_state_display(), day),
        ],
        url=reverse("person_erasure_undo", args=[row.key]) if planned else "",
        label=_("Take it back"),
    )


@require_POST
@login_required
def person_erasure_undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a planned erasure back."""
    if not ErasureRequest.objects.by_letter(request.user).filter(key=key).exists():
        raise Http404
    try:
        undo_by_letter(actor=request.user, key=key)
    except DomainError as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("Nothing will be erased. Everything is as it was."))
    return redirect("person_erasures")
