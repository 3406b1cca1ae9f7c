"""Writing the reminders: a portion of people at a time, each letter once, never to who has finished or left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from core.moments import moment_words
from jobs import subscriptions
from jobs.models import OutboxMail
from jobs.services import draft_mail, keys_queued, queue_drafts

from ..models import Enrolment
from ..services.standing import Completion
from . import reminding
from .standing import Desk, language_of, last_seen, standing_of, zone_of

DIGEST, DEADLINE, LETTER = "digest", "deadline", "letter"
"""The kinds of mail of this room that one may leave."""
PORTION = 500
MISSING = 3
"""Requirements named in a mail; the rest is one click away."""

# Higher rooms add to the digest: part(users) -> {user id: [{"title", "when", "url"}]}, a constant number of queries;
# called in nobody's language: what it returns is rendered later, so text must be lazy or plain.
DigestPart = Callable[[list[Any], datetime], dict[int, list[dict[str, Any]]]]
_parts: list[DigestPart] = []


def register_digest_part(part: DigestPart) -> None:
    """Register what a higher room tells in the weekly digest of people who learn: coming sessions, for one."""
    if part not in _parts:
        _parts.append(part)


def send_digests(now: datetime | None = None) -> int:
    """Queue the weekly digests that are due now; returns how many. Safe to run at any time and to stop.

    The number of queries for a portion of 500 people depends on their courses, not on them; memory holds one
    portion. ``reminding`` says who gets one.
    """
    now = now or timezone.now()
    zones = _zones(now, weekly=True)
    desk, count = Desk(), 0
    for people in _portions(zones, DIGEST):
        weeks = {key: reminding.digest_week(now, zone_of(rows[0].participant.user)) for key, rows in people.items()}
        keys = {pk: reminding.digest_key(_key(rows), weeks[pk]) for pk, rows in people.items()}
        done = keys_queued(list(keys.values()))
        people = {pk: rows for pk, rows in people.items() if keys[pk] not in done}
        count += _digests(people, keys, desk, now)
    return count


def _digests(people: dict[int, list[Enrolment]], keys: dict[int, str], desk: Desk, now: datetime) -> int:
    seen = last_seen(_user(rows[0]).key for rows in people.values())
    wanted = {
        pk: [row for row in rows if reminding.wants_digest(standing_of(row, seen.get(_user(row).key)), now)]
        for pk, rows in people.items()
    }
    completions = desk.completions(row for rows in wanted.values() for row in rows)
    open_rows = {pk: [row for row in rows if not completions[row.pk].complete] for pk, rows in wanted.items()}
    open_rows = {pk: rows for pk, rows in open_rows.items() if rows}
    users = [_user(rows[0]) for rows in open_rows.values()]
    parts = [part(users, now) for part in _parts] if users else []
    mails = []
    for pk, rows in open_rows.items():
        coming = [line for part in parts for line in part.get(pk, [])]
        mails.append(_mail(DIGEST, keys[pk], rows, completions, coming=coming))
    queue_drafts(mails)
    return len(mails)


def send_deadlines(now: datetime | None = None) -> int:
    """Queue the reminders of deadlines that are due now; returns how many. Safe to run at any time and to stop."""
    now = now or timezone.now()
    zones = _zones(now, weekly=False)
    desk, count = Desk(), 0
    near = {day for days in reminding.DEADLINE_DAYS for day in _days(now, days)}
    own = Q(deadline__gt=F("cohort__ends_on"))  # as Enrolment.last_day says
    for people in _portions(zones, DEADLINE, (own & Q(deadline__in=near)) | (~own & Q(cohort__ends_on__in=near))):
        due = {}
        for rows in people.values():
            for row in rows:
                days = reminding.deadline_due(standing_of(row, None), now)
                if days is not None and (last_day := row.last_day):
                    due[reminding.deadline_key(row.pk, last_day, days)] = row
        done = keys_queued(list(due))
        due = {key: row for key, row in due.items() if key not in done}
        completions = desk.completions(due.values())
        mails = [
            _mail(DEADLINE, key, [row], completions) for key, row in due.items() if not completions[row.pk].complete
        ]
        queue_drafts(mails)
        count += len(mails)
    return count


def _days(now: datetime, days: int) -> list[Any]:
    """Return the dates that are ``days`` away somewhere in the world."""
    return [(now + timedelta(days=days + shift)).date() for shift in (-1, 0, 1)]


def _zones(now: datetime, *, weekly: bool) -> list[str]:
    used = User.objects.filter(participant__enrolments__state=Enrolment.State.ACTIVE)
    zones = {zone or "UTC" for zone in used.order_by().values_list("time_zone", flat=True).distinct()}
    due = reminding.zones_due(now, sorted(zones), weekly=weekly)
    return [*due, ""] if "UTC" in due else due


def _portions(zones: list[str], kind: str, only: Q | None = None) -> Iterator[dict[int, list[Enrolment]]]:
    """Yield ``{user id: enrolments that go on}`` for people in these zones who want a kind of mail."""
    rows = Enrolment.objects.active().filter(
        only or Q(),
        participant__user__is_active=True,
        participant__user__time_zone__in=zones,
        completed_at__isnull=True,
        cohort__archived_at__isnull=True,
        cohort__course__archived_at__isnull=True,
    )
    if not zones:
        return
    last = 0
    while True:
        next_ones = rows.filter(participant__user__gt=last).order_by("participant__user").distinct()
        ids = list(next_ones.values_list("participant__user", flat=True)[:PORTION])
        if not ids:
            return
        last = ids[-1]
        wanted = set(ids) - subscriptions.refused_by(ids, kind)
        found: dict[int, list[Enrolment]] = {}
        chosen = rows.filter(participant__user__in=wanted).select_related("participant__user", "cohort__course__item")
        for row in chosen.order_by("participant__user", "cohort__ends_on", "pk"):
            found.setdefault(row.participant.user_id or 0, []).append(row)
        yield found


def _user(enrolment: Enrolment) -> User:
    user = enrolment.participant.user
    assert user is not None  # _portions
    return user


def _key(rows: list[Enrolment]) -> str:
    return str(_user(rows[0]).key)


def _mail(kind: str, key: str, rows: list[Enrolment], completions: dict[int, Completion], **context: Any) -> OutboxMail:
    user, language = _user(rows[0]), language_of(rows[0])
    url = subscriptions.link(user, kind, language)
    with translation.override(language), timezone.override(ZoneInfo(zone_of(user))):
        return draft_mail(
            key=key,
            to=user.email,
            template=f"catalogue/mail/{kind}",
            context={
                "name": rows[0].participant.name,
                "courses": [course_lines(row, completions[row.pk]) for row in rows],
                "home_url": settings.BASE_URL + reverse("learner_home"),
                "unsubscribe_url": url,
                **context,
            },
            language=language,
            headers=subscriptions.headers(url),
        )


def course_lines(enrolment: Enrolment, completion: Completion) -> dict[str, Any]:
    """Return what a mail says of one course, in the active language and time zone."""
    left = [requirement for requirement in completion.requirements if not requirement.met]
    return {
        "title": enrolment.cohort.course.item.title,
        "met": completion.met,
        "total": completion.total,
        "deadline": deadline_words(enrolment),
        "missing": [
            {"title": one.title, "why": one.why, "url": settings.BASE_URL + one.url if one.url else ""}
            for one in left[:MISSING]
        ],
        "more": max(0, len(left) - MISSING),
    }


def deadline_words(enrolment: Enrolment) -> str:
    """Return the moment at which a course ends, in the active time zone; empty where it has none."""
    if enrolment.last_day is None:
        return ""
    return moment_words(reminding.ends_at(enrolment.last_day, enrolment.cohort.time_zone))
