"""Completion is noticed when it happens, not when somebody looks: the day is right, and a later change takes nothing.

What may complete a course tells of itself (a lesson done, an attempt graded, attendance recorded, somebody enrolled
who had done it all before) and the enrolments it concerns are judged after its commit. What a crash left out is found
by the scheduler once a day.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import models

from ..models import Course, Enrolment
from .standing import Standings, in_portions, refresh_completion

log = logging.getLogger("catalogue.completion")


def notice(due: models.QuerySet[Enrolment]) -> int:
    """Judge the enrolments of ``due`` that are not completed, course by course; returns how many were judged.

    The same queries for a thousand people of a course as for one.
    """
    due = due.filter(state=Enrolment.State.ACTIVE, completed_at__isnull=True)
    judged = 0
    courses = Course.objects.filter(pk__in=due.order_by().values("cohort__course"))
    for course in courses.prefetch_related("syllabus"):  # each kind of fact asks for it
        standings = Standings(course)
        people = due.filter(cohort__course=course).select_related("participant__user", "cohort").order_by("pk")
        for portion in in_portions(people.iterator(chunk_size=1000)):
            refresh_completion(course, portion, standings)
            judged += len(portion)
    return judged


def notice_learner(key: UUID, module_id: int | None) -> None:
    """Judge what one learner is enrolled in where this module is part of the syllabus."""
    notice_gently(
        Enrolment.objects.filter(participant__user__key=key, cohort__course__syllabus__item=module_id or 0).distinct()
    )


def notice_participants(ids: Collection[int]) -> None:
    """Judge whatever these participants are enrolled in."""
    notice_gently(Enrolment.objects.filter(participant__in=ids))


def notice_gently(due: models.QuerySet[Enrolment]) -> None:
    """``notice`` after an act that is done and saved: a failure here is logged, and made up for by the scheduler."""
    try:
        notice(due)
    except Exception:
        log.exception("Completion could not be judged after an act; the scheduler will.")


def lesson_was_done(sender: Any, user: Any, item: Any, **kwargs: Any) -> None:
    """Hears ``lesson_done``."""
    notice_learner(user.key, item.parent_id)


def attempt_was_graded(sender: Any, attempt: Any, **kwargs: Any) -> None:
    """Hears ``attempt_graded``."""
    notice_learner(attempt.learner_key, attempt.quiz.item.parent_id)


def records_were_changed(sender: Any, participants: Collection[Any], **kwargs: Any) -> None:
    """Hears ``records_changed``: two records of one person may have done together what neither had."""
    notice_participants([person.pk for person in participants])
