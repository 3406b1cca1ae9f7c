"""The learner's home, the site map, and pages for local work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from core.routing import page_url
from courses.catalogue.models import Application, Course
from courses.catalogue.views.public import WANTED_COURSE
from courses.participants.notices import notice_for
from courses.participants.services import participant_of
from courses.privacy.models import ErasureRequest
from courses.workshops.cards import Card
from courses.workshops.models import Workshop
from courses.workshops.views.public import WANTED_WORKSHOP
from modules.lessons.resume import changed_for

from . import learning
from .navigation import account_links


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """Lead from the bare address to the home page in the viewer's language (``core.middleware`` has found it)."""
    return redirect(f"/{get_language() or settings.LANGUAGE_CODE}/")


@require_safe
@login_required
def learner_home(request: HttpRequest) -> HttpResponse:
    """What to do next: the next step, deadlines, courses with what is still missing, sessions, certificates."""
    user: Any = request.user
    participant = participant_of(user)
    language = get_language() or settings.LANGUAGE_CODE
    entries = learning.entries_of(user, participant, language) if participant else []
    workshops: list[Card] = []
    applications: list[Application] = []
    if participant is not None:
        workshops = learning.workshops_of(participant)
        applications = list(participant.applications.open().select_related("cohort__course__item").order_by("-sent_at"))
    wanted = request.session.get(WANTED_COURSE)
    wish = request.session.get(WANTED_WORKSHOP)
    return render(
        request,
        "home/learner_home.html",
        {
            "participant": participant,
            "entries": entries,
            "next": learning.next_of(entries),
            "deadlines": learning.deadlines_of(entries),
            "sessions": learning.sessions_of(participant, user.time_zone) if participant else [],
            "changed": changed_for(user, language),
            "workshops": workshops,
            "applications": applications,
            "certificates": learning.certificates_of(participant) if participant else [],
            "notice": notice_for(user) if participant else None,
            "erasure": ErasureRequest.objects.visible_to(user).filter(state=ErasureRequest.State.PLANNED).first(),
            "wanted": Course.objects.offered().select_related("item").filter(key=wanted).first() if wanted else None,
            "wanted_workshop": Workshop.objects.public().filter(key=wish).first() if wish else None,
            "account_links": account_links(request),
        },
    )


class PagesSitemap(Sitemap):
    """Every public page in every language."""

    def items(self) -> Any:
        root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
        trees = Page.objects.none()
        for home in root.get_translations(inclusive=True):
            trees |= Page.objects.descendant_of(home, inclusive=True)
        return trees.live().public().select_related("locale").order_by("path")

    def location(self, page: Page) -> str:
        return page_url(page, page.locale.language_code)

    def lastmod(self, page: Page) -> Any:
        return page.last_published_at


class ListsSitemap(Sitemap):
    """The catalogue and the workshops, in every language."""

    def items(self) -> list[tuple[str, str]]:
        from courses.workshops.models import Workshop

        names = [("catalogue", ""), ("workshops", ""), ("glossary", ""), ("certificate_check", "")]
        names += [("workshop", key) for key in Workshop.objects.public().values_list("key", flat=True)]
        return [(language, *name) for language, _label in settings.LANGUAGES for name in names]  # type: ignore[misc]

    def location(self, item: Any) -> str:
        language, name, key = item
        with translation.override(language):
            return reverse(name, args=[key] if key else [])


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The site map."""
    return sitemap_view(request, sitemaps={"pages": PagesSitemap, "lists": ListsSitemap})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read."""
    lines = ["User-agent: *", "Disallow: /admin/", f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead programs that ask for the icon by its old address to the icon."""
    return redirect(static("img/favicon.svg"))


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in both directions and themes (local settings only)."""
    from .styleguide import samples

    return render(request, "home/styleguide.html", samples())
