"""Who may do what with courses, cohorts and enrolments."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.permissions import ACTIVITY_ORGANISERS, ORGANISERS, TRAINERS
from courses.participants.permissions import is_own, is_self
from institutions.activities import activity_key
from institutions.models import Role
from institutions.roles import is_organiser, scope
from modules.assessments.models import Quiz
from modules.assessments.permissions import writes_quizzes

from .models import Cohort, Course, Enrolment
from .querysets import organised, trained

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
    """Who runs the cohort."""
    return runs_cohort(user, cohort)


def runs_cohort(user: Any, cohort: Cohort) -> bool:
    """Organisers of its programme, and its trainers as long as they hold the role for it. Asks about one cohort."""
    return organises(user, cohort.course) or Cohort.objects.filter(trained(user), pk=cohort.pk).exists()


def can_make_slips(user: Any, cohort: Cohort) -> bool:
    """Who runs the cohort."""
    return runs_cohort(user, cohort)


def can_write_letters(user: Any, cohort: Cohort) -> bool:
    """Who runs the cohort: sees who is at risk and writes to them."""
    return runs_cohort(user, cohort)


def can_note(user: Any, enrolment: Enrolment) -> bool:
    """Who runs the cohort, never about oneself."""
    return not is_own(user, enrolment.participant) and runs_cohort(user, enrolment.cohort)


def sees_answers(user: Any, quiz: Quiz) -> bool:
    """Who may read the right answers of a quiz: those who write quizzes, and who never was in a course with it.

    Leaving a course opens nothing: after coming back the grade counts again (``access.attempt_context``).
    """
    takes = Enrolment.objects.filter(participant__user=user, cohort__course__syllabus__item=quiz.item.parent_id)
    return writes_quizzes(user) or not takes.exists()


def can_withdraw(user: Any, enrolment: Enrolment) -> bool:
    """Oneself, or an organiser of the programme."""
    return is_self(user, enrolment.participant) or organises(user, enrolment.cohort.course)


def can_waive(user: Any, enrolment: Enrolment) -> bool:
    """An organiser of the programme, never for oneself."""
    return not is_own(user, enrolment.participant) and organises(user, enrolment.cohort.course)


def people_of_cohorts(user: Any) -> models.Q:
    """Q over participants: those enrolled in cohorts the user organises or trains."""
    seen = trained(user, "enrolments__cohort")
    if scope(user, Role.ORGANISER):
        seen |= organised(user, "enrolments__cohort__course")
    return seen


def watched_jobs(user: Any) -> models.Q:
    """Q over jobs: those that apply rules of courses one organises."""
    return models.Q(completion_rules__course__in=Course.objects.visible_to(user))
