"""Rendering the blocks of a page, each with an address of its own."""

from __future__ import annotations

import re
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from core.languages import direction

from .caching import keep, name, recall

BLOCK_KEYS = re.compile(r' data-block-key="[^"]*"')  # the editor's, of no use to readers


def anchor(block_id: str | None) -> str:
    """Return the id of a block's element: where a link to a place in a lesson leads."""
    return f"block-{block_id}" if block_id else ""


def render_body(stream: Any, language: str) -> SafeString:
    """Return the HTML of a StreamField's blocks, for an element of class ``prose``.

    Labels inside ("Example") are in ``language``, that of the content, not of the interface.
    """
    with translation.override(language):
        context = {"content_direction": direction(language)}
        parts = [child.render({**context, "anchor": anchor(child.id)}) for child in stream]
    return mark_safe(BLOCK_KEYS.sub("", "\n".join(parts)))  # noqa: S308  the blocks' templates escape


def cached_body(page: Any) -> SafeString:
    """Return the rendered body of a live page, cached for as long as it is not published again."""
    key = name("body", page.pk, page.live_revision_id, page.last_published_at)
    html = recall(key)
    if html is None:
        html = render_body(page.body, page.locale.language_code)
        keep(key, html)
    return html
