"""The question bank: categories, questions, their versions and words."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from core.languages import best_text, best_title
from core.models import LanguageText

from ..querysets import CategoryQuerySet, QuestionQuerySet
from ..types import type_of
from ..types.base import QuestionType


class QuestionCategory(models.Model):
    """A drawer of the question bank; drawers hold drawers."""

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("within")
    )
    titles = models.JSONField(_("titles"), default=dict, help_text=_("Title by language code"))

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("question category")
        verbose_name_plural = _("question categories")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language, with fallback."""
        return best_title(self.titles) or str(self.pk)


class Question(models.Model):
    """A question of the bank; what is asked is its latest version."""

    key = models.SlugField(max_length=80, unique=True, default=uuid.uuid4)
    name = models.CharField(_("name"), max_length=255, blank=True, help_text=_("For authors; learners never see it."))
    idnumber = models.CharField(max_length=255, blank=True, help_text=_("By which another system knows it"))
    category = models.ForeignKey(
        QuestionCategory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
        verbose_name=_("category"),
    )
    tags = TaggableManager(_("tags"), blank=True)
    source_language = models.CharField(max_length=10, default="en", choices=settings.LANGUAGES)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.name or self.key


class QuestionVersion(models.Model):
    """What a question asked from some day on. Never changed once asked.

    ``type`` names a class of ``types``, which knows what ``body`` (free of language) holds.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    type = models.CharField(_("type"), max_length=20)
    body = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["question", "-number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_once")]
        verbose_name = _("question version")
        verbose_name_plural = _("question versions")

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"

    @property
    def kind(self) -> QuestionType:
        """The class that knows how this is asked and graded."""
        return type_of(self.type)

    def text_in(self, language: str | None = None) -> QuestionText | None:
        """The words in a language with fallback. Prefetch ``texts`` and ``question`` first."""
        return best_text(self.texts.all(), asked=language, source=self.question.source_language)


class QuestionText(LanguageText):
    """A version's words in one language; ``parts`` is ``{part id: {"text": …, "feedback": …}}``."""

    record = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="texts")
    text = models.TextField(_("question"))
    feedback = models.TextField(_("general feedback"), blank=True)
    parts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="question_text_once")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.language}"
