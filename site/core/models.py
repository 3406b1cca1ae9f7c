"""Foundations every room builds on: the audit trail, the abstract page, text rows per language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from .querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One act of a person on a record. Append-only; the labels survive what they name."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_label = models.CharField(max_length=255, blank=True)
    action = models.CharField(max_length=80, help_text="room.act, for example certificates.revoke")
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    object_label = models.CharField(max_length=255, blank=True)
    once = models.CharField(
        max_length=200, null=True, blank=True, unique=True, editable=False, help_text="what is written once a day"
    )
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
            models.Index(fields=["action", "-at"], name="audit_action"),
        ]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Audit entries are append-only.")
        super().save(*args, **kwargs)


class BasePage(Page):
    """What every page of ours has: a short summary used in lists, search and meta description."""

    summary = models.CharField(
        _("summary"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences. Shown in lists, in search results and to search engines."),
    )

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    search_fields = [*Page.search_fields, index.SearchField("summary")]

    class Meta:
        abstract = True

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the layout says of this page: its own language and direction, its translations, the way to it."""
        from .page_context import page_context

        return {**super().get_context(request, *args, **kwargs), **page_context(self, request)}


class LanguageText(models.Model):
    """One language's words for a record that has a single row for all languages (decision 2).

    A subclass adds ``record`` (a foreign key with ``related_name="texts"``) and its text fields.
    """

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)

    class Meta:
        abstract = True
