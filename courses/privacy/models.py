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

from courses.participants.models import Participant
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
    def file_name(self) -> str:
        """Where in the storage the archive lies: always the same place, so that none is left behind."""
        return f"exports/{self.requested_at:%Y}/{self.key}.zip"

    @property
    def is_ready(self) -> bool:
        """Whether the file can be fetched now."""
        return bool(self.archive) and self.expires_at is not None and self.expires_at > timezone.now()


class ErasureRequest(models.Model):
    """Somebody wants to be forgotten. Until ``due_at`` they can change their mind; afterwards only the dates stay.

    By themselves with their account (``user``), or by letter (``participant``, who has none): then an organiser wrote
    down how they made sure who asks, why, and where the letter is kept.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("erasure", "Waits for confirmation by mail")
        PLANNED = "planned", pgettext_lazy("erasure", "Planned")
        UNDONE = "undone", pgettext_lazy("erasure", "Taken back")
        DONE = "done", pgettext_lazy("erasure", "Done")

    class Identity(models.TextChoices):
        DOCUMENT = "document", _("Compared with an identity document")
        IN_PERSON = "in-person", _("The person came in person")
        CALLED_BACK = "called-back", _("Asked back by the address or number in the record")
        OFFICE = "office", _("Confirmed by the person’s ministry or organisation")

    class Reason(models.TextChoices):
        ASKED = "asked", _("The person asks for it")
        ON_BEHALF = "on-behalf", _("A legal representative asks for it")
        ORDERED = "ordered", _("A court or a data-protection authority orders it")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="erasure_requests"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="erasure_requests"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    identity = models.CharField(_("how you made sure who asks"), max_length=12, choices=Identity.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    reference = models.CharField(
        _("where the letter is kept"),
        max_length=100,
        blank=True,
        help_text=_("The number of your file. No name: this note outlives the record."),
    )
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
            models.UniqueConstraint(
                fields=["participant"],
                condition=models.Q(state__in=["asked", "planned"]),
                name="erasure_by_letter_open_once",
            ),
            models.CheckConstraint(
                name="erasure_by_letter_is_vouched_for",
                condition=models.Q(participant__isnull=True)
                | (
                    models.Q(user__isnull=True)
                    & ~models.Q(identity="")
                    & ~models.Q(reason="")
                    & ~models.Q(reference="")
                ),
            ),
            models.CheckConstraint(
                name="erasure_planned_has_date", condition=~models.Q(state="planned") | models.Q(due_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="erasure_due")]

    def __str__(self) -> str:
        return f"{self.key}"
