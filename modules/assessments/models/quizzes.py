"""Quizzes: their rules, words and places, and more time for one learner."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.languages import best_text
from core.models import LanguageText
from modules.records.models import Item, LearnerRecord

from ..querysets import AllowanceQuerySet, QuizQuerySet
from .bank import Question, QuestionCategory


class Quiz(models.Model):
    """A set of questions with rules. Its item's parent is the module that it belongs to."""

    class GradeRule(models.TextChoices):
        BEST = "best", _("Best attempt")
        LAST = "last", _("Last attempt")
        MEAN = "mean", _("Mean of all attempts")

    class Feedback(models.TextChoices):
        AT_ONCE = "at_once", _("At once: the learner can check each answer, and then no longer change it")
        SUBMITTED = "submitted", _("After handing in")
        CLOSED = "closed", _("After the quiz has closed")

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="quiz")
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, per cent"), default=80, validators=[MaxValueValidator(100)]
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    wait_minutes = models.PositiveIntegerField(
        _("wait between attempts, in minutes"), default=0, validators=[MaxValueValidator(60 * 24 * 60)]
    )
    grade_rule = models.CharField(max_length=8, choices=GradeRule.choices, default=GradeRule.BEST)
    feedback = models.CharField(
        _("answers and feedback are shown"), max_length=10, choices=Feedback.choices, default=Feedback.SUBMITTED
    )
    shuffle = models.BooleanField(_("shuffle questions and answers"), default=True)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    time_limit = models.PositiveIntegerField(
        _("time limit in minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    pretest = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posttests",
        verbose_name=_("pre-test"),
    )
    repeats_pretest = models.BooleanField(_("ask the questions of the pre-test again"), default=False)

    objects = QuizQuerySet.as_manager()

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(name="pass_mark_percent", condition=models.Q(pass_mark__lte=100)),
            models.CheckConstraint(
                name="quiz_closes_after_opening",
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.item)

    @property
    def is_live(self) -> bool:
        """Whether the quiz and its module are in use."""
        parent = self.item.parent
        return self.item.retired_at is None and (parent is None or parent.retired_at is None)

    def text_in(self, language: str | None = None) -> QuizText | None:
        """The words in a language with fallback. Prefetch ``texts`` and select ``item`` first."""
        return best_text(self.texts.all(), asked=language, source=self.item.source_language)


class QuizText(LanguageText):
    """A quiz's words in one language."""

    record = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    intro = models.TextField(_("introduction"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="quiz_text_once")]

    def __str__(self) -> str:
        return self.title


class QuizQuestion(models.Model):
    """A place in a quiz: one question, or ``draws`` questions drawn from a category, by a tag, or both.

    ``points`` are those of each question.
    """

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="slots")
    question = models.ForeignKey(Question, null=True, blank=True, on_delete=models.PROTECT, related_name="slots")
    category = models.ForeignKey(
        QuestionCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="slots"
    )
    tag = models.ForeignKey("taggit.Tag", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    draws = models.PositiveSmallIntegerField(_("how many"), default=1, validators=[MinValueValidator(1)])
    order = models.PositiveSmallIntegerField(default=0)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, default=1)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "question"], name="quiz_question_once"),
            models.CheckConstraint(
                name="quiz_slot_asks_or_draws",
                condition=models.Q(question__isnull=False, category__isnull=True, tag__isnull=True)
                | models.Q(question__isnull=True, category__isnull=False)
                | models.Q(question__isnull=True, tag__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}.{self.order}"


class TimeAllowance(LearnerRecord):
    """More time for one learner in one quiz: minutes, or per cent of the time limit."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="allowances", verbose_name=_("quiz"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes more"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    percent = models.PositiveSmallIntegerField(
        _("per cent more"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )
    reason = models.CharField(_("reason"), max_length=300)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at"]
        verbose_name = _("extra time")
        verbose_name_plural = _("extra time")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "learner_key"], name="allowance_once"),
            models.CheckConstraint(
                name="allowance_minutes_or_percent",
                condition=models.Q(minutes__isnull=True, percent__isnull=False)
                | models.Q(minutes__isnull=False, percent__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz}: {self.learner or self.learner_key}"
