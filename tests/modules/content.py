"""A small site to learn in: home pages in three languages, a topic, modules with lessons."""

from __future__ import annotations

import uuid
from itertools import count
from typing import Any

from wagtail.models import Locale, Page, Site

from home.models import HomePage, TopicPage
from modules.lessons.models import LessonPage, ModulePage

_numbers = count(1)


def make_site(*languages: str) -> HomePage:
    """The English home page (and those of other languages), as the default site."""
    root = Page.get_first_root_node()
    english = locale("en")
    home = HomePage(title="Home", slug="campus", locale=english)
    root.add_child(instance=home)
    Site.objects.update_or_create(is_default_site=True, defaults={"root_page": home, "hostname": "testserver"})
    for language in languages:
        root = Page.objects.get(pk=root.pk)
        root.add_child(
            instance=HomePage(
                title="Home", slug=f"campus-{language}", locale=locale(language), translation_key=home.translation_key
            )
        )
    Site.clear_site_root_paths_cache()
    return HomePage.objects.get(pk=home.pk)


def locale(language: str) -> Locale:
    return Locale.objects.get_or_create(language_code=language)[0]


def publish(page: Any) -> Any:
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def make_topic(home: HomePage, **fields: Any) -> TopicPage:
    topic = TopicPage(**{"title": "ABS", "slug": "abs", "field": "abs", "locale": home.locale, **fields})
    home.add_child(instance=topic)
    return publish(topic)


def make_module(topic: TopicPage, lessons: int = 3, **fields: Any) -> ModulePage:
    """A published module with published lessons ``lesson-1`` and so on."""
    number = next(_numbers)
    values = {"title": f"Module {number}", "slug": f"module-{number}", "field": "abs", "locale": topic.locale}
    module = ModulePage(**{**values, **fields})
    topic.add_child(instance=module)
    module = publish(module)
    for place in range(1, lessons + 1):
        make_lesson(module, title=f"Lesson {place}", slug=f"lesson-{place}")
        module = ModulePage.objects.get(pk=module.pk)
    return module


def make_lesson(module: ModulePage, body: list[Any] | None = None, **fields: Any) -> LessonPage:
    values = {"title": "A lesson", "slug": f"lesson-{next(_numbers)}", "locale": module.locale, "minutes": 7}
    lesson = LessonPage(**{**values, **fields}, body=text_body() if body is None else body)
    module.add_child(instance=lesson)
    return publish(lesson)


def text_body(*paragraphs: str) -> list[dict[str, Any]]:
    return [
        {"type": "text", "value": f"<p>{text}</p>", "id": str(uuid.uuid4())} for text in paragraphs or ("One.", "Two.")
    ]


def translate(page: Any, language: str, title: str) -> Any:
    """A published translation of a page (and of those above it, at need)."""
    parent = page.get_parent().specific
    target = locale(language)
    if not type(parent).objects.filter(translation_key=parent.translation_key, locale=target).exists():
        translate(parent, language, f"{parent.title} ({language})")
    copy = page.copy_for_translation(target)
    copy.title = title
    return publish(copy)


def lessons_of(module: ModulePage) -> list[LessonPage]:
    return list(LessonPage.objects.child_of(module).order_by("path"))


def url(page: Any, language: str = "en") -> str:
    from core.routing import page_url

    return page_url(page, language)
