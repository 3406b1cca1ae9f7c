"""Loading the starter content, in the order in which things point to each other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from courses.catalogue.models import CoursePage
from modules.lessons.models import LessonPage, ModulePage

from ..models import BrandSettings, HomePage, PlainPage, TopicPage
from . import files, records
from .blocks import bullets, stream
from .files import key_of, read
from .translate import put_translation
from .tree import put_page

logger = logging.getLogger("home.starter")
AUTHORS = "Protocol Campus"
LICENCE = "cc-by-4.0"
SHORT = {"zh-hans": "zh"}


def load_starter_content(*, actor: Any = None, say: Any = logger.info) -> None:
    """Load every page, quiz, course, workshop and template of the starter content.

    Safe to run again. ``say`` takes a line of text for each step. Sample accounts are made elsewhere.
    """
    say("Languages and home pages")
    home = home_pages()
    english = Locale.objects.get(language_code="en")
    records.put_glossary()
    pages = read("pages")
    topics = {}
    for topic in pages["home"]["topics"]:
        topics[topic["key"]] = put_topic(home, english, topic)
    for plain in pages["pages"]:
        put_plain(home, english, plain)
    for course in files.courses():
        say(course["title"])
        for name in course["modules"]:
            put_module(topics[course["field"]], english, name)
        records.put_course(course)
        put_course_page(topics[course["field"]], english, course)
    say("Workshops")
    records.put_workshops(read("workshops")["workshops"])
    records.put_certificate_template()
    records.put_data_notice(read("notice"))


def home_pages() -> HomePage:
    """Make the home page of each language, the site and the brand; return the English one."""
    texts = read("pages")["home"]
    root = Page.get_first_root_node()
    english, _created = Locale.objects.get_or_create(language_code="en")
    welcome = Page.objects.filter(depth=2, slug="home", content_type__model="page").first()
    if welcome is not None:
        welcome.delete()  # Wagtail's own first page
        root.refresh_from_db()
    home, _written = put_page(
        HomePage,
        parent=root,
        key=key_of("home"),
        locale=english,
        slug="home",
        title=texts["title"],
        lead=texts["lead"],
        summary=texts["lead"],
    )
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, hostname="localhost")
    if site.root_page_id != home.pk:
        site.root_page, site.site_name = home, "Protocol Campus"
        site.save()
    BrandSettings.objects.get_or_create(site=site)
    for language in files.LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
        title, lead = _own(texts, "title", language), _own(texts, "lead", language)
        put_translation(home, language, title=title, lead=lead, summary=lead)
    return home


def _own(texts: dict[str, Any], name: str, language: str) -> str:
    return texts.get(f"{name}_{SHORT.get(language, language)}") or texts[name]


def _by_key(rows: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {row["key"]: row for row in rows or []}


def put_in_languages(
    model: type[Page],
    words: Callable[[dict[str, Any]], dict[str, Any]],
    source: dict[str, Any],
    translations: dict[str, dict[str, Any]],
    **fixed: Any,
) -> Page:
    """Write a page and its translations; returns the English one.

    ``words`` makes the fields that a translator writes from a text; ``fixed`` are those of every language.
    """
    page, _written = put_page(model, **fixed, **words(source))
    for language, text in translations.items():
        put_translation(page, language, **words(text))
    return page


def _of_pages(part: Callable[[dict[str, Any]], list[dict[str, Any]]], key: str) -> dict[str, dict[str, Any]]:
    return {language: _by_key(part(content))[key] for language, content in files.translations("pages").items()}


def put_topic(home: HomePage, english: Locale, topic: dict[str, Any]) -> Page:
    """Write a topic page and its translations."""
    return put_in_languages(
        TopicPage,
        lambda text: {
            "title": text["title"],
            "summary": text["summary"],
            "body": stream([{"text": text["body"]}], f"topic-{topic['key']}"),
        },
        topic,
        _of_pages(lambda content: content["home"]["topics"], topic["key"]),
        parent=home,
        key=key_of("topic", topic["key"]),
        locale=english,
        slug=slugify(topic["title"]),
        field=topic["key"],
    )


def put_plain(home: HomePage, english: Locale, plain: dict[str, Any]) -> Page:
    """Write a plain page and its translations."""
    return put_in_languages(
        PlainPage,
        lambda text: {
            "title": text["title"],
            "summary": text["summary"],
            "body": stream(text["body"], f"plain-{plain['key']}"),
        },
        plain,
        _of_pages(lambda content: content["pages"], plain["key"]),
        parent=home,
        key=key_of("plain", plain["key"]),
        locale=english,
        slug=plain["slug"],
    )


def put_module(topic: Page, english: Locale, name: str) -> None:
    """Write a module, its lessons and its quiz, with their translations."""
    source = read(f"modules/{name}")
    translations = files.translations(f"modules/{name}")
    module = put_in_languages(
        ModulePage,
        lambda text: {
            "title": text["title"],
            "summary": text["summary"],
            "objectives": bullets(text["objectives"]),
        },
        source,
        translations,
        parent=topic,
        key=key_of("module", name),
        locale=english,
        slug=name,
        field=source["field"],
        minutes=source["minutes"],
        authors=AUTHORS,
        licence=LICENCE,
    )
    for lesson in source["lessons"]:
        put_lesson(module, english, lesson, translations)
    records.put_module_quiz(name, source, translations)


def put_lesson(module: Page, english: Locale, lesson: dict[str, Any], translations: dict[str, dict[str, Any]]) -> None:
    """Write a lesson; ``translations`` are those of its module."""
    put_in_languages(
        LessonPage,
        lambda text: {
            "title": text["title"],
            "summary": text["summary"],
            "sources": bullets(text["sources"]),
            "body": stream(text["body"], lesson["key"]),
        },
        lesson,
        {language: _by_key(text["lessons"])[lesson["key"]] for language, text in translations.items()},
        parent=module,
        key=key_of("lesson", lesson["key"]),
        locale=english,
        slug=lesson["key"],
        minutes=lesson["minutes"],
    )


def put_course_page(topic: Page, english: Locale, course: dict[str, Any]) -> None:
    """Write the page that describes a course, with its translations."""
    put_in_languages(
        CoursePage,
        lambda text: {
            "title": text["title"],
            "summary": text["summary"],
            "body": stream([{"text": paragraph} for paragraph in text["description"]], f"course-{course['key']}"),
            "objectives": "\n".join(text["objectives"]),
            "audience": "\n".join(text["audience"]),
            "prerequisites": text["prerequisites"],
        },
        course,
        files.translations(f"courses/{course['key']}"),
        parent=topic,
        key=key_of("course-page", course["key"]),
        locale=english,
        slug=course["key"],
        course=records.course_of(course["key"]),
    )
