"""Parts of a course, as long as the completion rule asks for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from modules.records.models import Item

from ..completion import FactKey, read_rule
from ..models import Course, SyllabusEntry
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
def remove_part(*, actor: Any, entry: SyllabusEntry) -> None:
    """Take a part out of a course. Raises ``NotYourProgramme`` and ``StillAsked``."""
    course = Course.objects.select_for_update().get(pk=entry.course_id)
    if not organises(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    require_unasked(course, facts_of(entry))
    audit.record(actor=actor, action="catalogue.delete_syllabusentry", obj=entry)
    entry.delete()
