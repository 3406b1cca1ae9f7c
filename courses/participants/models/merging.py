"""Two records of one person, and two people who look like one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import MergeQuerySet, ToldApartQuerySet
from .people import Participant


class Merge(models.Model):
    """Two records of one person were made one. ``changes`` lists what was moved and written, for undoing it.

    After ``services.UNDO_DAYS`` days, or when the person is erased, ``changes`` is emptied: it holds what the
    records said before.
    """

    source = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField(default=dict)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-id"]
        verbose_name = _("merge of two records")
        verbose_name_plural = _("merges of records")

    def __str__(self) -> str:
        return f"{self.source_id} → {self.into_id}"


class ToldApart(models.Model):
    """Two records that look alike and are two people: somebody looked, and they are not suggested again."""

    one = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ToldApartQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("pair that was told apart")
        verbose_name_plural = _("pairs that were told apart")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="told_apart_once"),
            models.CheckConstraint(name="told_apart_in_order", condition=models.Q(one__lt=models.F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"
