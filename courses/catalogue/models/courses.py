"""Courses, their syllabus and completion rule; the pages that describe them.

A ``Course`` row owns everything that counts; its pages only describe it, one per language.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from core.fields import ComposedStreamField
from core.languages import best_title
from core.models import BasePage
from institutions.models import ActivityOrganisation, Programme
from jobs.models import Job
from modules.lessons.models import Field
from modules.records.models import Item

from ..querysets import CourseQuerySet, SyllabusEntryQuerySet


class Course(models.Model):  # type: ignore[django-manager-missing]
    """What is offered: a syllabus with a completion rule. ``item`` holds its titles."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="course")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="courses")
    field = models.CharField(_("field"), max_length=10, choices=Field.choices)
    hours = models.DecimalField(
        _("hours credited"), max_digits=5, decimal_places=1, default=0, help_text=_("Printed on the certificate.")
    )
    sign_in_to_read = models.BooleanField(
        _("lessons only after sign-in"), default=False, help_text=_("Otherwise everybody can read them.")
    )
    open_enrolment = models.BooleanField(_("everybody may enrol"), default=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return self.item.title


class CourseOrganisation(ActivityOrganisation):
    """Who organises, hosts, funds or partners a course."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="organisations")


class SyllabusEntry(models.Model):
    """One part of a course, in order. Modules point to an item; the other kinds are held with dates."""

    class Kind(models.TextChoices):
        MODULE = "module", _("Module")
        LIVE_SESSION = "live-session", _("Workshop or live session")
        DISCUSSION = "discussion", _("Discussion")
        SURVEY = "survey", _("Survey")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="syllabus")
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="syllabus_entries")
    titles = models.JSONField(_("titles"), default=dict, blank=True)
    required = models.BooleanField(_("required"), default=True)

    objects = SyllabusEntryQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("syllabus entry")
        verbose_name_plural = _("syllabus")
        constraints = [
            models.UniqueConstraint(fields=["course", "item"], name="syllabus_item_once"),
            models.CheckConstraint(
                name="module_entry_has_item", condition=~models.Q(kind="module") | models.Q(item__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.item.title if self.item else (best_title(self.titles) or str(self.get_kind_display()))


class CompletionRule(models.Model):
    """What completes a course; a new row is a new version. ``spec`` is read by ``completion.py``."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="rules")
    version = models.PositiveIntegerField()
    spec = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="completion_rules")

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["course", "version"], name="rule_version_once")]
        verbose_name = _("completion rule")
        verbose_name_plural = _("completion rules")

    def __str__(self) -> str:
        return f"{self.course_id} v{self.version}"


class CoursePage(BasePage):
    """Describes a course in one language."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="pages")
    body = ComposedStreamField(blocks_setting="LESSON_BLOCKS", verbose_name=_("what it gives and asks"), blank=True)
    audience = models.TextField(_("for whom"), blank=True, help_text=_("One group to a line."))
    prerequisites = models.TextField(_("what it asks"), blank=True)
    objectives = models.TextField(_("what you will be able to do"), blank=True, help_text=_("One to a line."))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("course"),
        FieldPanel("body"),
        FieldPanel("objectives"),
        FieldPanel("audience"),
        FieldPanel("prerequisites"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.SearchField("objectives"),
        index.FilterField("course_id"),
    ]
    subpage_types: list[str] = []
    template = "catalogue/course_page.html"

    class Meta:
        verbose_name = _("course page")
        verbose_name_plural = _("course pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what a visitor asks first: syllabus, dates, hours, and whether they are in already."""
        from ..course_page import course_context

        return {**super().get_context(request, *args, **kwargs), **course_context(self, request)}
