"""The viewer's language and time zone, and the admin's own content security policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.encoding import escape_uri_path

# Wagtail's admin has inline scripts and styles; nothing else of the site is allowed them.
ADMIN_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)


class CompressionMiddleware(GZipMiddleware):
    """Compress text only; PDFs, archives and pictures are compressed already.

    Django adds a random length to every compressed page, which hides what its size could tell (BREACH).
    """

    TEXT = ("text/", "application/json", "application/xml", "image/svg+xml")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(self.TEXT):
            return response
        return super().process_response(request, response)


def viewer_zone(user: Any) -> ZoneInfo | None:
    """Return the time zone that a person chose; ``None`` (UTC) without one, or when it is known no more."""
    try:
        return ZoneInfo(user.time_zone) if user.is_authenticated and user.time_zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


NO_LANGUAGE = ("admin", "documents", "uploads", "static")


def with_language(request: HttpRequest, language: str) -> str:
    """Return where an address without a language leads, or with one in other letters.

    ``/courses`` to ``/fr/courses/``, ``/zh/my/`` to ``/zh-hans/my/``; empty for what is no page (a file, the admin) or
    has its language.
    """
    first, __, rest = request.path_info.lstrip("/").partition("/")
    last = request.path_info.rpartition("/")[2]
    if request.method not in ("GET", "HEAD") or "." in last or "/../" in request.path_info or first in NO_LANGUAGE:
        return ""
    try:
        known = translation.get_supported_language_variant(first.lower().replace("_", "-"))
    except LookupError:
        known = ""
    if known == first or request.resolver_match is not None:
        return ""
    path = f"{known}/{rest}" if known else f"{language}/{first}/{rest}"
    query = request.META.get("QUERY_STRING", "")
    return escape_uri_path(f"/{path.rstrip('/')}/") + (f"?{query}" if query else "")


class ViewerLocaleMiddleware:
    """Activate language and time zone for the request.

    Language: the URL's prefix; without one, a signed-in person's choice, then Accept-Language.
    Time zone: a signed-in person's choice (IANA name), else UTC.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = translation.get_language_from_path(request.path_info)
        prefixed = language is not None
        if not prefixed:
            user = request.user
            language = (user.is_authenticated and user.language) or translation.get_language_from_request(request)
        assert language
        with translation.override(language), timezone.override(viewer_zone(request.user)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if response.status_code == 404 and (address := with_language(request, language)):
                response = HttpResponseRedirect(address)
            if not prefixed:
                patch_vary_headers(response, ("Accept-Language",))
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        if request.path_info.startswith("/admin/"):
            response.headers["Content-Security-Policy"] = ADMIN_POLICY
        return response


class AdminDoorMiddleware:
    """Tell a signed-in person without any right in the admin so, plainly.

    Wagtail would send them to the sign-in page, which sends those signed in back: a loop.
    """

    OPEN_TO_ALL = frozenset({"wagtailadmin_login", "wagtailadmin_logout", "wagtailadmin_javascript_catalog"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not request.path_info.startswith("/admin/") or not request.user.is_authenticated:
            return
        match = request.resolver_match
        if match is not None and match.url_name in self.OPEN_TO_ALL:
            return
        if not request.user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied
