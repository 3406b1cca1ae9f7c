"""Reading attempts, quizzes and the question bank."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from .permissions import grants_time, writes_quizzes
from .registry import marking_contexts


class AttemptQuerySet(models.QuerySet):
    """Attempts."""

    def visible_to(self, user: Any) -> AttemptQuerySet:
        """A learner's own attempts. Trainers read grades through completion facts."""
        return self.filter(learner_key=user.key) if user.is_authenticated else self.none()

    def to_mark_by(self, user: Any) -> AttemptQuerySet:
        """Others' attempts, handed in, that a person may mark: what the rooms above say."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(marking_contexts(user)).exclude(state="open").exclude(learner_key=user.key)

    def graded(self) -> AttemptQuerySet:
        """Those that have a result."""
        return self.filter(state="graded")

    def overdue(self) -> AttemptQuerySet:
        """Those still open whose time is over."""
        return self.filter(state="open", deadline_at__lte=timezone.now())


class AttemptQuestionQuerySet(models.QuerySet):
    """Questions as asked in attempts."""

    def with_answers(self) -> AttemptQuestionQuerySet:
        """Each with ``answer``, the one that counts, and its ``answer_id``; ``None`` when nothing was ever saved."""
        from .models import Response

        latest = Response.objects.filter(question=OuterRef("pk"), late=False).order_by("-id")
        return self.annotate(answer=Subquery(latest.values("answer")[:1]), answer_id=Subquery(latest.values("id")[:1]))

    def with_content(self) -> AttemptQuestionQuerySet:
        """Each with what its type needs to show and grade it. One query more."""
        return self.select_related("version__question", "regraded_by__question").prefetch_related(
            "version__texts", "regraded_by__texts"
        )


class AnswerFileQuerySet(models.QuerySet):
    """Files handed in."""

    def visible_to(self, user: Any) -> AnswerFileQuerySet:
        """One's own, and those of attempts that one may mark."""
        from .models import Attempt

        attempts = Attempt.objects.all()
        own, marked = attempts.visible_to(user), attempts.to_mark_by(user)
        return self.filter(
            models.Q(question__attempt__in=own.values("pk")) | models.Q(question__attempt__in=marked.values("pk"))
        )


class QuizQuerySet(models.QuerySet):
    """Quizzes."""

    def visible_to(self, user: Any) -> QuizQuerySet:
        """Every quiz for those who write them; learners meet the live ones in their modules."""
        return self.all() if writes_quizzes(user) else self.none()

    def live(self) -> QuizQuerySet:
        """Those in use, of modules in use."""
        return self.filter(item__retired_at__isnull=True, item__parent__retired_at__isnull=True)


class QuestionQuerySet(models.QuerySet):
    """The question bank."""

    def visible_to(self, user: Any) -> QuestionQuerySet:
        """Every question for those who write quizzes: whoever reads the bank knows the answers."""
        return self.all() if writes_quizzes(user) else self.none()

    def in_use(self) -> QuestionQuerySet:
        """Those not retired."""
        return self.filter(retired_at__isnull=True)


class CategoryQuerySet(models.QuerySet):
    """The drawers of the question bank."""

    def visible_to(self, user: Any) -> CategoryQuerySet:
        """Every one for those who write quizzes."""
        return self.all() if writes_quizzes(user) else self.none()


class AllowanceQuerySet(models.QuerySet):
    """Extra time of learners."""

    def visible_to(self, user: Any) -> AllowanceQuerySet:
        """Those that a person may grant or withdraw: every one, for organisers who are not the learner."""
        return self.exclude(learner=user) if grants_time(user) else self.none()


class QuestionImportQuerySet(models.QuerySet):
    """Files of questions that are brought in."""

    def visible_to(self, user: Any) -> QuestionImportQuerySet:
        """Every one for those who write quizzes."""
        return self.all() if writes_quizzes(user) else self.none()
