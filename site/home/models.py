"""Home, topic and plain pages, and the brand of the installation."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.search import index

from core.fields import ComposedStreamField
from core.models import BasePage
from modules.lessons.models import Field


class HomePage(BasePage):
    """The first page of a language."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("lead")]
    search_fields = [*BasePage.search_fields, index.SearchField("lead")]
    subpage_types = ["home.TopicPage", "home.PlainPage"]
    max_count_per_parent = None
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add topics, courses and the next workshops."""
        from .listing import home_context

        return {**super().get_context(request, *args, **kwargs), **home_context()}


class TopicPage(BasePage):
    """One of the fields of work: its courses and modules live below."""

    field = models.CharField(_("field"), max_length=10, choices=Field.choices)
    body = ComposedStreamField(blocks_setting="LESSON_BLOCKS", verbose_name=_("body"), blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("field"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["catalogue.CoursePage", "lessons.ModulePage", "home.PlainPage"]
    template = "home/topic_page.html"

    class Meta:
        verbose_name = _("topic page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the courses and modules of the field."""
        from .listing import topic_context

        return {**super().get_context(request, *args, **kwargs), **topic_context(self)}


class PlainPage(BasePage):
    """About, privacy, accessibility, help."""

    body = ComposedStreamField(blocks_setting="LESSON_BLOCKS", verbose_name=_("body"), blank=True)
    in_footer = models.BooleanField(_("link in the footer"), default=True)

    content_panels = [*BasePage.content_panels, FieldPanel("body"), FieldPanel("in_footer")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    subpage_types: list[str] = []
    template = "home/plain_page.html"

    class Meta:
        verbose_name = _("plain page")


@register_setting(icon="site")
class BrandSettings(BaseSiteSetting):
    """Name, line and picture of the installation: any secretariat can run it under its own."""

    name = models.CharField(pgettext_lazy("site", "name"), max_length=80, default="Protocol Campus")
    tagline = models.CharField(_("line below the name"), max_length=160, blank=True)
    logo = models.ForeignKey(
        "media.CampusImage", verbose_name=_("logo"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    contact_email = models.EmailField(_("contact address"), blank=True)

    panels = [FieldPanel("name"), FieldPanel("tagline"), FieldPanel("logo"), FieldPanel("contact_email")]

    class Meta:
        verbose_name = _("brand")


class StarterRecord(models.Model):
    """What the starter content wrote, so that it writes nothing twice and nothing over an editor's change."""

    name = models.CharField(max_length=200, unique=True)
    digest = models.CharField(max_length=64, blank=True)
    revision_id = models.PositiveBigIntegerField(null=True, blank=True)
    written_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
