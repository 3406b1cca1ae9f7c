"""Courses: made, changed, their titles kept where records read them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from institutions.roles import is_organiser
from modules.records.models import Item
from modules.records.services import freeze_item

from ..completion import evaluate
from ..models import Cohort, CompletionRule, Course
from ..permissions import organises


class NotYourProgramme(DomainError):
    """Somebody else organises this programme."""


@transaction.atomic
def create_course(*, actor: Any, key: str, title: str, language: str = "en", **fields: Any) -> Course:
    """Create a course with its learning item and its self-paced cohort; ``fields`` are those of ``Course``.

    Raises ``NotYourProgramme`` when the actor does not organise the programme.
    """
    if not is_organiser(actor, fields["programme"].pk):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    item = freeze_item(
        key=uuid.uuid4(), kind=Item.Kind.COURSE, language=language, title=title, source_language=language
    )
    course = Course.objects.create(key=key, item=item, **fields)
    Cohort.objects.create(course=course, self_paced=True)
    audit.record(actor=actor, action="catalogue.create_course", obj=course)
    return course


@transaction.atomic
def change_course(*, actor: Any, course: Course, title: str) -> Course:
    """Save a changed course and its title in the source language. Raises ``NotYourProgramme``."""
    if not organises(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    course.save()
    freeze_title(course=course, language=course.item.source_language, title=title)
    audit.record(actor=actor, action="catalogue.change_course", obj=course)
    return course


def freeze_title(*, course: Course, language: str, title: str) -> None:
    """Keep a course's title in a language on its learning item, where certificates and records read it."""
    item = course.item
    if item.titles.get(language) != title:
        item.titles = {**item.titles, language: title}
        item.save(update_fields=["titles"])


@transaction.atomic
def put_rule(*, actor: Any, course: Course, spec: dict[str, Any]) -> CompletionRule:
    """Give a course a new version of its completion rule. Raises ``completion.RuleError`` for a tree it cannot read."""
    evaluate(spec, {})
    latest = course.rules.select_for_update().order_by("-version").first()
    if latest is not None and latest.spec == spec:
        return latest
    rule = CompletionRule.objects.create(
        course=course, version=latest.version + 1 if latest else 1, spec=spec, created_by=actor
    )
    audit.record(actor=actor, action="catalogue.put_rule", obj=course, version=rule.version)
    return rule
