"""Loading the starter content, in the order in which things point to each other."""

from __future__ import annotations

import logging
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


def put_topic(home: HomePage, english: Locale, topic: dict[str, Any]) -> TopicPage:
    """Write a topic page and its translations."""
    owner = f"topic-{topic['key']}"
    page, _written = put_page(
        TopicPage,
        parent=home,
        key=key_of("topic", topic["key"]),
        locale=english,
        slug=slugify(topic["title"]),
        title=topic["title"],
        summary=topic["summary"],
        field=topic["key"],
        body=stream([{"text": topic["body"]}], owner),
    )
    for language, content in files.translations("pages").items():
        text = _by_key(content["home"]["topics"])[topic["key"]]
        put_translation(
            page, language, title=text["title"], summary=text["summary"], body=stream([{"text": text["body"]}], owner)
        )
    return page


def put_plain(home: HomePage, english: Locale, plain: dict[str, Any]) -> PlainPage:
    """Write a plain page and its translations."""
    owner = f"plain-{plain['key']}"
    page, _written = put_page(
        PlainPage,
        parent=home,
        key=key_of("plain", plain["key"]),
        locale=english,
        slug=plain["slug"],
        title=plain["title"],
        summary=plain["summary"],
        body=stream(plain["body"], owner),
    )
    for language, content in files.translations("pages").items():
        text = _by_key(content["pages"])[plain["key"]]
        put_translation(page, language, title=text["title"], summary=text["summary"], body=stream(text["body"], owner))
    return page


def put_module(topic: TopicPage, english: Locale, name: str) -> None:
    """Write a module, its lessons and its quiz, with their translations."""
    source = read(f"modules/{name}")
    module, _written = put_page(
        ModulePage,
        parent=topic,
        key=key_of("module", name),
        locale=english,
        slug=name,
        title=source["title"],
        summary=source["summary"],
        field=source["field"],
        minutes=source["minutes"],
        authors=AUTHORS,
        licence=LICENCE,
        objectives=bullets(source["objectives"]),
    )
    translations = files.translations(f"modules/{name}")
    for language, text in translations.items():
        put_translation(
            module, language, title=text["title"], summary=text["summary"], objectives=bullets(text["objectives"])
        )
    for lesson in source["lessons"]:
        page, _written = put_page(
            LessonPage,
            parent=module,
            key=key_of("lesson", lesson["key"]),
            locale=english,
            slug=lesson["key"],
            title=lesson["title"],
            summary=lesson["summary"],
            minutes=lesson["minutes"],
            sources=bullets(lesson["sources"]),
            body=stream(lesson["body"], lesson["key"]),
        )
        for language, text in translations.items():
            words = _by_key(text["lessons"])[lesson["key"]]
            put_translation(
                page,
                language,
                title=words["title"],
                summary=words["summary"],
                sources=bullets(words["sources"]),
                body=stream(words["body"], lesson["key"]),
            )
    records.put_module_quiz(name, source, translations)


def put_course_page(topic: TopicPage, english: Locale, course: dict[str, Any]) -> None:
    """Write the page that describes a course, with its translations."""
    owner = f"course-{course['key']}"
    page, _written = put_page(
        CoursePage,
        parent=topic,
        key=key_of("course-page", course["key"]),
        locale=english,
        slug=course["key"],
        course=records.course_of(course["key"]),
        **_course_texts(course, owner),
    )
    for language, text in files.translations(f"courses/{course['key']}").items():
        put_translation(page, language, **_course_texts(text, owner))


def _course_texts(course: dict[str, Any], owner: str) -> dict[str, Any]:
    return {
        "title": course["title"],
        "summary": course["summary"],
        "body": stream([{"text": paragraph} for paragraph in course["description"]], owner),
        "objectives": "\n".join(course["objectives"]),
        "audience": "\n".join(course["audience"]),
        "prerequisites": course["prerequisites"],
    }
