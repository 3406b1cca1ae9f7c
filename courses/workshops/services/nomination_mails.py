"""What nominees and focal points are told of a nomination."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from core.links import make_token
from institutions.models import Role, RoleAssignment
from jobs.services import queue_mail

from ..models import Nomination, Workshop
from ..wording import day_range
from .messages import place_of

NOMINATION_LINK = "workshop-nomination"
RESULTS, ANSWER = "nomination-results:", "nomination-answer:"
FOCAL_POINTS_TOLD = (RESULTS, ANSWER)
"""How the keys of mails to focal points begin: they name people."""


def nomination_token(nomination: Nomination) -> str:
    """Return the token of the link by which a nominee answers; it holds for this nomination and address only."""
    return make_token(NOMINATION_LINK, [nomination.pk, nomination.email.lower()])


def tell_nominee(nomination: Nomination, template: str) -> None:
    """Write to somebody who was put forward, in the language the focal point named, else that of the workshop."""
    if not nomination.email:
        return
    workshop = nomination.workshop
    language = nomination.language or nomination.participant.language or workshop.source_language
    with translation.override(language):
        answer, notice = reverse("nomination_answer", args=[nomination_token(nomination)]), reverse("data_notice")
        queue_mail(
            key=f"{template}:{nomination.pk}:{_moment(nomination)}",
            to=nomination.email,
            template=f"workshops/mail/{template}",
            language=language,
            context={
                **_facts(workshop),
                "name": nomination.name,
                "country": str(nomination.country),
                "answer_url": settings.BASE_URL + answer,
                "notice_url": settings.BASE_URL + notice,
            },
        )


def tell_focal_points(workshop: Workshop, nominations: Sequence[Nomination]) -> None:
    """Write what was decided: to whoever nominated, or to the country's present focal points where they are none."""
    for user, rows in _by_focal_point(nominations).items():
        language = user.language or workshop.source_language
        with translation.override(language):
            queue_mail(
                key=f"{RESULTS}{user.pk}:{rows[0].pk}:{_moment(rows[0])}",
                to=user.email,
                template="workshops/mail/nomination_results",
                language=language,
                context={
                    **_facts(workshop),
                    "name": user.name,
                    "results": [
                        {"name": row.name, "state": str(row.get_state_display()), "reason": row.reason} for row in rows
                    ],
                    "country_url": settings.BASE_URL + reverse("country"),
                },
            )


def tell_answer(nomination: Nomination) -> None:
    """Write that a nominee confirmed or declined to the same focal points; name, workshop and answer, nothing else.

    As those on what was decided, these mails are no kind that one can leave (``jobs.subscriptions``): they answer what
    the focal point did. One for each answer to a nomination; made again after a no, it is a nomination again.
    """
    workshop = nomination.workshop
    for user in _by_focal_point([nomination]):
        if user.pk == nomination.participant.user_id:
            continue
        language = user.language or workshop.source_language
        with translation.override(language):
            queue_mail(
                key=f"{ANSWER}{nomination.pk}:{nomination.nominated_at.timestamp():.6f}:{nomination.state}:{user.pk}",
                to=user.email,
                template="workshops/mail/nomination_answered",
                language=language,
                context={
                    "title": workshop.title,
                    "name": user.name,
                    "nominee": nomination.name,
                    "confirmed": nomination.state == Nomination.State.CONFIRMED,
                    "country_url": settings.BASE_URL + reverse("country"),
                },
            )


def _by_focal_point(nominations: Sequence[Nomination]) -> dict[Any, list[Nomination]]:
    """Return whom to tell of which nominations: who nominated, else the country's present focal points."""
    holders: dict[str, dict[int, Any]] = defaultdict(dict)
    roles = RoleAssignment.objects.current().filter(
        role=Role.FOCAL_POINT, country__in={row.country_id for row in nominations}, user__is_active=True
    )
    for role in roles.select_related("user").order_by("pk"):
        holders[str(role.country_id)][role.user_id] = role.user
    told: dict[Any, list[Nomination]] = defaultdict(list)
    for row in nominations:
        there = holders[str(row.country_id)]
        for user in [there[row.nominated_by_id]] if row.nominated_by_id in there else there.values():
            told[user].append(row)
    return told


def _moment(nomination: Nomination) -> str:
    return f"{nomination.decided_at.timestamp():.6f}" if nomination.decided_at else "0"


def _facts(workshop: Workshop) -> dict[str, Any]:
    """What and when, in the active language; no link to join: nobody is registered yet."""
    return {
        "title": workshop.title,
        "days": day_range(workshop.starts_on, workshop.ends_on),
        "place": place_of(workshop),
        "sessions": [],
        "page_url": settings.BASE_URL + reverse("workshop", args=[workshop.key]),
    }
