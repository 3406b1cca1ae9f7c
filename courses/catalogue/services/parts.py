"""Parts of a course, as long as the completion rule asks for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from modules.assessments.models import Quiz
from modules.records.models import Item

from ..completion import FactKey, read_rule
from ..facts import quizzes_of
from ..models import Course, Enrolment, SyllabusEntry
from ..permissions import organises
from .courses import NotYourProgramme


class StillAsked(DomainError):
    """The rule in force asks for this part of the course."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The completion rule of the course asks for this part. Change the rule first: its preview says who "
                "would gain or lose."
            )
        )


def require_unasked(course: Course, facts: Collection[FactKey]) -> None:
    """Raise ``StillAsked`` while the rule that is written down for the course asks for one of these facts.

    A rule that follows from the syllabus follows this change, too.
    """
    rule = course.rules.order_by("-version").first()
    if rule is not None and not read_rule(rule.spec).keys.isdisjoint(facts):
        raise StillAsked


def facts_of(entry: SyllabusEntry) -> set[FactKey]:
    """Return what a rule may ask of a part of the syllabus."""
    if entry.item_id is None:
        return {(entry.kind, str(entry.pk))}
    quizzes = Item.objects.filter(kind=Item.Kind.QUIZ, parent=entry.item_id).values_list("pk", flat=True)
    return {("lessons", str(entry.item_id)), *(("quiz", str(pk)) for pk in (entry.item_id, *quizzes))}


@transaction.atomic
def require_quiz_unasked(quiz: Quiz) -> None:
    """Raise ``StillAsked`` while the rule of a course that goes on asks for a quiz, or for the module whose last it is.

    Who has not passed it could not any more. A course whose cohorts are all over asks nobody.
    """
    module = quiz.item.parent_id
    if module is None:
        return
    facts = {("quiz", str(quiz.item_id))}
    if [item.pk for item in quizzes_of([module]).get(module, [])] == [quiz.item_id]:
        facts.add(("quiz", str(module)))
    courses = Course.objects.offered().filter(pk__in=SyllabusEntry.objects.filter(item=module).values("course"))
    for course in courses.select_for_update(of=("self",)).order_by("pk"):
        if _goes_on(course):
            require_unasked(course, facts)


def _goes_on(course: Course) -> bool:
    """Whether somebody is, or may yet be, on their way in a course; so in one that has no cohort yet."""
    cohorts = list(course.cohorts.all())
    if not cohorts or any(cohort.archived_at is None and not cohort.is_over for cohort in cohorts):
        return True
    going = Enrolment.objects.active().filter(cohort__in=cohorts, completed_at__isnull=True).select_related("cohort")
    return any(not enrolment.is_over for enrolment in going.iterator())


@transaction.atomic
def remove_part(*, actor: Any, entry: SyllabusEntry) -> None:
    """Take a part out of a course. Raises ``NotYourProgramme`` and ``StillAsked``."""
    course = Course.objects.select_for_update().get(pk=entry.course_id)
    if not organises(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    require_unasked(course, facts_of(entry))
    audit.record(actor=actor, action="catalogue.delete_syllabusentry", obj=entry)
    entry.delete()
