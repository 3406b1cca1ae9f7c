"""Courses and cohorts out of every list, and back. Their records stay (decision 5)."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError

from ..models import Application, Cohort, Course
from ..permissions import organises
from .courses import NotYourProgramme
from .enrolment import fill_places, free_places


class StillAwaited(DomainError):
    """People wait for an answer about a place."""


class CannotRestore(DomainError):
    """Another one has taken its place."""


@transaction.atomic
def archive_cohort(*, actor: Any, cohort: Cohort, archived: bool = True) -> Cohort:
    """Put a cohort into the archive, or take it out; doing it twice changes nothing.

    Who still waits when it comes back gets a place that became free in the archive, as ``fill_places`` has it.
    Raises ``NotYourProgramme``, ``StillAwaited`` while people wait for a place in a cohort that is not over, and
    ``CannotRestore`` for a second self-paced cohort of a course.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course").get(pk=cohort.pk)
    _require(actor, cohort.course)
    if archived == (cohort.archived_at is not None):
        return cohort
    if archived:
        _require_answered([cohort])
    cohort.archived_at = timezone.now() if archived else None
    try:
        with transaction.atomic():
            cohort.save(update_fields=["archived_at"])
    except IntegrityError as error:
        raise CannotRestore(_("The course has another self-paced cohort. Archive that one first.")) from error
    audit.record(actor=actor, action="catalogue.archive_cohort" if archived else "catalogue.restore_cohort", obj=cohort)
    if not archived:
        fill_places(cohort, was_full=free_places(cohort) == 0)
    return cohort


@transaction.atomic
def archive_course(*, actor: Any, course: Course, archived: bool = True) -> Course:
    """Put a course into the archive with all its cohorts, or take it out; doing it twice changes nothing.

    Its cohorts are left as they are: taken out again, the course has those that it had, and who waits in them moves up
    as with ``archive_cohort``. Raises as ``archive_cohort``.
    """
    course = Course.objects.select_for_update().get(pk=course.pk)
    _require(actor, course)
    if archived == (course.archived_at is not None):
        return course
    cohorts = list(course.cohorts.select_for_update().filter(archived_at__isnull=True).order_by("pk"))
    if archived:
        _require_answered(cohorts)
    course.archived_at = timezone.now() if archived else None
    course.save(update_fields=["archived_at"])
    audit.record(actor=actor, action="catalogue.archive_course" if archived else "catalogue.restore_course", obj=course)
    if not archived:
        for cohort in cohorts:
            fill_places(cohort, was_full=free_places(cohort) == 0)
    return course


def _require_answered(cohorts: list[Cohort]) -> None:
    running = [cohort.pk for cohort in cohorts if not cohort.is_over]
    if Application.objects.open().filter(cohort__in=running).exists():
        raise StillAwaited(_("People wait for an answer about a place. Decide on their applications first."))


def _require(actor: Any, course: Course) -> None:
    if not organises(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
