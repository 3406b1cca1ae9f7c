"""What somebody who learns meets first: the next step, deadlines, where they stand, sessions, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from courses.catalogue.following.reminding import ends_at
from courses.catalogue.models import Enrolment
from courses.catalogue.search import courses as offered_courses
from courses.catalogue.services import Completion, refresh_completion
from courses.certificates.models import Certificate
from courses.participants.models import Participant
from courses.workshops.cards import Card, session_cards
from courses.workshops.models import Session
from modules.assessments.models import Quiz
from modules.lessons.resume import resumes_of
from modules.records.models import Item

SESSIONS_AHEAD = timedelta(days=14)
SESSIONS = 4
DEADLINES_AHEAD = timedelta(days=60)
DEADLINES = 5
CERTIFICATES = 5


@dataclass(frozen=True)
class Entry:
    """One course somebody is enrolled in. A finished one is not looked at again: what was earned is earned."""

    enrolment: Enrolment
    card: Any
    completion: Completion | None
    resume: Any
    ends_at: datetime | None

    @property
    def finished(self) -> bool:
        return self.completion is None or self.completion.complete

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()


@dataclass(frozen=True)
class Deadline:
    """A moment until which something has to be done."""

    title: str
    at: datetime
    url: str


def entries_of(user: Any, participant: Participant, language: str) -> list[Entry]:
    """Return the courses: those to go on with first, the nearest deadline foremost; the finished ones last.

    The number of queries grows with the courses that go on, not with lessons, quizzes or finished courses.
    """
    enrolments = list(
        participant.enrolments.active()
        .select_related("participant__user", "cohort__course__item")
        .prefetch_related("cohort__course__syllabus__item")
        .order_by("-enrolled_at")
    )
    if not enrolments:
        return []
    cards = {card.course.pk: card for card in offered_courses(language)}
    going = [enrolment for enrolment in enrolments if enrolment.completed_at is None]
    completions = {row.pk: refresh_completion(row.cohort.course, [row])[row.pk] for row in going}
    modules = {
        row.pk: [entry.item.key for entry in row.cohort.course.syllabus.all() if entry.item and entry.kind == "module"]
        for row in going
        if not completions[row.pk].complete
    }
    resumes = resumes_of(user, modules, language)
    found = [
        Entry(
            row,
            cards.get(row.cohort.course_id),
            completions.get(row.pk),
            resumes.get(row.pk),
            ends_at(row.last_day, row.cohort.time_zone) if row.last_day else None,
        )
        for row in enrolments
    ]
    far = datetime.max.replace(tzinfo=timezone.get_default_timezone())
    return sorted(found, key=lambda entry: (entry.finished, entry.is_over, entry.ends_at or far))


def next_of(entries: Sequence[Entry]) -> Entry | None:
    """Return the course to go on with now: the first that has a lesson left and is not over."""
    return next((entry for entry in entries if not entry.finished and not entry.is_over and entry.resume), None)


def deadlines_of(entries: Sequence[Entry]) -> list[Deadline]:
    """Return what ends within two months, the nearest first: courses, and quizzes that close earlier. One query."""
    now = timezone.now()
    going = [entry for entry in entries if not entry.finished and not entry.is_over]
    found = [
        Deadline(_("Last moment of the course: %(course)s") % {"course": entry.enrolment.cohort.course}, entry.ends_at,
                 entry.card.url if entry.card else "")
        for entry in going
        if entry.ends_at is not None
    ]  # fmt: skip
    modules = {part.item_id for entry in going for part in entry.enrolment.cohort.course.syllabus.all() if part.item_id}
    if modules:
        closing = Quiz.objects.filter(
            item__in=Item.objects.live().filter(kind=Item.Kind.QUIZ, parent__in=modules), closes_at__gt=now
        )
        found += [
            Deadline(_("A quiz closes: %(quiz)s") % {"quiz": quiz.item.title}, quiz.closes_at, "")
            for quiz in closing.select_related("item")
            if quiz.closes_at
        ]
    near = [deadline for deadline in found if now < deadline.at <= now + DEADLINES_AHEAD]
    return sorted(near, key=lambda deadline: deadline.at)[:DEADLINES]


def sessions_of(participant: Participant, zone: str) -> list[dict[str, Any]]:
    """Return the next sessions of the workshops somebody is registered for, as ``session_card`` shows them."""
    now = timezone.now()
    rows = (
        Session.objects.filter(
            workshop__registrations__participant=participant,
            workshop__registrations__state="registered",
            ends_at__gt=now,
            starts_at__lt=now + SESSIONS_AHEAD,
        )
        .exclude(workshop__state="cancelled")
        .select_related("workshop")
        .prefetch_related("workshop__texts")
        .order_by("starts_at", "pk")[:SESSIONS]
    )
    return [
        {**card, "workshop": session.workshop}
        for session in rows
        for card in session_cards([session], session.workshop, viewer_zone=zone, joining=True)
    ]


def workshops_of(participant: Participant) -> list[Card]:
    """Return the workshops somebody is registered for that are not over, the next first. Two queries."""
    rows = (
        participant.registrations.active()
        .filter(workshop__ends_on__gte=timezone.now().date())
        .select_related("workshop__country")
        .prefetch_related("workshop__texts")
        .order_by("workshop__starts_on")
    )
    return [Card(row.workshop, 0, 0) for row in rows]  # who else takes part is not asked here


def certificates_of(participant: Participant) -> list[Certificate]:
    """Return the newest valid certificates."""
    return list(participant.certificates.filter(state=Certificate.State.VALID)[:CERTIFICATES])
