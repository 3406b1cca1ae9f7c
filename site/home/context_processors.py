"""What the layout needs on every page; a page's own context (core.page_context) overrides it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core.languages import direction, native_name

from .navigation import account_links, brand, footer_nav, main_nav


def layout(request: HttpRequest) -> dict[str, Any]:
    """Return brand, navigation and languages for the active language. No query when the cache is warm."""
    language = get_language() or settings.LANGUAGE_CODE
    rest = request.path_info.split("/", 2)[2] if request.path_info.startswith(f"/{language}/") else ""
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return {
        "content_language": {"code": language, "dir": direction(language)},
        "brand": SimpleLazyObject(lambda: brand(language)),
        "languages": [
            {
                "code": code,
                "name": native_name(code),
                "url": f"/{code}/{rest}{query}",
                "full_url": "",
                "current": code == language,
            }
            for code, _name in settings.LANGUAGES
        ],
        "main_nav": SimpleLazyObject(lambda: main_nav(request, language)),
        "footer_nav": SimpleLazyObject(lambda: footer_nav(language)),
        "account_links": SimpleLazyObject(lambda: account_links(request)),
    }
