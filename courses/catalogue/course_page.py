"""What a course page shows beside its text."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.caching import PAGES, generation, name, recalled
from core.wording import duration
from courses.participants.services import participant_of
from modules.records.querysets import ITEMS

from .models import Cohort, Course, Enrolment
from .prerequisites import asked_of
from .search import COURSES
from .syllabus import lesson_languages, module_pages, taught

if TYPE_CHECKING:
    from .models import CoursePage


KEPT_FOR = 300
"""Seconds: whether enrolment is open changes at midnight."""


def course_context(page: CoursePage, request: HttpRequest) -> dict[str, Any]:
    """Return syllabus, key facts and the visitor's own enrolment; one query when the rest is kept."""
    if getattr(request, "is_preview", False):
        shared = _shared(page)
    else:
        key = name("course-page", page.pk, get_language(), generation(PAGES, COURSES, ITEMS))
        shared = recalled(key, partial(_shared, page), KEPT_FOR)
    if shared["before"] or any(part["before"] for part in shared["syllabus"]):
        shared |= _with_own_standing(shared, request)
    enrolment = None
    if request.user.is_authenticated:
        mine = Enrolment.objects.active().filter(participant__user=request.user, cohort__course=shared["course"])
        enrolment = mine.first()
    return {**shared, "enrolment": enrolment}


def _with_own_standing(shared: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What goes before, with what of it the visitor has done; nobody's standing is ever kept for others."""
    participant = participant_of(request.user)
    if participant is None:
        return {}
    asked = asked_of(shared["course"], participant)
    return {
        "before": [one for one in asked if one.module_id is None],
        "syllabus": [
            {**part, "before": [one for one in asked if one.module_id and one.module_id == part["item_id"]]}
            for part in shared["syllabus"]
        ],
    }


def _shared(page: CoursePage) -> dict[str, Any]:
    """What every visitor sees alike; as many queries for any syllabus."""
    course = Course.objects.select_related("item", "programme").get(pk=page.course_id)
    entries = list(course.syllabus.select_related("item"))
    asked = asked_of(course, None)
    pages = module_pages([entry.item.key for entry in entries if entry.item])
    syllabus: list[dict[str, Any]] = []
    for entry in entries:
        card = pages.get(entry.item.key) if entry.item else None
        syllabus.append(
            {
                "title": card.title if card else entry.title,
                "url": card.url if card else "",
                "summary": card.summary if card else "",
                "minutes": card.minutes if card else 0,
                "required": entry.required,
                "item_id": entry.item_id,
                "before": [one for one in asked if one.module_id and one.module_id == entry.item_id],
            }
        )
    return {
        "course": course,
        "syllabus": syllabus,
        "before": [one for one in asked if one.module_id is None],
        "facts": _facts(page, course, [entry.item_id for entry in entries if entry.item_id], syllabus),
        "objectives": page.objectives.splitlines(),
        "audience": page.audience.splitlines(),
        "organisations": list(course.organisations.select_related("organisation")),
    }


def _facts(
    page: CoursePage, course: Course, modules: list[int], syllabus: list[dict[str, Any]]
) -> list[dict[str, str]]:
    live = page.get_translations(inclusive=True).filter(live=True).values_list("locale__language_code", flat=True)
    languages = taught(modules, lesson_languages(modules), set(live))
    facts = [{"term": _("Languages"), "value": languages.words}]
    minutes = sum(part["minutes"] for part in syllabus)
    if minutes:
        facts.append({"term": _("Study time"), "value": duration(minutes)})
    if course.hours:
        value = number_format(course.hours.normalize() if course.hours % 1 else int(course.hours))
        facts.append({"term": _("Hours credited"), "value": value})
    for cohort in course.cohorts.offered().lasting().prefetch_related("windows"):
        if cohort.entry == Cohort.Entry.INVITATION or cohort.is_over:
            continue
        if cohort.self_paced:
            facts.append({"term": _("At your own pace"), "value": _("at any time")})
        elif cohort.starts_on and cohort.ends_on:
            facts.append({"term": capfirst(cohort.title), "value": _dates(cohort, cohort.starts_on, cohort.ends_on)})
            facts += [
                {
                    "term": f"{capfirst(cohort.title)}: {window.get_kind_display()}",
                    "value": f"{date_format(window.starts_on)} – {date_format(window.ends_on)}",
                }
                for window in cohort.windows.all()
            ]
    return facts


def _dates(cohort: Cohort, first: date, last: date) -> str:
    """When a cohort is held, and how and until when one comes in."""
    dates = f"{date_format(first)} – {date_format(last)}"
    if cohort.enrolment_closes_on:
        if cohort.is_open:
            closes = date_format(cohort.enrolment_closes_on)
            dates = _("%(dates)s; enrol until %(day)s") % {"dates": dates, "day": closes}
        else:
            dates = _("%(dates)s; enrolment is closed") % {"dates": dates}
    if cohort.is_open and cohort.entry == Cohort.Entry.APPLICATION:
        dates = _("%(dates)s; by application") % {"dates": dates}
    return dates
