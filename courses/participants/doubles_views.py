"""Records that may be of one person, side by side: merge them, or say that they are two."""

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
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.undoing import undo_row, when_and_by
from institutions.permissions import organises_all

from . import services
from .doubles import Pair
from .imports.wording import reason
from .matching import Verdict
from .models import Participant, ToldApart
from .trail import saw

PER_PAGE = 20


@require_safe
@never_cache
@login_required
def doubles(request: HttpRequest) -> HttpResponse:
    """The pairs to look at, the likeliest first."""
    user: Any = request.user
    if not organises_all(user):
        raise Http404
    page = Paginator(services.suggested_doubles(actor=user), PER_PAGE).get_page(request.GET.get("page"))
    ids = {pk for pair in page.object_list for pk in (pair.one, pair.other)}
    people = {person.pk: person for person in Participant.objects.filter(pk__in=ids).select_related("country", "user")}
    saw(user, people.values(), "participants.view")
    entries = [_entry(user, pair, people[pair.one], people[pair.other]) for pair in page.object_list]
    return render(request, "participants/doubles.html", {"page_obj": page, "entries": entries})


def _entry(user: Any, pair: Pair, one: Participant, other: Participant) -> dict[str, Any]:
    """Two records, why they are shown, which would stay (that with the account, else the older), or why neither."""
    stays, goes = (other, one) if other.user_id and not one.user_id else (one, other)
    problem, account = services.why_not_merge(user, goes, stays), "into"
    if problem and one.user_id and other.user_id and not services.why_not_merge(user, goes, stays, "source"):
        problem, account = "", "source"
    return {
        "people": (stays, goes),
        "stays": stays,
        "goes": goes,
        "sure": pair.verdict == Verdict.SURE,
        "problem": problem,
        "account": account,
        "reasons": [reason(code) for code in pair.reasons],
    }


@require_POST
@login_required
def tell_apart(request: HttpRequest, one: int, other: int) -> HttpResponse:
    """Say that two records are of two people."""
    people = Participant.objects.visible_to(request.user)
    if not organises_all(request.user):
        raise Http404
    first, second = get_object_or_404(people, pk=one), get_object_or_404(people, pk=other)
    try:
        services.tell_apart(actor=request.user, one=first, other=second)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kept in mind: they are two people and are not suggested again."))
    return redirect("people_doubles")


@require_safe
@never_cache
@login_required
def told_apart(request: HttpRequest) -> HttpResponse:
    """The pairs that were told apart, with the way back."""
    if not organises_all(request.user):
        raise Http404
    rows = ToldApart.objects.visible_to(request.user).present().select_related("one", "other", "by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    saw(request.user, [person for row in page.object_list for person in (row.one, row.other)], "participants.view")
    columns = [_("Another person"), _("When and by whom")]
    entries = [
        undo_row(
            row.one.name,
            columns,
            [(row.other.name, ""), when_and_by(row.at, row.by)],
            url=reverse("people_suggest_again", args=[row.pk]),
            label=_("Suggest again"),
        )
        for row in page.object_list
    ]
    return render(request, "participants/told_apart.html", {"page_obj": page, "columns": columns, "rows": entries})


@require_POST
@login_required
def suggest_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that two records were told apart."""
    pair = get_object_or_404(ToldApart.objects.visible_to(request.user).select_related("one", "other"), pk=pk)
    try:
        services.suggest_again(actor=request.user, pair=pair)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("They are suggested again."))
    return redirect("people_told_apart")
