"""The brand and the ways through the site, cached per language until a page or the brand changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from core.caching import PAGES, generation, name, recalled
from core.routing import page_url, root_paths
from institutions.models import Role
from institutions.permissions import organises_all
from institutions.roles import holds, scope
from modules.assessments.marking import marking_title

from .models import BrandSettings, PlainPage, TopicPage

T = TypeVar("T")
NAVIGATION_FOR = 300
"""Seconds: a picture of the brand may be replaced without any page being published."""


def _cached(what: str, language: str, make: Callable[[], T]) -> T:
    return recalled(name("navigation", what, language, generation(PAGES)), make, NAVIGATION_FOR)


def brand(language: str) -> dict[str, Any]:
    """Return ``{name, note, home_url, logo, contact_email}`` of the installation."""

    def make() -> dict[str, Any]:
        settings = BrandSettings.objects.filter(site__is_default_site=True).first() or BrandSettings()
        logo = settings.logo.get_rendition("max-160x36") if settings.logo else None
        return {
            "name": settings.name,
            "note": settings.tagline,
            "home_url": f"/{language}/",
            "logo": {"url": logo.url, "width": logo.width, "height": logo.height} if logo else None,
            "contact_email": settings.contact_email,
        }

    return _cached("brand", language, make)


def _pages(model: type[TopicPage] | type[PlainPage], language: str) -> list[Any]:
    """Live pages of a kind in a language; where it has none, the English ones."""
    roots = root_paths()
    for code in dict.fromkeys([language, "en"]):
        if code in roots:
            pages = list(
                model.objects.filter(live=True, url_path__startswith=roots[code])
                .select_related("locale")
                .order_by("path")
            )
            if pages:
                return pages
    return []


def topics(language: str) -> list[dict[str, str]]:
    """Return ``[{title, url, field, summary}]`` of the topics."""
    return _cached(
        "topics",
        language,
        lambda: [
            {"title": page.title, "url": page_url(page, language), "field": page.field, "summary": page.summary}
            for page in _pages(TopicPage, language)
        ],
    )


def main_nav(request: HttpRequest, language: str) -> list[dict[str, Any]]:
    """Return the main navigation as ``[{title, url, current}]``."""
    entries = [(_("Courses"), reverse("catalogue")), (_("Workshops"), reverse("workshops"))]
    entries += [(topic["title"], topic["url"]) for topic in topics(language)]
    return [{"title": title, "url": url, "current": request.path == url} for title, url in entries]


def footer_nav(language: str) -> list[dict[str, str]]:
    """Return the footer's links as ``[{title, url}]``."""
    pages = _cached(
        "footer",
        language,
        lambda: [
            {"title": page.title, "url": page_url(page, language)}
            for page in _pages(PlainPage, language)
            if page.in_footer
        ],
    )
    return [
        *pages,
        {"title": _("Glossary"), "url": reverse("glossary")},
        {"title": _("Check a certificate"), "url": reverse("certificate_check")},
    ]


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """Return what else a signed-in person may open, by their roles, as ``[{title, url}]``."""
    user = request.user
    if not user.is_authenticated or not (user.is_superuser or holds(user, *Role)):
        return []  # a learner: spares asking for permissions on every page
    links = []
    if holds(user, Role.FOCAL_POINT):
        links.append({"title": _("My country"), "url": reverse("country")})
    if holds(user, Role.TRAINER, Role.ORGANISER):
        links.append({"title": _("My workshops as a trainer"), "url": reverse("workshops_mine")})
        links.append({"title": _("Cohorts and completion"), "url": reverse("cohorts")})
        links.append({"title": marking_title(user), "url": reverse("marking")})
    if holds(user, Role.ORGANISER):
        where = scope(user, Role.ORGANISER)
        if where.everywhere or where.programmes or where.ids("course"):  # a list leads to a programme or a cohort
            links.append({"title": _("Bring people in from a list"), "url": reverse("people_imports")})
        links.append({"title": _("Who wants to hear from us"), "url": reverse("people_willing")})
        if organises_all(user):
            links.append({"title": _("Perhaps the same person"), "url": reverse("people_doubles")})
            links.append({"title": _("Merges of records"), "url": reverse("participant_merges")})
            links.append({"title": _("Erasures on request"), "url": reverse("person_erasures")})
        links.append({"title": _("Certificates issued"), "url": reverse("certificates")})
    if user.has_perm("wagtailadmin.access_admin"):
        links.append({"title": _("Manage the content"), "url": reverse("wagtailadmin_home")})
    return links
