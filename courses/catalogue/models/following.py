"""What trainers write about people and to them: notes, letters."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.languages import fallback_order
from core.models import LanguageText
from jobs.models import Job

from ..querysets import EnrolmentNoteQuerySet, LetterQuerySet
from .cohorts import Cohort, Enrolment
from .courses import Course


class EnrolmentNote(models.Model):
    """What a trainer or organiser notes about somebody's way through a course. Part of the person's own data."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(_("note"), max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnrolmentNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.created_at:%Y-%m-%d}"


def words_for(words: Mapping[str, tuple[str, str]], asked: str, source: str) -> tuple[str, str]:
    """Return the words for who reads ``asked`` of those there are by language: asked, source, English."""
    return next(words[code] for code in fallback_order(asked, source) if code in words)


class LetterTemplate(models.Model):
    """The words with which trainers of a course write to people at risk, in one language."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="letter_templates")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=5000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "language"], name="letter_template_once")]

    def __str__(self) -> str:
        return self.subject


class Letter(models.Model):
    """One sending to chosen people of a cohort: previewed, then sent by a job.

    ``subject`` and ``text`` are the words in ``language``, the writer's; ``texts`` those in other languages.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="letters")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=5000)
    language = models.CharField(max_length=10)
    enrolments = models.JSONField(default=list, help_text="ids of the enrolments chosen")
    sent = models.PositiveIntegerField(default=0)
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="letter")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("letter to people at risk")
        verbose_name_plural = _("letters to people at risk")

    def __str__(self) -> str:
        return self.subject

    def words_in(self, language: str) -> tuple[str, str]:
        """Return subject and text for who reads ``language``: asked, the writer's, English (decision 2)."""
        words = {row.language: (row.subject, row.text) for row in self.texts.all()}
        return words_for({**words, self.language: (self.subject, self.text)}, language, self.language)


class LetterText(LanguageText):
    """A letter's words in another language than its writer's."""

    record = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="texts")
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=5000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="letter_text_once")]

    def __str__(self) -> str:
        return self.subject
