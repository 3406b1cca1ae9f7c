"""Archives of one's own data, and requests to erase it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jobs.models import Job

from .querysets import DataExportQuerySet, ErasureRequestQuerySet


def private_storage():  # type: ignore[no-untyped-def]
    """The storage whose files only our views hand out."""
    return storages["private"]


class DataExport(models.Model):
    """One archive of everything held about a person, made on their request, for them alone and for a few days."""

    KEPT = timedelta(days=7)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_exports")
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="data_export")
    archive = models.FileField(storage=private_storage, upload_to="exports/%Y/", blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        verbose_name = _("archive of one’s own data")
        verbose_name_plural = _("archives of one’s own data")

    def __str__(self) -> str:
        return f"{self.key}"

    @property
    def is_ready(self) -> bool:
        """Whether the file can be fetched now."""
        return bool(self.archive) and self.expires_at is not None and self.expires_at > timezone.now()


class ErasureRequest(models.Model):
    """Somebody wants to be forgotten. Until ``due_at`` they can change their mind; afterwards only the dates stay."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("erasure", "Waits for confirmation by mail")
        PLANNED = "planned", pgettext_lazy("erasure", "Planned")
        UNDONE = "undone", pgettext_lazy("erasure", "Taken back")
        DONE = "done", pgettext_lazy("erasure", "Done")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="erasure_requests"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    withdraw_certificates = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = _("request for erasure")
        verbose_name_plural = _("requests for erasure")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state__in=["asked", "planned"]), name="erasure_open_once"
            ),
            models.CheckConstraint(
                name="erasure_planned_has_date", condition=~models.Q(state="planned") | models.Q(due_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="erasure_due")]

    def __str__(self) -> str:
        return f"{self.key}"
