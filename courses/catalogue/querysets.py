"""Who sees which course, cohort and enrolment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from institutions.models import Role
from institutions.roles import scope


def organised(user: Any, course: str = "") -> models.Q:
    """Q: rows whose course (at this path, e.g. ``"cohort__course"``; empty for courses) the user organises.

    That is: all of its programme, or this course alone.
    """
    where = scope(user, Role.ORGANISER)
    if where.everywhere:
        return models.Q(**{f"{course or 'pk'}__isnull": False})
    programme = f"{course}__programme" if course else "programme"
    seen = models.Q(**{f"{programme}__in": where.programmes})
    alone = where.ids("course")
    return seen | models.Q(**{f"{course or 'pk'}__in": alone}) if alone else seen


def trained(user: Any, path: str = "") -> models.Q:
    """Q: rows whose cohort (at ``path``, e.g. ``"enrolment__cohort"``; empty for cohorts) the user trains.

    A trainer is named on the cohort *and* holds the role for its programme today: with the role go the cohorts.
    """
    where = scope(user, Role.TRAINER)
    names = apps.get_model("catalogue", "CohortTrainer").objects.filter(user=user)
    if not where.everywhere:
        names = names.filter(cohort__course__programme__in=where.programmes)
    return models.Q(**{f"{path or 'pk'}__in": names.values("cohort")})


class CourseQuerySet(models.QuerySet):
    """Courses. What the public may read is their pages; this is about the records behind."""

    def visible_to(self, user: Any) -> CourseQuerySet:
        """Courses of programmes one organises, and those of cohorts one trains."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organised(user) | trained(user, "cohorts")).distinct()

    def offered(self) -> CourseQuerySet:
        """Those not archived."""
        return self.filter(archived_at__isnull=True)


class SyllabusEntryQuerySet(models.QuerySet):
    """Parts of courses."""

    def visible_to(self, user: Any) -> SyllabusEntryQuerySet:
        """Those of courses of programmes one organises."""
        return self.filter(organised(user, "course")) if user.is_authenticated else self.none()


class CohortQuerySet(models.QuerySet):
    """Cohorts."""

    def visible_to(self, user: Any) -> CohortQuerySet:
        """Cohorts one organises or trains: what trainers' and organisers' screens show."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organised(user, "course") | trained(user))

    def offered(self) -> CohortQuerySet:
        """Those not archived, of courses not archived."""
        return self.filter(archived_at__isnull=True, course__archived_at__isnull=True)

    def lasting(self) -> CohortQuerySet:
        """Those whose last day has not passed, with a day more, because each has its own time zone."""
        return self.exclude(ends_on__lt=timezone.now().date() - timedelta(days=1))


class EnrolmentQuerySet(models.QuerySet):
    """Enrolments."""

    def visible_to(self, user: Any) -> EnrolmentQuerySet:
        """One's own, and those in cohorts one organises or trains."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            models.Q(participant__user=user) | organised(user, "cohort__course") | trained(user, "cohort")
        )

    def nominated_from(self, countries: Collection[str]) -> EnrolmentQuerySet:
        """What a focal point sees of these countries: who came by nomination, never who enrolled by themselves."""
        return self.filter(source="nomination", country__in=countries)

    def active(self) -> EnrolmentQuerySet:
        """Those not withdrawn."""
        return self.filter(state="active")


class PracticalTaskQuerySet(models.QuerySet):
    """Tasks that trainers judge."""

    def visible_to(self, user: Any) -> PracticalTaskQuerySet:
        """Those of courses one organises, and of courses of which one trains a cohort."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organised(user, "course") | trained(user, "course__cohorts")).distinct()

    def offered(self) -> PracticalTaskQuerySet:
        """Those not archived."""
        return self.filter(archived_at__isnull=True)


class TaskResultQuerySet(models.QuerySet):
    """What trainers saw."""

    def visible_to(self, user: Any) -> TaskResultQuerySet:
        """One's own, those of courses one organises, and those of people in cohorts one trains."""
        if not user.is_authenticated:
            return self.none()
        own_people = trained(user, "participant__enrolments__cohort") & models.Q(
            participant__enrolments__cohort__course=models.F("task__course")
        )
        return self.filter(models.Q(participant__user=user) | organised(user, "task__course") | own_people).distinct()


class RequirementWaiverQuerySet(models.QuerySet):
    """Waivers and recognised certificates."""

    def visible_to(self, user: Any) -> RequirementWaiverQuerySet:
        """One's own, and those in cohorts one organises or trains."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            models.Q(enrolment__participant__user=user)
            | organised(user, "enrolment__cohort__course")
            | trained(user, "enrolment__cohort")
        )

    def in_force(self) -> RequirementWaiverQuerySet:
        """Those not ended."""
        return self.filter(ended_at__isnull=True)


class RuleDraftQuerySet(models.QuerySet):
    """Rules being written."""

    def visible_to(self, user: Any) -> RuleDraftQuerySet:
        """One's own, of courses one organises."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organised(user, "course"), user=user)


class QuestionQuerySet(models.QuerySet):
    """Questions of application forms."""

    def visible_to(self, user: Any) -> QuestionQuerySet:
        """Those of courses one organises; on a form everybody reads them through the cohort."""
        return self.filter(organised(user, "course")) if user.is_authenticated else self.none()

    def in_use(self) -> QuestionQuerySet:
        """Those not retired."""
        return self.filter(retired_at__isnull=True)


class ApplicationQuerySet(models.QuerySet):
    """Applications and the waiting list."""

    def visible_to(self, user: Any) -> ApplicationQuerySet:
        """One's own, and those to cohorts of programmes one organises; a trainer does not choose participants."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(participant__user=user) | organised(user, "cohort__course"))

    def open(self) -> ApplicationQuerySet:
        """Those that wait for a decision or for a place."""
        return self.filter(state__in=["sent", "waiting"])

    def waiting(self) -> ApplicationQuerySet:
        """The waiting list, the next one first."""
        return self.filter(state="waiting").order_by("waiting_since", "pk")


class InvitationQuerySet(models.QuerySet):
    """Invitations into cohorts."""

    def visible_to(self, user: Any) -> InvitationQuerySet:
        """Those into cohorts of programmes one organises. Who is invited comes by the link."""
        return self.filter(organised(user, "cohort__course")) if user.is_authenticated else self.none()


class PrerequisiteQuerySet(models.QuerySet):
    """What goes before a course."""

    def visible_to(self, user: Any) -> PrerequisiteQuerySet:
        """Those of courses one organises; the public reads them on the course's page."""
        return self.filter(organised(user, "course")) if user.is_authenticated else self.none()


class EnrolmentNoteQuerySet(models.QuerySet):
    """Trainers' notes."""

    def visible_to(self, user: Any) -> EnrolmentNoteQuerySet:
        """Those about people of cohorts one trains or organises, never those about oneself. Nobody else's."""
        if not user.is_authenticated:
            return self.none()
        runs = organised(user, "enrolment__cohort__course") | trained(user, "enrolment__cohort")
        return self.filter(runs).exclude(enrolment__participant__user=user)


class LetterQuerySet(models.QuerySet):
    """Letters to people at risk."""

    def visible_to(self, user: Any) -> LetterQuerySet:
        """Those to cohorts one trains or organises."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organised(user, "cohort__course") | trained(user, "cohort"))
