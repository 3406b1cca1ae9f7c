"""Who may do what with courses, cohorts and enrolments."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.permissions import ACTIVITY_ORGANISERS, ORGANISERS, TRAINERS
from institutions.activities import activity_key
from institutions.models import Role
from institutions.roles import is_organiser, scope

from .models import Cohort, Course, Enrolment
from .querysets import organised

GROUP_PERMISSIONS = {
    ORGANISERS: [
        *(f"{act}_{model}" for model in ("course", "cohort", "syllabusentry") for act in ("add", "change", "view")),
        "delete_syllabusentry",
        "view_enrolment",
    ],
    ACTIVITY_ORGANISERS: [
        *(f"{act}_{model}" for model in ("cohort", "syllabusentry") for act in ("add", "change", "view")),
        "change_course",
        "view_course",
        "delete_syllabusentry",
        "view_enrolment",
    ],
    TRAINERS: ["view_course", "view_cohort", "view_enrolment"],
}


def organises(user: Any, course: Course) -> bool:
    """Organisers of its programme, and those of this course alone."""
    return is_organiser(user, course.programme_id, activity_key("course", course.pk))


def can_change_course(user: Any, course: Course) -> bool:
    """Who organises it."""
    return organises(user, course)


def can_see_progress(user: Any, cohort: Cohort) -> bool:
    """Organisers of its programme and its trainers."""
    return Cohort.objects.visible_to(user).filter(pk=cohort.pk).exists()


def runs_cohort(user: Any, cohort: Cohort) -> bool:
    """Organisers of its programme, and its trainers as long as they hold the role for it. Asks about one cohort."""
    where = scope(user, Role.TRAINER)
    trains = where.everywhere or cohort.course.programme_id in where.programmes
    own = trains and cohort.trainers.filter(user=user).exists()
    return own or organises(user, cohort.course)


def can_make_slips(user: Any, cohort: Cohort) -> bool:
    """Who runs the cohort."""
    return runs_cohort(user, cohort)


def can_write_letters(user: Any, cohort: Cohort) -> bool:
    """Who runs the cohort: sees who is at risk and writes to them."""
    return runs_cohort(user, cohort)


def can_note(user: Any, enrolment: Enrolment) -> bool:
    """Who runs the cohort, never about oneself."""
    own = enrolment.participant.user_id is not None and enrolment.participant.user_id == user.pk
    return not own and runs_cohort(user, enrolment.cohort)


def can_withdraw(user: Any, enrolment: Enrolment) -> bool:
    """Oneself, or an organiser of the programme."""
    own = enrolment.participant.user_id is not None and enrolment.participant.user_id == user.pk
    return own or organises(user, enrolment.cohort.course)


def can_waive(user: Any, enrolment: Enrolment) -> bool:
    """An organiser of the programme, never for oneself."""
    own = enrolment.participant.user_id is not None and enrolment.participant.user_id == user.pk
    return not own and organises(user, enrolment.cohort.course)


def people_of_cohorts(user: Any) -> models.Q:
    """Q over participants: those enrolled in cohorts the user organises or trains."""
    seen = models.Q(enrolments__cohort__trainers__user=user)
    if scope(user, Role.ORGANISER):
        seen |= organised(user, "enrolments__cohort__course")
    return seen


def watched_jobs(user: Any) -> models.Q:
    """Q over jobs: those that apply rules of courses one organises."""
    return models.Q(completion_rules__course__in=Course.objects.visible_to(user))
