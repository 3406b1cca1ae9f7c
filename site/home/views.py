"""The learner's home, the site map, and pages for local work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from core.routing import page_url
from courses.catalogue.models import Course, Enrolment
from courses.catalogue.search import courses as offered_courses
from courses.catalogue.services import refresh_completion
from courses.catalogue.views.public import WANTED_COURSE
from courses.certificates.models import Certificate
from courses.participants.services import participant_of
from courses.workshops.models import Registration, Workshop
from courses.workshops.views.public import WANTED_WORKSHOP
from modules.lessons.resume import changed_for, resume_of

from .navigation import account_links


@require_safe
@login_required
def learner_home(request: HttpRequest) -> HttpResponse:
    """What to do next: courses with what is still missing, coming workshops, certificates."""
    participant = participant_of(request.user)
    enrolments: list[Enrolment] = []
    workshops: list[Registration] = []
    certificates: list[Certificate] = []
    if participant is not None:
        enrolments = list(
            participant.enrolments.active()
            .select_related("participant__user", "cohort__course__item")
            .order_by("completed_at", "-enrolled_at")
        )
        workshops = list(
            participant.registrations.active()
            .filter(workshop__ends_on__gte=timezone.now().date())
            .select_related("workshop__country")
            .prefetch_related("workshop__texts")
            .order_by("workshop__starts_on")
        )
        certificates = list(participant.certificates.filter(state=Certificate.State.VALID)[:5])
    language = get_language() or settings.LANGUAGE_CODE
    cards = {card.course.pk: card for card in offered_courses(language)} if enrolments else {}
    wanted = request.session.get(WANTED_COURSE)
    wish = request.session.get(WANTED_WORKSHOP)
    return render(
        request,
        "home/learner_home.html",
        {
            "participant": participant,
            "enrolled": [_enrolled(request, enrolment, cards, language) for enrolment in enrolments],
            "changed": changed_for(request.user, language),
            "workshops": workshops,
            "certificates": certificates,
            "wanted": Course.objects.offered().select_related("item").filter(key=wanted).first() if wanted else None,
            "wanted_workshop": Workshop.objects.public().filter(key=wish).first() if wish else None,
            "account_links": account_links(request),
        },
    )


def _enrolled(request: HttpRequest, enrolment: Enrolment, cards: dict[int, Any], language: str) -> dict[str, Any]:
    course = enrolment.cohort.course
    completion = refresh_completion(course, [enrolment])[enrolment.pk]
    module_keys = [
        entry.item.key for entry in course.syllabus.select_related("item") if entry.item and entry.kind == "module"
    ]
    return {
        "enrolment": enrolment,
        "card": cards.get(course.pk),
        "completion": completion,
        "resume": resume_of(request.user, module_keys, language),
    }


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
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in both directions and themes (local settings only)."""
    from .styleguide import samples

    return render(request, "home/styleguide.html", samples())
