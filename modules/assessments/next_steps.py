"""Where to go on after a quiz."""

from __future__ import annotations

from typing import Any

from core.routing import page_url
from modules.lessons.models import ModulePage
from modules.lessons.outline import Skeleton, Step, best_pages, outlines_of

from .models import Quiz
from .registry import module_after


def next_step(user: Any, quiz: Quiz, module: Skeleton | None, language: str) -> Step | None:
    """Return what is left in the quiz's module, else the module that follows it, else ``None``.

    ``module``: that of the quiz as everybody sees it, if it has a page. The next one is that of the learner's own
    course; for somebody in no course, that of the topic.
    """
    parent = quiz.item.parent
    if parent is None:
        return None
    if module is not None:
        outline = outlines_of({module.key: module}, user, language)[module.key]
        own_urls = {entry.url for entry in outline.others if entry.key == quiz.item.key}
        if outline.resume_url and outline.resume_url not in own_urls:
            return Step(outline.resume_url, outline.resume_title, True)
    if key := module_after(user, parent.key):
        own = best_pages(ModulePage, [key], language).get(key)
        if own is not None:
            return Step(page_url(own, language), own.title, False)
    page = best_pages(ModulePage, [parent.key], language).get(parent.key)
    following = page.get_next_siblings().type(ModulePage).live().public().first() if page else None
    return Step(page_url(following, language), following.title, False) if following else None
