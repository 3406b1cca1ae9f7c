"""Reading attempts, quizzes and the question bank."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from institutions.models import Role, RoleAssignment
from institutions.permissions import organises_all
from institutions.roles import holds

from .permissions import grants_time, regrades, writes_quizzes
from .registry import marking_contexts, organised_learners
from .types import marked_types


class AttemptQuerySet(models.QuerySet):
    """Attempts."""

    def not_left_behind(self) -> AttemptQuerySet:
        """Without those that a merge left in an account that is closed: the person goes on with the other one.

        The closed accounts are few: asked for as a list, so that those of accounts that are gone stay, and no row more
        is looked at.
        """
        return self.exclude(learner__in=get_user_model().objects.filter(joined_to__isnull=False))

    def visible_to(self, user: Any) -> AttemptQuerySet:
        """A learner's own attempts. Trainers read grades through completion facts."""
        return self.filter(learner_key=user.key) if user.is_authenticated else self.none()

    def to_mark_by(self, user: Any) -> AttemptQuerySet:
        """Others' attempts, handed in, that a person may mark: what the rooms above say."""
        if not user.is_authenticated:
            return self.none()
        others = self.not_left_behind().exclude(learner_key=user.key)
        return others.filter(marking_contexts(user)).exclude(state="open")

    def to_regrade_by(self, user: Any) -> AttemptQuerySet:
        """Others' attempts, running ones too, whose points an organiser may change by regrading.

        Every one for organisers of all; for organisers of programmes those that they may mark.
        """
        if not regrades(user):
            return self.none()
        others = self.exclude(learner_key=user.key)
        return others if organises_all(user) else others.filter(marking_contexts(user))

    def graded(self) -> AttemptQuerySet:
        """Those that have a result."""
        return self.filter(state="graded")

    def measured(self) -> AttemptQuerySet:
        """Those that statistics count: with a result, and no mere try by somebody who works on quizzes or courses.

        What editors, organisers and trainers do for a course of which they are participants counts like anybody's.
        """
        staff = RoleAssignment.objects.filter(role__in=[Role.EDITOR, Role.ORGANISER, Role.TRAINER])
        tried = models.Q(learner__in=staff.values("user")) | models.Q(learner__is_superuser=True)
        return self.graded().not_left_behind().exclude(tried, context="")

    def measured_for(self, user: Any) -> AttemptQuerySet:
        """Those of ``measured`` whose figures a person sees who writes quizzes.

        Of everybody for editors and organisers of all; for organisers of programmes those done for their courses, and
        by who learns a module of theirs without a course: what they may mark.
        """
        measured = self.measured()
        if holds(user, Role.EDITOR) or organises_all(user):
            return measured
        return measured.filter(marking_contexts(user)) if writes_quizzes(user) else measured.none()

    def one_for_each(self, *, last: bool = False) -> AttemptQuerySet:
        """Of these, the first (or the last) one of each person in each quiz."""
        number = models.F("number").desc() if last else models.F("number").asc()
        turn = Window(RowNumber(), partition_by=[models.F("quiz"), models.F("learner_key")], order_by=number)
        return self.annotate(turn=turn).filter(turn=1)

    def overdue(self) -> AttemptQuerySet:
        """Those still open whose time is over."""
        return self.not_left_behind().filter(state="open", deadline_at__lte=timezone.now())


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

    def to_mark_by(self, user: Any) -> AttemptQuestionQuerySet:
        """Answers that a person may mark, each with ``marking`` (a ``MarkingState``) and ``mark_id``, its newest mark.

        Not those left empty, which need nobody, nor those of accounts that are gone. ``held_back``: another answer of
        the same attempt has no mark yet. Each answer asks about its own attempt (``Exists``): with a list of attempts
        SQLite would write down every one that the person may mark, hundreds of thousands, before it looks at answers.
        """
        from .models import Attempt, AttemptQuestion, Mark

        newest = Mark.objects.filter(question=OuterRef("pk")).order_by("-id")
        others = AttemptQuestion.objects.filter(attempt=OuterRef("attempt"), points__isnull=True, marks__isnull=True)
        mine = Attempt.objects.to_mark_by(user).filter(learner__isnull=False, pk=OuterRef("attempt"))
        return (
            self.filter(Exists(mine), version__type__in=marked_types())
            .annotate(mark_id=Subquery(newest.values("id")[:1]), shown_at=Subquery(newest.values("released_at")[:1]))
            .filter(Q(points__isnull=True) | Q(mark_id__isnull=False))
            .annotate(
                marking=Case(
                    When(mark_id__isnull=True, then=Value("to_mark")),
                    When(shown_at__isnull=True, then=Value("marked")),
                    default=Value("released"),
                    output_field=models.CharField(),
                ),
                held_back=Exists(others),
            )
        )

    def waiting_for(self, user: Any) -> AttemptQuestionQuerySet:
        """Answers that a person may mark and nobody has marked."""
        return self.to_mark_by(user).filter(attempt__state="submitted", marking="to_mark")


class AnswerFileQuerySet(models.QuerySet):
    """Files handed in."""

    def visible_to(self, user: Any) -> AnswerFileQuerySet:
        """One's own, and those of attempts that one may mark."""
        from .models import Attempt

        attempts = Attempt.objects.filter(pk=OuterRef("question__attempt"))
        return self.filter(Exists(attempts.visible_to(user)) | Exists(attempts.to_mark_by(user)))


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
        """Those that a person may grant or withdraw, never their own: their reasons tell of illness.

        Every one for organisers of all; for organisers of programmes those of learners who take the quiz for a course
        of theirs, or who learn a module of theirs without a course.
        """
        if not grants_time(user):
            return self.none()
        others = self.exclude(learner=user).filter(learner__joined_to__isnull=True)  # not what a merge left behind
        return others if organises_all(user) else others.filter(organised_learners(user))


class QuestionImportQuerySet(models.QuerySet):
    """Files of questions that are brought in."""

    def visible_to(self, user: Any) -> QuestionImportQuerySet:
        """Every one for those who write quizzes."""
        return self.all() if writes_quizzes(user) else self.none()
