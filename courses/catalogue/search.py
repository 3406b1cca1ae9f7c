"""Finding courses: text and facets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Locale

from core.caching import PAGES, generation, name, recalled
from core.languages import fallback_order
from core.routing import page_url
from core.wording import duration, language_names
from institutions.models import Region
from modules.lessons.models import Field, LessonPage

from .models import Course, CoursePage, SyllabusEntry

COURSES = "courses"
"""The generation of all that lists of courses show, beside pages."""


class Mode(models.TextChoices):
    """How a course is followed."""

    SELF_PACED = "self-paced", _("At any time, alone")
    COHORT = "cohort", _("With a group, on dates")
    BLENDED = "blended", _("Online study and a workshop")


@dataclass(frozen=True)
class Found:
    """A course as the catalogue shows it."""

    course: Course
    title: str
    summary: str
    url: str
    field: str
    minutes: int
    languages: list[str]
    modes: list[str]
    regions: list[str]

    @property
    def field_label(self) -> str:
        return str(Field(self.field).label)

    @property
    def mode_labels(self) -> list[str]:
        return [str(Mode(mode).label) for mode in self.modes]

    @property
    def duration(self) -> str:
        return duration(self.minutes) if self.minutes else ""

    @property
    def language_names(self) -> str:
        return language_names(self.languages)


def _card(course: Course, language: str) -> Found | None:
    rank = {code: place for place, code in enumerate(fallback_order(language))}
    pages = sorted(
        (page for page in course.pages.all() if page.live), key=lambda page: rank.get(page.locale.language_code, 99)
    )
    if not pages:
        return None
    page = pages[0]
    cohorts = [cohort for cohort in course.cohorts.all() if cohort.archived_at is None and not cohort.is_over]
    modes = set()
    if any(cohort.self_paced for cohort in cohorts):
        modes.add(Mode.SELF_PACED)
    if any(not cohort.self_paced for cohort in cohorts):
        modes.add(Mode.COHORT)
    if any(entry.kind == SyllabusEntry.Kind.LIVE_SESSION for entry in course.syllabus.all()):
        modes.add(Mode.BLENDED)
    languages = {p.locale.language_code for p in course.pages.all() if p.live}
    return Found(
        course=course,
        title=page.title,
        summary=page.summary,
        url=page_url(page, language),
        field=course.field,
        minutes=sum(entry.item.minutes for entry in course.syllabus.all() if entry.item),
        languages=[code for code, _name in settings.LANGUAGES if code in languages],
        modes=[mode for mode in Mode.values if mode in modes],
        regions=sorted({cohort.region for cohort in cohorts if cohort.region}),
    )


def courses(language: str) -> list[Found]:
    """Return every offered course with a live page, in the reader's language or its fallback.

    Six queries, none when they are kept. Do not change what is returned.
    """
    return recalled(name("courses", language, generation(PAGES), generation(COURSES)), partial(_courses, language))


def _courses(language: str) -> list[Found]:
    rows = (
        Course.objects.offered()
        .order_by("field", "key")
        .select_related("item")
        .prefetch_related("pages__locale", "cohorts", "syllabus__item")
    )
    return [card for card in (_card(course, language) for course in rows) if card]


def find(*, language: str, text: str = "", facets: dict[str, list[str]] | None = None) -> list[Found]:
    """Return the courses that match a text and every facet.

    Facets: ``topic`` (field), ``language``, ``region``, ``mode``; within one, any value will do. A course
    without regions is for all of them.
    """
    found = courses(language)
    if text:
        ids = matching(text)
        found = [card for card in found if card.course.pk in ids]
    wanted: dict[str, Any] = {name: set(values) for name, values in (facets or {}).items() if values}
    return [
        card
        for card in found
        if ("topic" not in wanted or card.field in wanted["topic"])
        and ("language" not in wanted or wanted["language"] & set(card.languages))
        and ("region" not in wanted or not card.regions or wanted["region"] & set(card.regions))
        and ("mode" not in wanted or wanted["mode"] & set(card.modes))
    ]


def _words(text: str) -> str:
    """Return the words of what was typed: signs mean something to a full-text engine, not to a reader."""
    return " ".join(re.findall(r"\w+", text))


def matching(text: str) -> set[int]:
    """Return ids of courses whose page in any language holds the text: full text, or the letters as typed.

    The letters as typed find what full text cannot cut into words (Chinese) and beginnings of words.
    """
    pages = CoursePage.objects.live()
    words = _words(text)
    if not words:
        return set()
    ids = {page.course_id for page in pages.search(words, operator="and")}
    letters = Q()
    for word in words.split()[:6]:
        letters &= Q(title__icontains=word) | Q(summary__icontains=word) | Q(objectives__icontains=word)
    return ids | set(pages.filter(letters).values_list("course_id", flat=True))


def lessons(text: str, language: str, limit: int = 8) -> list[dict[str, str]]:
    """Return ``[{title, url, summary}]`` of lessons that hold the text, in the reader's language or English."""
    text = _words(text)
    if not text:
        return []
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    for code in dict.fromkeys([language, "en"]):
        pages = LessonPage.objects.live().public().filter(locale=locales.get(code))
        found = list(pages.search(text, operator="and")[:limit])
        if found:
            return [{"title": p.title, "url": page_url(p, language), "summary": p.summary} for p in found]
    return []


FACETS: dict[str, tuple[Any, Any]] = {
    "topic": (_("Topic"), Field.choices),
    "language": (_("Language"), settings.LANGUAGES),
    "region": (_("Region"), Region.choices),
    "mode": (pgettext_lazy("way of taking part", "How"), Mode.choices),
}
