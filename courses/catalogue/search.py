"""Finding courses: text and facets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Locale, Page

from core.caching import PAGES, generation, name, recalled
from core.languages import fallback_order
from core.routing import page_url
from core.wording import duration
from institutions.models import Region
from modules.lessons.models import Field, LessonPage
from modules.records.querysets import ITEMS

from .models import Course, CoursePage, SyllabusEntry
from .syllabus import Taught, lesson_languages, taught

COURSES = "courses"
"""The generation of all that courses are made of, rules and tasks included, beside pages and items."""
LESSONS_LOOKED_AT = 500
"""So many lessons that hold a word name all courses that teach of it."""


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
    taught: Taught
    modes: list[str]
    regions: list[str]

    @property
    def mode_labels(self) -> list[str]:
        return [str(Mode(mode).label) for mode in self.modes]

    @property
    def duration(self) -> str:
        return duration(self.minutes) if self.minutes else ""

    @property
    def languages(self) -> list[str]:
        """Languages in which the whole course can be studied."""
        return self.taught.whole

    @property
    def language_names(self) -> str:
        return self.taught.words


def _modules(course: Course) -> list[int]:
    return [
        entry.item_id for entry in course.syllabus.all() if entry.kind == SyllabusEntry.Kind.MODULE and entry.item_id
    ]


def _card(course: Course, language: str, lesson_codes: dict[int, set[str]]) -> Found | None:
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
        taught=taught(_modules(course), lesson_codes, languages),
        modes=[mode for mode in Mode.values if mode in modes],
        regions=sorted({cohort.region for cohort in cohorts if cohort.region}),
    )


def courses(language: str) -> list[Found]:
    """Return every offered course with a live page, in the reader's language or its fallback.

    Eight queries, none when they are kept. Do not change what is returned. Kept for the hour: cohorts end with their
    last day, at midnight of their own time zones, and nothing is written then.
    """
    hour = f"{timezone.now():%Y-%m-%d-%H}"
    return recalled(name("courses", language, hour, generation(PAGES, COURSES, ITEMS)), partial(_courses, language))


def _courses(language: str) -> list[Found]:
    rows = (
        Course.objects.offered()
        .order_by("field", "key")
        .select_related("item")
        .prefetch_related("pages__locale", "cohorts", "syllabus__item")
    )
    lesson_codes = lesson_languages({module for course in rows for module in _modules(course)})
    return [card for card in (_card(course, language, lesson_codes) for course in rows) if card]


def find(*, language: str, text: str = "", facets: dict[str, list[str]] | None = None) -> list[Found]:
    """Return the courses that match a text and every facet.

    Facets: ``topic`` (field), ``language`` (of the whole course), ``region``, ``mode``; within one, any value
    will do. A course without regions is for all of them.
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
    """Return ids of courses that hold the text in their page or the title of their topic; else in a lesson.

    In any language: full text, or the letters as typed, which find what full text cannot cut into words (Chinese) and
    beginnings of words. A course whose page speaks of it is a better answer than one that mentions it in passing, so
    lessons are asked only where no page does.
    """
    words = _words(text)
    if not words:
        return set()
    pages = CoursePage.objects.live()
    found = {page.course_id for page in pages.search(words, operator="and")}
    found |= set(pages.filter(_letters(words, "title", "summary", "objectives")).values_list("course_id", flat=True))
    return found | _by_topic(words) or _by_lesson(words)


def _letters(words: str, *fields: str) -> Q:
    """Every word somewhere in these fields."""
    asked = Q()
    for word in words.split()[:6]:
        one = Q()
        for field in fields:
            one |= Q(**{f"{field}__icontains": word})
        asked &= one
    return asked


def _by_topic(words: str) -> set[int]:
    """Courses whose page stands below a page of this title. Compared here: SQLite folds the case of ASCII only."""
    parents: dict[str, set[int]] = {}
    for path, course in CoursePage.objects.live().values_list("path", "course_id"):
        parents.setdefault(path[: -Page.steplen], set()).add(course)
    key_of = dict(Page.objects.filter(path__in=parents).values_list("path", "translation_key"))
    titles = (
        Page.objects.live().filter(translation_key__in=set(key_of.values())).values_list("translation_key", "title")
    )
    asked = words.casefold().split()
    keys = {key for key, title in titles if all(word in title.casefold() for word in asked)}
    return {course for path, key in key_of.items() if key in keys for course in parents[path]}


def _by_lesson(words: str) -> set[int]:
    """Courses that have a lesson which holds the words."""
    pages = LessonPage.objects.live().public()
    keys = {page.translation_key for page in pages.search(words, operator="and")[:LESSONS_LOOKED_AT]}
    keys |= set(pages.filter(_letters(words, "title", "summary")).values_list("translation_key", flat=True))
    entries = SyllabusEntry.objects.filter(item__children__key__in=keys)
    return set(entries.values_list("course_id", flat=True))


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
