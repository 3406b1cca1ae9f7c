"""What the weekly digest tells of workshops: the sessions of the coming week, in the person's own time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from .models import Registration, Session, Workshop

AHEAD = timedelta(days=7)


def coming_sessions(users: Sequence[Any], now: datetime) -> dict[int, list[dict[str, Any]]]:
    """Return ``{user id: [{title, when, url}]}`` of sessions that begin within a week. Three queries.

    Only of workshops for which somebody is registered now and that are not cancelled.
    """
    by_pk = {user.pk: user for user in users}
    registered = Registration.objects.active().filter(participant__user__in=by_pk, workshop__archived_at__isnull=True)
    of_workshop: dict[int, list[int]] = {}
    for workshop, user in registered.order_by().values_list("workshop", "participant__user"):
        of_workshop.setdefault(workshop, []).append(user)
    sessions = (
        Session.objects.filter(workshop__in=of_workshop, starts_at__gte=now, starts_at__lt=now + AHEAD)
        .exclude(workshop__state=Workshop.State.CANCELLED)
        .select_related("workshop")
        .prefetch_related("workshop__texts")
        .order_by("starts_at", "pk")
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for session in sessions:
        for pk in of_workshop[session.workshop_id]:
            found.setdefault(pk, []).append(_line(session, by_pk[pk]))
    return found


def _line(session: Session, user: Any) -> dict[str, Any]:
    with (
        translation.override(user.language or settings.LANGUAGE_CODE),
        timezone.override(ZoneInfo(user.time_zone or "UTC")),
    ):
        starts = timezone.localtime(session.starts_at)
        return {
            "title": f"{session.workshop.title}: {session.title}",
            "when": f"{date_format(starts, 'DATETIME_FORMAT')} ({timezone.get_current_timezone_name()})",
            "url": settings.BASE_URL + reverse("workshop", args=[session.workshop.key]),
        }
