"""What can be learned (item) and what happened (event), free of page and language.

Progress, attempts, grades and syllabus entries point to an item, never to a page (decision 1).
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.languages import best_title

from .querysets import ItemQuerySet


class Item(models.Model):
    """Something that can be learned. ``key`` is Wagtail's ``translation_key`` where a page tells it.

    Titles are frozen copies, so that a record still reads when the page is gone. Retired, never deleted.
    """

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        MODULE = "module", _("Module")
        LESSON = "lesson", _("Lesson")
        QUIZ = "quiz", _("Quiz")
        EXERCISE = "exercise", _("Exercise")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    order = models.PositiveIntegerField(default=0)
    titles = models.JSONField(_("titles"), default=dict)
    source_language = models.CharField(max_length=10, default="en")
    licence = models.CharField(_("licence"), max_length=20, blank=True)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, help_text=_("Raised by a major change"))
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(
        default=timezone.now,
        editable=False,
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["parent", "kind", "order"], name="item_outline")]
        verbose_name = _("learning item")
        verbose_name_plural = _("learning items")

    def __str__(self) -> str:
        return self.title or str(self.key)

    @property
    def title(self) -> str:
        """The frozen title in the active language, with fallback."""
        return best_title(self.titles, source=self.source_language)


class Event(models.Model):
    """One thing that happened while learning; append-only, ready to become an xAPI statement."""

    class Verb(models.TextChoices):
        REGISTERED = "registered", _("enrolled")
        EXPERIENCED = "experienced", _("read")
        COMPLETED = "completed", _("completed")
        ATTEMPTED = "attempted", _("attempted")
        ANSWERED = "answered", _("answered")
        PASSED = "passed", _("passed")
        FAILED = "failed", _("did not pass")
        ATTENDED = "attended", _("attended")
        EARNED = "earned", _("earned")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_key = models.UUIDField(db_index=True)
    verb = models.CharField(max_length=16, choices=Verb.choices)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="events")
    item_version = models.PositiveIntegerField(default=1)
    context = models.CharField(max_length=60, blank=True, help_text="kind:id of what it was done for")
    result = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["item", "verb", "-at"], name="event_item")]
        verbose_name = _("learning event")
        verbose_name_plural = _("learning events")

    def __str__(self) -> str:
        return f"{self.actor_key} {self.verb} {self.item_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Learning events are append-only.")
        super().save(*args, **kwargs)


class LearnerRecord(models.Model):
    """A record about one learner that outlives the account (decision 5).

    ``learner`` becomes empty when the account is deleted; ``learner_key`` (the account's ``key``) stays.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    learner_key = models.UUIDField(editable=False)

    class Meta:
        abstract = True
