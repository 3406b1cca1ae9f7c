"""Planning cohorts: their dates, places and ways in; what a course asks of applicants and before it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from modules.assessments.models import Attempt
from modules.assessments.services import lengthen_running
from modules.records.models import Item

from ..access import done_for
from ..models import ApplicationQuestion, Cohort, CohortWindow, Course, Prerequisite
from ..permissions import organises
from ..prerequisites import kinds, leads_to
from .courses import NotYourProgramme
from .enrolment import fill_places, free_places


class WrongDates(DomainError):
    """Dates that do not follow each other."""


class WrongPrerequisite(DomainError):
    """A prerequisite that cannot be met, or that stands already."""


def _require(actor: Any, course: Course) -> None:
    if not organises(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))


@transaction.atomic
def save_cohort(*, actor: Any, cohort: Cohort, windows: Mapping[str, tuple[date, date] | None] | None = None) -> Cohort:
    """Save a new or changed cohort with the parts of its time.

    Who waits moves up where places were added, and where a cohort that was over goes on: what became free meanwhile is
    given to nobody until then.

    With a later last day, also by another time zone, quizzes that are being taken end later. ``windows`` is
    ``{kind: (first, last) or None}``; parts not named stay. Raises ``NotYourProgramme``, ``WrongDates``.
    """
    _require(actor, cohort.course)
    old = Cohort.objects.select_for_update(of=("self",)).select_related("course").filter(pk=cohort.pk).first()
    if old is not None:
        _require(actor, old.course)
    pairs = [
        (cohort.starts_on, cohort.ends_on),
        (cohort.enrolment_opens_on, cohort.enrolment_closes_on),
        *[window for window in (windows or {}).values() if window],
    ]
    if any(first and last and last < first for first, last in pairs):
        raise WrongDates(_("The last day must not lie before the first."))
    more = old is not None and old.capacity is not None and (cohort.capacity is None or cohort.capacity > old.capacity)
    goes_on = old is not None and old.is_over and not cohort.is_over
    was_full = old is not None and free_places(old) == 0
    cohort.save()
    for kind, window in (windows or {}).items():
        if window is None:
            cohort.windows.filter(kind=kind).delete()
        else:
            CohortWindow.objects.update_or_create(
                cohort=cohort, kind=kind, defaults={"starts_on": window[0], "ends_on": window[1]}
            )
    if old is not None and (old.ends_on, old.time_zone) != (cohort.ends_on, cohort.time_zone):
        lengthen_running(Attempt.objects.filter(done_for(cohort.enrolments.active())))
    audit.record(actor=actor, action=f"catalogue.{'create' if old is None else 'change'}_cohort", obj=cohort)
    if more or goes_on:
        fill_places(cohort, was_full=was_full)
    return cohort


@transaction.atomic
def save_question(*, actor: Any, question: ApplicationQuestion) -> ApplicationQuestion:
    """Save a question of a course's application form. Raises ``NotYourProgramme``."""
    _require(actor, question.course)
    if question.pk is None:
        last = question.course.application_questions.order_by("-order").first()
        question.order = last.order + 1 if last else 1
    question.save()
    audit.record(actor=actor, action="catalogue.save_question", obj=question)
    return question


@transaction.atomic
def retire_question(*, actor: Any, question: ApplicationQuestion) -> None:
    """Take a question off the form; applications keep their answers. Raises ``NotYourProgramme``."""
    _require(actor, question.course)
    question.retired_at = timezone.now()
    question.save(update_fields=["retired_at"])
    audit.record(actor=actor, action="catalogue.retire_question", obj=question)


@transaction.atomic
def order_questions(*, actor: Any, course: Course, order: Sequence[int]) -> None:
    """Put the questions in this order. Raises ``NotYourProgramme``."""
    _require(actor, course)
    for place, pk in enumerate(order, start=1):
        course.application_questions.filter(pk=pk).update(order=place)
    audit.record(actor=actor, action="catalogue.order_questions", obj=course)


@transaction.atomic
def add_prerequisite(*, actor: Any, course: Course, kind: str, ref: str, module: Item | None = None) -> Prerequisite:
    """Ask for something before a course, or before one of its modules.

    Raises ``WrongPrerequisite`` for what is not known, stands already, or leads in a circle; ``NotYourProgramme``.
    """
    _require(actor, course)
    if kind not in kinds() or ref not in kinds()[kind].name([ref]):
        raise WrongPrerequisite(_("Choose what has to be completed."))
    goals = {("course", str(course.pk)), *([("module", str(module.pk))] if module else [])}
    if _waits(course, ref, module) if module and kind == "module" else leads_to((kind, ref), goals):
        raise WrongPrerequisite(_("This leads in a circle: one would wait for the other."))
    if kind == "module" and module is None and course.syllabus.filter(item_id=int(ref)).exists():
        raise WrongPrerequisite(_("This module is part of the course: nobody could finish it before."))
    try:
        with transaction.atomic():
            found = Prerequisite.objects.create(course=course, kind=kind, ref=ref, module=module)
    except IntegrityError as error:
        raise WrongPrerequisite(_("This is asked for already.")) from error
    audit.record(actor=actor, action="catalogue.add_prerequisite", obj=course, kind=kind, ref=ref)
    return found


def _waits(course: Course, ref: str, module: Item) -> bool:
    """Whether the module named by ``ref`` is this one, or waits for it in the end within the course."""
    asked: dict[int, set[int]] = {}
    for before, after in course.prerequisites.filter(kind="module", module__isnull=False).values_list("ref", "module"):
        asked.setdefault(after, set()).add(int(before))
    seen: set[int] = set()
    due = {int(ref)}
    while due:
        if module.pk in due:
            return True
        seen |= due
        due = set().union(*(asked.get(pk, set()) for pk in due)) - seen
    return False


@transaction.atomic
def remove_prerequisite(*, actor: Any, prerequisite: Prerequisite) -> None:
    """Ask for it no longer. Raises ``NotYourProgramme``."""
    _require(actor, prerequisite.course)
    audit.record(
        actor=actor,
        action="catalogue.remove_prerequisite",
        obj=prerequisite.course,
        kind=prerequisite.kind,
        ref=prerequisite.ref,
    )
    prerequisite.delete()
