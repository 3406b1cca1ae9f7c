"""Where many people of many courses stand, a portion at a time, each in their own language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from modules.assessments.facts import last_tried
from modules.lessons.facts import last_read

from ..models import Course, Enrolment
from ..services.standing import Completion, Standings
from .reminding import Standing


def language_of(enrolment: Enrolment) -> str:
    """Return the language in which to write to somebody: the account's, else the person's, else the cohort's."""
    person = enrolment.participant
    chosen = (person.user.language if person.user else "") or person.language or enrolment.cohort.language
    return chosen or settings.LANGUAGE_CODE


def zone_of(user: Any) -> str:
    """Return somebody's time zone; who has chosen none lives in UTC."""
    return user.time_zone or "UTC"


def last_seen(keys: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return ``{learner key: when they last read or answered anything}``. Two queries for every 5,000."""
    keys = list(keys)
    seen = last_read(keys)
    for key, at in last_tried(keys).items():
        seen[key] = max(at, seen.get(key, at))
    return seen


def standing_of(enrolment: Enrolment, seen_at: datetime | None, *, finished: bool | None = None) -> Standing:
    """Return an enrolment as a reminder sees it; needs cohort and course selected."""
    cohort = enrolment.cohort
    offered = cohort.archived_at is None and cohort.course.archived_at is None
    return Standing(
        enrolment=enrolment.pk,
        active=offered and enrolment.state == Enrolment.State.ACTIVE,
        finished=enrolment.completed_at is not None if finished is None else finished,
        starts_on=cohort.starts_on,
        last_day=enrolment.last_day,
        zone=cohort.time_zone,
        seen_at=seen_at,
        enrolled_at=enrolment.enrolled_at,
    )


class Desk:
    """Judges people of many courses; keeps each course's rule, and its words in each language, over all portions."""

    def __init__(self) -> None:
        self._standings: dict[tuple[int, str], Standings] = {}

    def _of(self, course: Course, language: str) -> Standings:
        key = (course.pk, language)
        if key not in self._standings:
            with translation.override(language):
                standings = Standings(course)
                standings.headings()  # words are read now, in this language
            self._standings[key] = standings
        return self._standings[key]

    def completions(self, enrolments: Iterable[Enrolment]) -> dict[int, Completion]:
        """Return ``{enrolment id: Completion}``, its words in the person's language.

        The number of queries grows with the courses among them, never with the people.
        """
        by_course: dict[int, list[Enrolment]] = {}
        for enrolment in enrolments:
            by_course.setdefault(enrolment.cohort.course_id, []).append(enrolment)
        found: dict[int, Completion] = {}
        for people in by_course.values():
            course = people[0].cohort.course
            facts = self._of(course, settings.LANGUAGE_CODE).facts(people)
            for enrolment in people:
                standings = self._of(course, language_of(enrolment))
                verdict = standings.rule.judge(facts[enrolment.pk])
                found[enrolment.pk] = Completion(standings, verdict, enrolment.completed_at)
        return found
