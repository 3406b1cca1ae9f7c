"""Page addresses: one path per page, every language in front of it.

A page that is not translated yet is still reached under the reader's language: ``/fr/abs/lesson/``
shows the English lesson with French surroundings, so that the language switch never throws anybody
off the page (fallback: asked, then English).
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from wagtail.models import Page, Site
from wagtail.views import serve as wagtail_serve


class Alternate(NamedTuple):
    """A language in which the present address can be shown."""

    code: str
    url: str
    translated: bool


def root_paths() -> dict[str, str]:
    """Return ``{language code: url_path of its home page}`` of the default site (cached by Wagtail)."""
    return {root.language_code: root.root_path for root in Site.get_site_root_paths()}


def page_url(page: Page, language: str | None = None) -> str:
    """Return the address of a page under a language (default: the active one).

    The page's own language gives its own address; another one the fallback address. Empty string for
    a page outside the site's trees. Costs no query: the roots are cached.
    """
    language = language or get_language() or settings.LANGUAGE_CODE
    for root_path in root_paths().values():
        if page.url_path.startswith(root_path):
            return f"/{language}/{page.url_path[len(root_path) :]}"
    return ""


def alternates(page: Page) -> list[Alternate]:
    """Return every language of the platform with the page's address in it. One query."""
    translations = {
        translation.locale.language_code: translation
        for translation in page.get_translations(inclusive=True).filter(live=True).select_related("locale")
    }
    found = []
    for code, _name in settings.LANGUAGES:
        shown = translations.get(code) or translations.get(settings.LANGUAGE_CODE) or page
        found.append(Alternate(code, page_url(shown, code), code in translations))
    return found


def serve_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a Wagtail page; in a language that lacks it, the English one with the reader's surroundings.

    Raises ``Http404`` when no language has it. A translated page asked by its English address redirects to its own.
    """
    language = get_language() or settings.LANGUAGE_CODE
    page = find_page(path, language)
    if page is None:
        return wagtail_serve(request, path)  # a page with addresses below its own, a redirect, or nothing
    if page.locale.language_code != language:
        translation = page.get_translations().filter(locale__language_code=language, live=True).first()
        if translation is not None:
            return HttpResponseRedirect(page_url(translation, language))
    return serve_found(request, page)


def find_page(path: str, language: str) -> Page | None:
    """Return the live page at an address below a language's prefix, else the English one there. One query.

    Wagtail would walk down the tree and ask again for each step.
    """
    roots = root_paths()
    below = f"{path.strip('/')}/".lstrip("/")
    addresses = [f"{roots[code]}{below}" for code in dict.fromkeys([language, settings.LANGUAGE_CODE]) if code in roots]
    pages = Page.objects.filter(url_path__in=addresses, live=True).select_related("locale")
    found = {page.url_path: page for page in pages}
    return next((found[address] for address in addresses if address in found), None)


def serve_found(request: HttpRequest, page: Page) -> HttpResponseBase:
    """Serve ``page`` as Wagtail would (restrictions and hooks included), keeping the active language."""
    specific = page.specific
    specific.locale = page.locale
    # Wagtail caches a request's route under this name and asks it before the tree.
    request.__dict__["_wagtail_route_for_request"] = (specific, [], {})
    return wagtail_serve(request, "")
