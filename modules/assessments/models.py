"""Question bank, quizzes, attempts.

A question keeps every version that was ever asked; an attempt points to versions, so an editor's
change never alters what somebody answered. Responses are append-only.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from core.languages import best_text, best_title
from core.models import LanguageText
from media.checks import extension
from modules.records.models import Item, LearnerRecord

from .querysets import (
    AllowanceQuerySet,
    AnswerFileQuerySet,
    AttemptQuerySet,
    AttemptQuestionQuerySet,
    CategoryQuerySet,
    QuestionImportQuerySet,
    QuestionQuerySet,
    QuizQuerySet,
)
from .types import type_of
from .types.base import QuestionType


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


class Attempt(LearnerRecord):
    """One learner's go at a quiz. Kept for ever.

    ``draw_seed`` draws questions (which stand in ``questions`` then), ``seed`` shuffles (0: the author's order);
    ``context`` is what it was done for (``"enrolment:12"``), limits and deadlines come from the context registry;
    ``submission_key`` makes handing in twice count once.
    """

    class State(models.TextChoices):
        OPEN = "open", _("In progress")
        SUBMITTED = "submitted", _("Handed in")
        GRADED = "graded", _("Graded")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    context = models.CharField(max_length=60, blank=True)
    seed = models.PositiveIntegerField()
    draw_seed = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=10, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submission_key = models.UUIDField(null=True, blank=True, unique=True)
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    max_points = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "learner_key", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["quiz", "learner_key"], condition=models.Q(state="open"), name="attempt_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["learner_key", "quiz", "state"], name="attempt_learner"),
            models.Index(fields=["deadline_at"], name="attempt_due", condition=models.Q(state="open")),
            models.Index(fields=["submitted_at"], name="attempt_to_mark", condition=models.Q(state="submitted")),
        ]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.quiz} #{self.number}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether its time is over."""
        return self.deadline_at is not None and self.deadline_at <= timezone.now()


class AttemptQuestion(models.Model):
    """A question as asked in an attempt: which version, in which place, and what it earned.

    ``checked_at``: the learner saw its feedback, so its answer stays as it is. ``regraded_by``: the version whose
    right answers were applied later, by an explicit act.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="asked")
    order = models.PositiveSmallIntegerField()
    max_points = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    regraded_by = models.ForeignKey(QuestionVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = AttemptQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["attempt", "order"], name="attempt_order_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id}.{self.order}"


class Mark(models.Model):
    """What a person gave for an answer. Append-only: the newest released one counts.

    ``levels`` is ``{criterion id: level id}`` of the question's rubric; ``reason`` says why an answer was marked again
    after the learner had seen a mark.
    """

    question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="marks")
    levels = models.JSONField(default=dict)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    comment = models.TextField(_("comment"), blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("mark")
        verbose_name_plural = _("marks")

    def __str__(self) -> str:
        return f"{self.question_id}: {self.points}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Marks are append-only.")
        super().save(*args, **kwargs)


def private_storage():  # type: ignore[no-untyped-def]
    """The storage that no address leads to."""
    return storages["private"]


class AnswerFile(models.Model):
    """A file that a learner gave as an answer, or as a part of it."""

    question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="files")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(storage=private_storage, upload_to="answers/%Y/")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects = AnswerFileQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("file handed in")
        verbose_name_plural = _("files handed in")

    def __str__(self) -> str:
        return self.name

    @property
    def ending(self) -> str:
        """What kind of file it is, as its name says and its content was checked for."""
        return extension(self.name)


class QuestionImport(models.Model):
    """A file of questions that somebody brings in: looked at first, written when confirmed.

    ``category`` is the path of the one it goes into. ``report`` is what the dry run found, later what came of it (see
    ``services.importing.Report``). The file goes when the work is over.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Waits for your confirmation")
        WRITING = "writing", _("Being imported")
        DONE = "done", _("Imported")
        UNREADABLE = "unreadable", _("Cannot be read")
        CANCELLED = "cancelled", _("Given up")

    file = models.FileField(_("file"), storage=private_storage, upload_to="questions/%Y/", blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=12)
    language = models.CharField(_("language of the words"), max_length=10, choices=settings.LANGUAGES)
    category = models.CharField(_("category"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.CHECKING)
    report = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("brought"), auto_now_add=True)

    objects = QuestionImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")

    def __str__(self) -> str:
        return self.file_name


class Response(models.Model):
    """One saved answer; the latest of a question that is not ``late`` counts. ``key`` makes sending twice save once.

    ``late``: it was given before another that the server had already, and arrived after it. ``given_at``: when the
    learner gave it, which may be long before ``at``.
    """

    question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="responses")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    answer = models.JSONField()
    given_at = models.DateTimeField(default=timezone.now)
    late = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("response")
        verbose_name_plural = _("responses")

    def __str__(self) -> str:
        return f"{self.question_id} {self.at:%Y-%m-%d %H:%M:%S}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("Responses are append-only.")
        super().save(*args, **kwargs)
