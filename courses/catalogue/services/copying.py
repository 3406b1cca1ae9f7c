"""A course as a template: syllabus, rule, tasks, questions for applicants and pages, for organisers to change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.copying import clone_row
from core.errors import DomainError
from modules.lessons.copying import copy_module
from modules.lessons.models import ModulePage
from modules.records.models import Item

from ..models import Course, CoursePage, PracticalTask, SyllabusEntry
from .courses import create_course, put_rule

Refs = Mapping[tuple[str, str], str]
OF_MODULES = ("lessons", "quiz")
"""Kinds of a rule's leaves whose ``ref`` is a module's item."""


class KeyTaken(DomainError):
    """Each course has a key of its own."""

    def __init__(self, key: str) -> None:
        super().__init__(_("There is a course with the key “%(key)s” already.") % {"key": key})


@transaction.atomic
def copy_course(*, actor: Any, course: Course, key: str, title: str, with_modules: bool = False) -> Course:
    """Copy a course without its people, cohorts and dates; return the copy. Its pages are drafts.

    ``with_modules``: the syllabus leads to copies of the modules, quizzes and questions included; else to the same
    modules, so that what somebody has done in them counts in both. Raises ``NotYourProgramme``, ``KeyTaken``,
    ``lessons.copying.CannotCopy``.
    """
    if Course.objects.filter(key=key).exists():
        raise KeyTaken(key)
    names = ("programme", "field", "hours", "sign_in_to_read", "open_enrolment")
    language = course.item.source_language
    fields = {name: getattr(course, name) for name in names}
    copied = create_course(actor=actor, key=key, title=title, language=language, **fields)
    for organisation in course.organisations.all():
        clone_row(organisation, course=copied)
    for question in course.application_questions.filter(retired_at=None):
        clone_row(question, course=copied)
    refs: dict[tuple[str, str], str] = {}
    for task in PracticalTask.objects.filter(course=course, archived_at=None):
        refs[task.kind, str(task.pk)] = str(clone_row(task, course=copied).pk)
    for entry in course.syllabus.select_related("item"):
        _copy_entry(entry, copied, refs, actor, with_modules)
    _copy_prerequisites(course, copied, refs)
    for letter in course.letter_templates.all():
        clone_row(letter, course=copied)
    rule = course.rules.order_by("-version").first()
    spec = moved(rule.spec, refs) if rule else None
    if spec is not None:
        put_rule(actor=actor, course=copied, spec=spec)
    _copy_pages(course, copied, actor, title)
    audit.record(actor=actor, action="catalogue.copy_course", obj=copied, source=course.key, with_modules=with_modules)
    return copied


def _copy_entry(
    entry: SyllabusEntry, course: Course, refs: dict[tuple[str, str], str], actor: Any, with_modules: bool
) -> None:
    item = entry.item
    if item is not None and with_modules:
        page = ModulePage.objects.filter(
            translation_key=item.key, locale__language_code=item.source_language, alias_of__isnull=True
        ).first()
        if page is not None:
            item = Item.objects.get(key=copy_module(actor=actor, module=page, title=page.title).translation_key)
    copied = clone_row(entry, course=course, item=item)
    refs[entry.kind, str(entry.pk)] = str(copied.pk)
    if entry.item_id and item is not None:
        for kind in OF_MODULES:
            refs[kind, str(entry.item_id)] = str(item.pk)


def _copy_prerequisites(course: Course, copied: Course, refs: Refs) -> None:
    """Copy what goes before; where the modules were copied too, between the copies."""

    def own(item: str) -> str:
        return refs.get((OF_MODULES[0], item), item)

    for row in course.prerequisites.all():
        ref = own(row.ref) if row.kind == "module" else row.ref
        clone_row(row, course=copied, ref=ref, module_id=own(str(row.module_id)) if row.module_id else None)


def moved(spec: Any, refs: Refs) -> Any:
    """Return a rule that asks for the copy's parts instead of the original's. Pure.

    A leaf whose part was not copied (archived, removed) is left out, and a group of which nothing is left;
    ``None`` if that is all.
    """
    if not isinstance(spec, dict):
        return spec
    if "kind" in spec and "ref" in spec:
        ref = refs.get((str(spec["kind"]), str(spec["ref"])))
        return {**spec, "ref": ref} if ref else None
    result: dict[str, Any] = {}
    for name, value in spec.items():
        if isinstance(value, list):
            kept = [part for part in (moved(part, refs) for part in value) if part is not None]
            if not kept:
                return None
            result[name] = kept
        else:
            result[name] = value
    return result


def _copy_pages(course: Course, copied: Course, actor: Any, title: str) -> None:
    """Copy the pages of a course as drafts beside them; translations of one another belong together again."""
    keys: dict[uuid.UUID, uuid.UUID] = {}
    source = course.item.source_language
    for page in CoursePage.objects.filter(course=course, alias_of__isnull=True).select_related("locale"):
        parent = page.get_parent()
        own = title if page.locale.language_code == source else page.title
        taken = set(parent.get_children().values_list("slug", flat=True))
        slug = next(s for s in (copied.key, *(f"{copied.key}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
        new = page.copy(
            recursive=False,
            keep_live=False,
            copy_revisions=False,
            log_action=None,
            update_attrs={"title": own, "slug": slug, "course": copied, "owner": actor},
        )
        CoursePage.objects.filter(pk=new.pk).update(translation_key=keys.setdefault(page.translation_key, uuid.uuid4()))
