"""What the layout needs to know of a page: language, direction, translations, breadcrumbs."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Page

from .caching import PAGES, generation, name, recalled
from .languages import direction, native_name
from .routing import Alternate, alternates, page_url


def page_context(page: Page, request: HttpRequest) -> dict[str, Any]:
    """Return the layout's part of a page's template context.

    ``lang`` and ``dir`` come from the page's locale, not from the interface (decision 10). Two queries, none when
    they are kept.
    """
    shown_in = get_language() or settings.LANGUAGE_CODE
    own = page.locale.language_code
    if getattr(request, "is_preview", False):
        others, above = _ways(page)
    else:
        others, above = recalled(name("page", page.pk, shown_in, generation(PAGES)), partial(_ways, page))
    root = request.build_absolute_uri("/").rstrip("/")
    return {
        "content_language": {"code": own, "dir": direction(own)},
        "untranslated": own != shown_in,
        "languages": [
            {
                "code": alternate.code,
                "name": native_name(alternate.code),
                "url": alternate.url,
                "full_url": f"{root}{alternate.url}" if alternate.translated else "",
                "current": alternate.code == shown_in,
            }
            for alternate in others
        ],
        "canonical_url": f"{root}{page_url(page, own)}",
        "description": getattr(page, "summary", "") or page.search_description,
        "breadcrumbs": above,
    }


def _ways(page: Page) -> tuple[list[Alternate], list[dict[str, str]]]:
    return alternates(page), breadcrumbs(page)


def breadcrumbs(page: Page) -> list[dict[str, str]]:
    """Return ``[{title, url}]`` from below the home page down to ``page``; empty for a home page. One query."""
    if page.depth <= 2:
        return []
    above = page.get_ancestors().filter(depth__gt=2, live=True).order_by("depth")
    return [{"title": step.title, "url": page_url(step)} for step in [*above, page]]
