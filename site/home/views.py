"""The learner's home, the site map, and pages for local work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.messages import get_messages
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from core.caching import PAGES, generation, name, recalled
from core.gaps import ACCOUNT, NAME, TOKEN, fill, gap, nobody, split
from core.routing import page_url
from courses.catalogue.models import Course
from courses.catalogue.views.public import WANTED_COURSE
from courses.workshops.models import Workshop
from courses.workshops.views.public import WANTED_WORKSHOP

from . import learning
from .navigation import account_links

MAIN = gap("main")
AROUND_KEPT_FOR = 60  # the brand and the navigation around the page may change too


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """Lead from the bare address to the home page in the viewer's language (``core.middleware`` has found it)."""
    return redirect(f"/{get_language() or settings.LANGUAGE_CODE}/")


@require_safe
@login_required
def learner_home(request: HttpRequest) -> HttpResponse:
    """What to do next: the next step, deadlines, courses with what is still missing, sessions, certificates."""
    user: Any = request.user
    language = get_language() or settings.LANGUAGE_CODE
    wanted, wish = request.session.get(WANTED_COURSE), request.session.get(WANTED_WORKSHOP)
    own = learning.home_of(user, language)
    links = account_links(request) if own["works"] or user.is_superuser else []
    main = render_to_string(
        "home/learner_home_main.html",
        {
            **own,
            "wanted": Course.objects.offered().select_related("item").filter(key=wanted).first() if wanted else None,
            "wanted_workshop": Workshop.objects.public().filter(key=wish).first() if wish else None,
            "account_links": links,
        },
    )
    if links or user.is_staff or user.is_superuser or len(get_messages(request)):
        return render(request, "home/learner_home.html", {"main": main})
    values = {MAIN: main, NAME: escape(str(user)), ACCOUNT: str(user.key), TOKEN: get_token(request)}
    return HttpResponse(fill(_around(request, language), values))


def _around(request: HttpRequest, language: str) -> list[str]:
    """Return the parts of the page around what is one's own, the same for every learner."""

    def make() -> list[str]:
        imaginary = nobody(request, request.path, language, account=True)
        context = {"main": SafeString(MAIN), "csrf_token": TOKEN}
        return split(render_to_string("home/learner_home.html", context, request=imaginary))

    return recalled(name("home", language, request.get_host(), generation(PAGES)), make, AROUND_KEPT_FOR)


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
