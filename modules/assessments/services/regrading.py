"""Regrading: an explicit act with a preview, a reason, an audit entry and a mail to whose result changed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance, queue_mail, start_job

from .. import scoring
from ..contents import contents
from ..models import Attempt, AttemptQuestion, QuestionVersion
from ..permissions import regrades
from ..regrading import Outcome, Summary, outcome, summary, with_right_answers_of
from ..types.base import UnknownAnswer
from ..words import content_of
from .concluding import conclude

JOB = "assessments.regrade"
AT_ONCE = 200


class CannotRegrade(DomainError):
    """Versions that do not fit each other, or no right to do so."""


def check_regrade(actor: Any, version: QuestionVersion, key: QuestionVersion) -> None:
    """Raise ``CannotRegrade`` unless attempts that asked ``version`` can be graded by the answers of ``key``."""
    if not regrades(actor):
        raise CannotRegrade(_("Only organisers can regrade."))
    if version.question_id != key.question_id or version.pk == key.pk:
        raise CannotRegrade(_("Choose two different versions of the question."))
    if version.kind.marked_by_person:
        raise CannotRegrade(_("A person marks these answers. Mark them again instead."))
    if version.type != key.type:
        raise CannotRegrade(_("The two versions are of different types, so their answers cannot be compared."))


def preview_regrade(*, actor: Any, version: QuestionVersion, key: QuestionVersion, keep_passed: bool = True) -> Summary:
    """Return what regrading would change, without changing anything. Raises ``CannotRegrade``.

    The actor's own attempts are left out: nobody grades themselves. Attempts that are running are not counted; they
    will be graded by the key.
    """
    check_regrade(actor, version, key)
    return summary(_outcomes(actor, version, key, keep_passed))


def _outcomes(actor: Any, version: QuestionVersion, key: QuestionVersion, keep_passed: bool) -> Iterator[Outcome]:
    rows = _asked(version, actor.key).filter(attempt__state=Attempt.State.GRADED)
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        some = list(rows.filter(pk__in=ids[start : start + AT_ONCE]).with_answers().with_content())
        earned = _earned(some, key)
        points: dict[int, list[tuple[int, Decimal, Decimal]]] = {}
        every = AttemptQuestion.objects.filter(attempt__in=[one.attempt_id for one in some])
        for attempt, pk, had, most in every.values_list("attempt_id", "pk", "points", "max_points"):
            points.setdefault(attempt, []).append((pk, had or Decimal(0), most))
        for one in some:
            own = points[one.attempt_id]
            yield outcome(
                [had for _pk, had, _most in own],
                [earned[one.pk] if pk == one.pk else had for pk, had, _most in own],
                [most for _pk, _had, most in own],
                pass_mark=one.attempt.quiz.pass_mark,
                keep_passed=keep_passed,
            )


def _asked(version: QuestionVersion, without: Any) -> Any:
    asked = AttemptQuestion.objects.filter(version=version).exclude(attempt__learner_key=without)
    return asked.select_related("attempt__quiz").order_by("pk")


def _earned(questions: list[Any], key: QuestionVersion) -> dict[int, Decimal]:
    """The points of each by the key; what it had, where its answer does not fit the key."""
    known, right = contents(questions), content_of(key)
    found = {}
    for one in questions:
        content = with_right_answers_of(known[one.pk], right)
        try:
            answer = one.version.kind.clean(content, one.answer) if one.answer else one.answer
        except UnknownAnswer:
            found[one.pk] = one.points or Decimal(0)
        else:
            found[one.pk] = scoring.points(one.version.kind.grade(content, answer), one.max_points)
    return found


@transaction.atomic
def start_regrade(
    *, actor: Any, version: QuestionVersion, key: QuestionVersion, reason: str, keep_passed: bool = True
) -> Job:
    """Start the job that regrades every attempt that asked ``version``, and return it. Raises ``CannotRegrade``."""
    check_regrade(actor, version, key)
    if not reason.strip():
        raise CannotRegrade(_("Give the reason."))
    counts = preview_regrade(actor=actor, version=version, key=key, keep_passed=keep_passed)
    audit.record(
        actor=actor,
        action="assessments.regrade",
        obj=version.question,
        version=version.number,
        by=key.number,
        reason=reason.strip(),
        keep_passed=keep_passed,
        **vars(counts),
    )
    params = {"version": version.pk, "key": key.pk, "keep_passed": keep_passed, "without": str(actor.key)}
    return start_job(actor=actor, kind=JOB, params=params, total=_asked(version, actor.key).count())


def regrade(job: Job) -> None:
    """Do the job: attempt after attempt; those done already are passed over, so that it is safe to run twice."""
    version = QuestionVersion.objects.get(pk=job.params["version"])
    key = QuestionVersion.objects.select_related("question").prefetch_related("texts").get(pk=job.params["key"])
    ids = list(_asked(version, job.params["without"]).values_list("pk", flat=True))
    for number, pk in enumerate(ids, start=1):
        _regrade_one(pk, key, job.params["keep_passed"])
        if number % 20 == 0 or number == len(ids):
            advance(job, number)


@transaction.atomic
def _regrade_one(pk: int, key: QuestionVersion, keep_passed: bool) -> None:
    """Regrade one question of one attempt, and the attempt; a mail goes out if its result is another."""
    attempt = Attempt.objects.select_for_update().get(questions=pk)
    questions = list(attempt.questions.with_answers().with_content())
    one = next(one for one in questions if one.pk == pk)
    if one.regraded_by_id == key.pk:
        return
    attempt_was_graded = attempt.state == Attempt.State.GRADED
    earned = one.points
    if one.points is not None:
        earned = _earned([one], key)[pk]
    if attempt_was_graded:
        fate = outcome(
            [other.points or Decimal(0) for other in questions],
            [earned if other.pk == pk else other.points or Decimal(0) for other in questions],
            [other.max_points for other in questions],
            pass_mark=attempt.quiz.pass_mark,
            keep_passed=keep_passed,
        )
        if fate.kept:
            earned = one.points
    AttemptQuestion.objects.filter(pk=pk).update(points=earned, regraded_by=key)
    if attempt_was_graded and conclude(attempt):
        _tell(attempt, key)


def _tell(attempt: Attempt, key: QuestionVersion) -> None:
    if attempt.learner is None or not attempt.learner.is_active:
        return
    language = attempt.language or settings.LANGUAGE_CODE
    with translation.override(language):
        text = attempt.quiz.text_in(language)
        title, url = text.title if text else str(attempt.quiz), reverse("attempt_result", args=[attempt.key])
    queue_mail(
        key=f"attempt-regraded:{attempt.key}:{key.pk}",
        to=attempt.learner.email,
        template="assessments/mail/regraded",
        context={"title": title, "url": settings.BASE_URL + url},
        language=language,
    )
