"""Who wants to hear of new courses, and who may be asked later: what the two consents are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.spreadsheets import csv_response
from institutions.models import Role
from institutions.roles import scope

from .models import Consent, Participant
from .querysets import ParticipantQuerySet
from .trail import saw

PIECE = 500


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def willing(request: HttpRequest) -> HttpResponseBase:
    """How many of one's people want news or may be asked later; by a press, their addresses as a table."""
    if not scope(request.user, Role.ORGANISER):
        raise Http404
    people = Participant.objects.visible_to(request.user)
    if request.method == "POST":
        purpose = request.POST.get("purpose", "")
        if purpose not in Consent.ASKED:
            raise Http404
        return _table(request.user, people.willing(purpose), purpose)
    offers = [
        {"purpose": purpose.value, "label": purpose.label, "number": people.willing(purpose).count()}
        for purpose in Consent.ASKED
    ]
    return render(request, "participants/willing.html", {"offers": offers})


def _table(viewer: Any, people: ParticipantQuerySet, purpose: str) -> HttpResponseBase:
    def lines() -> Iterator[list[str]]:
        rows = people.select_related("user", "country").order_by("pk").iterator(chunk_size=PIECE)
        while piece := list(islice(rows, PIECE)):
            saw(viewer, piece, "participants.export")
            for one in piece:
                address = one.user.email if one.user else one.email
                language = (one.user.language if one.user else "") or one.language
                yield [one.name, address, language, str(one.country or "")]

    head = [_("Full name"), _("E-mail address"), _("Language"), _("Country")]
    return csv_response(f"{purpose}-{timezone.now():%Y-%m-%d}.csv", head, lines())
