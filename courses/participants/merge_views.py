"""Two records side by side, which values stay, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from core.undoing import undo_row, when_and_by
from institutions.permissions import organises_all

from . import services
from .models import Merge, Participant
from .trail import saw

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def merge(request: HttpRequest, source: int, into: int) -> HttpResponse:
    """Look at two records, choose which values stay, and make them one."""
    if not organises_all(request.user):
        raise Http404
    people = Participant.objects.visible_to(request.user).select_related("country", "user")
    first, second = get_object_or_404(people, pk=source), get_object_or_404(people, pk=into)
    account = "source" if request.GET.get("account") == "source" else "into"
    preview = services.preview_merge(actor=request.user, source=first, into=second, account=account)
    saw(request.user, [first, second], "participants.view")
    if request.method == "POST":
        keep = {choice.name: request.POST.get(f"keep-{choice.name}", choice.stays) for choice in preview.choices}
        try:
            services.merge_participants(
                actor=request.user,
                source=first,
                into=second,
                keep=keep,
                account=account,
                closes=request.POST.get("closes", ""),
            )
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())
        messages.success(
            request, _("The two records are one now. You can undo it for %(days)d days.") % {"days": services.UNDO_DAYS}
        )
        return redirect("participant_merges")
    context = {
        "source": first,
        "into": second,
        "preview": preview,
        "days": services.UNDO_DAYS,
        "other_account": "into" if account == "source" else "source",
    }
    return render(request, "participants/merge.html", context)


@require_safe
@never_cache
@login_required
def merges(request: HttpRequest) -> HttpResponse:
    """The merges of late, with the way back."""
    if not organises_all(request.user):
        raise Http404
    rows = Merge.objects.visible_to(request.user).select_related("source", "into", "merged_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    saw(request.user, [person for row in page.object_list for person in (row.source, row.into)], "participants.view")
    columns = [_("The record that went"), _("When and by whom")]
    entries = [
        undo_row(
            row.into.name,
            columns,
            [(row.source.name, ""), when_and_by(row.merged_at, row.merged_by)],
            url=reverse("participant_merge_undo", args=[row.pk]),
            label=_("Undo"),
            post=False,
            why_not=services.why_not_undo(request.user, row),
        )
        for row in page.object_list
    ]
    return render(request, "participants/merges.html", {"page_obj": page, "columns": columns, "rows": entries})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what undoing a merge brings, and take it back."""
    user: Any = request.user
    found = get_object_or_404(Merge.objects.visible_to(user).select_related("source", "into"), pk=pk)
    if request.method == "POST":
        try:
            services.undo_merge(actor=user, merge=found)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The merge is undone: there are two records again."))
        return redirect("participant_merges")
    saw(user, [found.source, found.into], "participants.view")
    why_not = services.why_not_undo(user, found)
    said = [] if why_not else services.before_undo(found)
    context = {
        "merge": found,
        "why_not": why_not,
        "told": [one.text for one in said if not one.warning],
        "warnings": [one.text for one in said if one.warning],
    }
    return render(request, "participants/merge_undo.html", context)
