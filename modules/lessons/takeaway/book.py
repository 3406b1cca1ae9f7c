"""A module as a book in one language: its lessons in order, the words explained, authors and licence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText

from core.languages import direction
from core.routing import page_url
from modules.reference.explain import Entry

from ..body import explained_body
from ..models import LessonPage, ModulePage
from ..outline import best_pages, skeletons


@dataclass(frozen=True)
class Chapter:
    """A lesson."""

    number: int
    title: str
    summary: str
    minutes: int
    language: str
    path: str  # below the site's address
    body: str
    sources: SafeString

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def file(self) -> str:
        """Its name among plain files."""
        return f"lesson-{self.number:02}.html"


@dataclass(frozen=True)
class Book:
    """A module, ready to be set."""

    title: str
    summary: str
    objectives: SafeString
    language: str
    slug: str
    url: str
    publisher: str
    authors: str
    licence: str
    version: int
    made_on: date
    chapters: tuple[Chapter, ...]
    terms: tuple[Entry, ...]
    others: tuple[str, ...]  # what is done online only: quizzes

    @property
    def direction(self) -> str:
        return direction(self.language)


def read_book(key: UUID, language: str) -> Book | None:
    """Return a module that has a live page, or ``None``. Lessons that not everybody may read are left out.

    The number of queries depends on the pictures alone.
    """
    skeleton = skeletons([key], language).get(key)
    page = best_pages(ModulePage, [key], language).get(key)
    if skeleton is None or page is None:
        return None
    found = best_pages(LessonPage, [lesson.key for lesson in skeleton.lessons], language)
    lessons = [found[lesson.key] for lesson in skeleton.lessons if lesson.key in found]
    closed = set(PageViewRestriction.objects.filter(page__in=lessons).values_list("page_id", flat=True))
    chapters: list[Chapter] = []
    terms: dict[str, Entry] = {}
    for lesson in lessons:
        if lesson.pk in closed:
            continue
        body = explained_body(lesson)
        terms |= {entry.slug: entry for entry in body.entries if entry.slug not in terms}
        chapters.append(
            Chapter(
                number=len(chapters) + 1,
                title=lesson.title,
                summary=lesson.summary,
                minutes=lesson.minutes,
                language=lesson.locale.language_code,
                path=page_url(lesson, language),
                body=body.html,
                sources=rich(lesson.sources),
            )
        )
    return Book(
        title=page.title,
        summary=page.summary,
        objectives=rich(page.objectives),
        language=page.locale.language_code,
        slug=page.slug,
        url=f"{settings.BASE_URL}{page_url(page, language)}",
        publisher=settings.WAGTAIL_SITE_NAME,
        authors=page.authors,
        licence=page.get_licence_display(),
        version=page.version,
        made_on=timezone.now().date(),
        chapters=tuple(chapters),
        terms=tuple(sorted(terms.values(), key=lambda entry: entry.name.casefold())),
        others=tuple(entry.title for entry in skeleton.others),
    )


def rich(source: str) -> SafeString:
    """Return rich text as HTML; empty where there is none."""
    return mark_safe(str(RichText(source))) if source else SafeString("")  # noqa: S308  sanitised by Wagtail


def stored_name(url: str) -> str:
    """Return the name under which the storage of uploads has the file of an address; empty if it is none of its own."""
    start = default_storage.url("x")[:-1]
    inside = url.startswith(start) and ".." not in unquote(url) and not urlsplit(url).query
    return unquote(url[len(start) :]) if inside else ""


def online(path: str) -> str:
    """Return the full address of something on the site."""
    return f"{settings.BASE_URL}{path}" if path.startswith("/") else path
