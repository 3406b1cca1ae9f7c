"""What learners did: attempts, answers and the marks that people gave. Responses and marks are append-only."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from modules.records.models import LearnerRecord

from ..querysets import AttemptQuerySet, AttemptQuestionQuerySet
from .bank import QuestionVersion
from .quizzes import Quiz


class Attempt(LearnerRecord):
    """One learner's go at a quiz. Kept for ever.

    ``draw_seed`` draws questions (which stand in ``questions`` then), ``seed`` shuffles (0: the author's order);
    ``context`` is what it was done for (``"enrolment:12"``), limits and deadlines come from the context registry;
    ``submission_key`` makes handing in twice count once. ``series``: 0 for what the account did itself, another number
    for the attempts of each account that was joined to it (``scoring.standing``).
    """

    class State(models.TextChoices):
        OPEN = "open", _("In progress")
        SUBMITTED = "submitted", _("Handed in")
        GRADED = "graded", _("Graded")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    series = models.PositiveSmallIntegerField(default=0, editable=False)
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
