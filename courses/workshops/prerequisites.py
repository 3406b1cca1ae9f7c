"""A workshop as what goes before something else: most of its time attended. And what goes before a workshop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.catalogue.prerequisites import Asked, Named, Pair, PrerequisiteKind, judged
from courses.participants.models import Participant

from .models import Attendance, Workshop, WorkshopPrerequisite

SHARE = 80
"""Per cent of the minutes offered that count as having attended a workshop."""


def _names(refs: Sequence[str]) -> dict[str, Named]:
    workshops = Workshop.objects.filter(key__in=refs).prefetch_related("texts")
    return {
        workshop.key: Named(workshop.title, reverse("workshop", args=[workshop.key]) if workshop.is_public else "")
        for workshop in workshops
    }


def _met(participant: Participant, refs: Sequence[str]) -> set[str]:
    """Return the workshops of which somebody attended most of the time. Three queries."""
    workshops = list(Workshop.objects.filter(key__in=refs).prefetch_related("sessions"))
    rows = Attendance.objects.filter(session__workshop__in=workshops, participant=participant)
    minutes = dict(rows.values_list("session__workshop").annotate(total=Sum("minutes")).order_by())
    offered = {workshop.pk: sum(session.minutes for session in workshop.sessions.all()) for workshop in workshops}
    return {
        workshop.key
        for workshop in workshops
        if offered[workshop.pk] and minutes.get(workshop.pk, 0) * 100 >= offered[workshop.pk] * SHARE
    }


def _choices(user: Any) -> list[tuple[str, str]]:
    workshops = Workshop.objects.visible_to(user).order_by("-starts_on").prefetch_related("texts")
    return [(workshop.key, f"{workshop.title} ({workshop.starts_on:%Y-%m-%d})") for workshop in workshops[:200]]


def _asks(refs: Sequence[str]) -> set[Pair]:
    rows = WorkshopPrerequisite.objects.filter(workshop__key__in=refs).in_force()
    return {(row.kind, row.ref) for row in rows}


WORKSHOP = PrerequisiteKind(_("Workshop attended"), _names, _met, _choices, _asks)


def asked_before(workshop: Workshop, participant: Participant | None) -> list[Asked]:
    """Return what is asked before registering for a workshop; ``met`` is ``None`` where no participant is given.

    One query where nothing is asked; else a few for each kind, however much is asked.
    """
    return judged([(row.kind, row.ref, None) for row in workshop.prerequisites.in_force()], participant)
