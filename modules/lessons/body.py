"""Rendering the blocks of a page, each with an address of its own."""

from __future__ import annotations

import re
from itertools import count
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from core.caching import keep, name, recall
from core.languages import direction
from modules.reference.explain import Entry, explain
from modules.reference.glossary import entries_in

BLOCK_KEYS = re.compile(r' data-block-key="[^"]*"')  # the editor's, of no use to readers
PARTS = re.compile(r"<(?:p|li|h[3-6]|blockquote)(?=[\s>])(?![^>]*\sid=)")  # where reading may stop inside a block


def anchor(block_id: str | None) -> str:
    """Return the id of a block's element: where a link to a place in a lesson leads."""
    return f"block-{block_id}" if block_id else ""


def render_body(stream: Any, language: str) -> SafeString:
    """Return the HTML of a StreamField's blocks, for an element of class ``prose``.

    Labels inside ("Example") are in ``language``, that of the content, not of the interface. Each block has an
    address, and each paragraph inside one: ``block-ID`` and ``block-ID.3``, counted alike in every language.
    """
    with translation.override(language):
        context = {"content_direction": direction(language)}
        parts = [
            _numbered(BLOCK_KEYS.sub("", child.render({**context, "anchor": anchor(child.id)})), anchor(child.id))
            for child in stream
        ]
    return mark_safe("\n".join(parts))  # noqa: S308  the blocks' templates escape


def _numbered(html: str, address: str) -> str:
    """Give each paragraph of a block an address of its own."""
    if not address:
        return html
    numbers = count(1)
    return PARTS.sub(lambda tag: f'{tag[0]} id="{address}.{next(numbers)}"', html)


class Explained(NamedTuple):
    """A rendered body whose words are explained, and the words."""

    html: SafeString
    entries: tuple[Entry, ...]


def explained_body(page: Any) -> Explained:
    """Return the body of a lesson with the glossary's words linked, each where it is used first. One query."""
    language = page.locale.language_code
    html, used = explain(render_body(page.body, language), entries_in(language), language)
    return Explained(mark_safe(html), tuple(used))  # noqa: S308  what is added is escaped


def cached_body(page: Any, changed: str) -> Explained:
    """Return the explained body of a live page, kept until it is published again, or something around it changes.

    ``changed``: the moment of its module's last change, which a change of the glossary also is.
    """
    key = name("body", page.pk, page.live_revision_id, page.last_published_at, changed)
    body = recall(key)
    if body is None:
        body = explained_body(page)
        keep(key, body)
    return body
