"""Cohorts as places to which a list of people may be brought (``participants.imports.registry``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from courses.participants.imports.registry import Destination, Place
from courses.participants.models import Participant
from institutions.models import Role
from institutions.roles import scope

from .models import Cohort, Enrolment
from .permissions import can_change_course
from .services import enrol_many, tell_many_enrolled

KIND = "cohort"


def _place(cohort: Cohort) -> Place:
    free = None
    if cohort.capacity is not None:
        free = max(0, cohort.capacity - cohort.enrolments.active().count())
    return Place(
        ref=f"{KIND}:{cohort.pk}",
        title=f"{cohort.course}, {cohort.title}",
        programme_id=cohort.course.programme_id,
        url=reverse("cohort_progress", args=[cohort.pk]),
        free=free,
        is_open=cohort.archived_at is None and cohort.course.archived_at is None,
    )


def places(user: Any) -> list[Place]:
    """Return the cohorts that a user organises, without those in the archive."""
    cohorts = Cohort.objects.visible_to(user).offered().select_related("course__item", "course__programme")
    return [_place(cohort) for cohort in cohorts if can_change_course(user, cohort.course)]


def place(user: Any, ref: str) -> Place | None:
    """Return a cohort that a user organises, also one in the archive; without a user, any."""
    cohort = _find(ref)
    if cohort is None or (user is not None and not can_change_course(user, cohort.course)):
        return None
    return _place(cohort)


def _find(ref: str) -> Cohort | None:
    pk = ref.partition(":")[2]
    return Cohort.objects.select_related("course__item").filter(pk=pk).first() if pk.isdecimal() else None


def bring(*, actor: Any, ref: str, people: Sequence[Participant]) -> set[int]:
    """Enrol people; returns the ids of those who are in."""
    pk = ref.partition(":")[2]
    try:  # it reads the cohort itself, under its lock
        return enrol_many(actor=actor, participants=people, cohort=Cohort(pk=pk), source=Enrolment.Source.IMPORT)
    except Cohort.DoesNotExist:
        return set()


def tell(ref: str, people: Sequence[Participant], since: datetime) -> None:
    """Write to people that they are enrolled: those whom a list enrolled since then and who have not completed.

    Who was in before was told then, perhaps so long ago that the outbox has forgotten it.
    """
    cohort = _find(ref)
    if cohort is None:
        return
    brought = cohort.enrolments.active().filter(source=Enrolment.Source.IMPORT, enrolled_at__gte=since)
    rows = list(brought.filter(participant__in=people, completed_at__isnull=True).select_related("participant__user"))
    for enrolment in rows:
        enrolment.cohort = cohort
    tell_many_enrolled(rows)


def lists_of_single_courses(user: Any) -> Q:
    """Q over lists of people: those into cohorts of courses that one organises alone, without their programme."""
    courses = scope(user, Role.ORGANISER).ids("course")
    cohorts = Cohort.objects.filter(course__in=courses).values_list("pk", flat=True) if courses else []
    return Q(destination__in=[f"{KIND}:{pk}" for pk in cohorts])


DESTINATION = Destination(places=places, place=place, bring=bring, tell=tell)
