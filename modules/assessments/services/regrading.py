"""Regrading: an explicit act with a preview, a reason, an audit entry and a mail to whose result changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance, queue_mail, start_job

from .. import scoring
from ..contents import offers
from ..models import Attempt, AttemptQuestion, QuestionVersion, Quiz
from ..permissions import regrades
from ..regrading import Outcome, Summary, outcome, summary, together, with_right_answers_of
from ..types.base import InvalidQuestion
from ..words import content_of
from .concluding import conclude

JOB = "assessments.regrade"
AT_ONCE = 200


class CannotRegrade(DomainError):
    """Versions that do not fit each other, or no right to do so."""


class NotAsShown(CannotRegrade):
    """Regrading would do something else than the preview said."""

    def __init__(self) -> None:
        super().__init__(
            _("This is not what was shown before, so nothing has changed. Look at what would change now, and decide.")
        )


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
    prefetch_related_objects([version, key], "question", "texts")
    kind, asked = version.kind, content_of(version)
    graded = with_right_answers_of(kind, asked, content_of(key))
    try:
        kind.check(graded.body, graded.in_language(asked.source, kind.needed(graded.body)))
    except InvalidQuestion as error:  # of what is right by the key, something was not asked
        raise CannotRegrade(
            _("Of version %(key)d only what version %(asked)d asked too counts, and that is no whole question: %(why)s")
            % {"key": key.number, "asked": version.number, "why": error}
        ) from error


def preview_regrade(*, actor: Any, version: QuestionVersion, key: QuestionVersion, keep_passed: bool = True) -> Summary:
    """Return what regrading would change, without changing anything. Raises ``CannotRegrade``.

    The actor's own attempts are left out: nobody grades themselves; and those of courses that are not the actor's.
    Attempts that are running are not counted; they will be graded by the key.
    """
    check_regrade(actor, version, key)
    return summary(_outcomes(actor, version, key, keep_passed))


def _outcomes(actor: Any, version: QuestionVersion, key: QuestionVersion, keep_passed: bool) -> Iterator[Outcome]:
    """What becomes of every graded attempt that asked the version; so many learners at once."""
    asked = _asked(version, actor).filter(attempt__state=Attempt.State.GRADED)
    learners = list(asked.order_by("attempt__learner_key").values_list("attempt__learner_key", flat=True).distinct())
    for start in range(0, len(learners), AT_ONCE):
        some = list(
            asked.filter(attempt__learner_key__in=learners[start : start + AT_ONCE]).with_answers().with_content()
        )
        attempts = Attempt.objects.filter(
            learner_key__in={one.attempt.learner_key for one in some}, quiz__in={one.attempt.quiz_id for one in some}
        )
        yield from _fates(
            attempts.select_related("quiz").order_by("number"), some, _earned(some, key), keep_passed
        ).values()


def _fates(
    attempts: Iterable[Attempt], asked: Sequence[Any], earned: Mapping[int, Decimal], keep_passed: bool
) -> dict[int, Outcome]:
    """Return ``{attempt id: Outcome}`` of the graded attempts of those that were asked.

    ``attempts``: all of the learners concerned at the quizzes concerned, in their order.
    """
    changed = {one.attempt_id: one.pk for one in asked}
    rows = AttemptQuestion.objects.filter(attempt__in=changed).order_by("order")
    points: dict[int, list[tuple[int, Decimal, Decimal]]] = {}
    for attempt_id, pk, had, most in rows.values_list("attempt_id", "pk", "points", "max_points"):
        points.setdefault(attempt_id, []).append((pk, had or Decimal(0), most))
    groups: dict[tuple[int, Any, int], list[tuple[Attempt, Outcome]]] = {}
    for attempt in attempts:
        if attempt.state != Attempt.State.GRADED:
            continue
        own, had_passed, percent = points.get(attempt.pk), bool(attempt.passed), attempt.percent or Decimal(0)
        fate = Outcome(percent, percent, had_passed, had_passed)
        if own is not None:
            fate = outcome(
                [had for _pk, had, _most in own],
                [earned.get(pk, had) if pk == changed[attempt.pk] else had for pk, had, _most in own],
                [most for _pk, _had, most in own],
                pass_mark=attempt.quiz.pass_mark,
                keep_passed=keep_passed,
                had_passed=had_passed,
            )
        groups.setdefault((attempt.quiz_id, attempt.learner_key, attempt.series), []).append((attempt, fate))
    found: dict[int, Outcome] = {}
    for some in groups.values():
        quiz = some[0][0].quiz
        fates = together(
            quiz.grade_rule, [fate for _one, fate in some], pass_mark=quiz.pass_mark, keep_passed=keep_passed
        )
        pairs = zip(some, fates, strict=True)
        found |= {attempt.pk: fate for (attempt, _fate), fate in pairs if attempt.pk in changed}
    return found


def _asked(version: QuestionVersion, actor: Any) -> Any:
    asked = AttemptQuestion.objects.filter(version=version, attempt__in=Attempt.objects.to_regrade_by(actor))
    return asked.select_related("attempt__quiz").order_by("pk")


def _earned(questions: list[Any], key: QuestionVersion) -> dict[int, Decimal]:
    """The points of each by the key; what it had, where its answer does not fit the key."""
    found, right = {}, content_of(key)
    for one in questions:
        kind = one.version.kind
        content = with_right_answers_of(kind, content_of(one.version), right)
        if offers(kind, content, one.answer):
            found[one.pk] = scoring.points(kind.grade(content, one.answer), one.max_points)
        else:
            found[one.pk] = one.points or Decimal(0)
    return found


@transaction.atomic
def start_regrade(
    *,
    actor: Any,
    version: QuestionVersion,
    key: QuestionVersion,
    reason: str,
    keep_passed: bool = True,
    shown: Summary | None = None,
) -> Job:
    """Start the job that regrades the attempts that asked ``version`` and are the actor's to change; return it.

    ``shown``: the preview that the actor saw. Raises ``NotAsShown`` where it is another now, or ``CannotRegrade``.
    """
    check_regrade(actor, version, key)
    if not reason.strip():
        raise CannotRegrade(_("Give the reason."))
    counts = preview_regrade(actor=actor, version=version, key=key, keep_passed=keep_passed)
    if shown is not None and shown != counts:
        raise NotAsShown
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
    params = {"version": version.pk, "key": key.pk, "keep_passed": keep_passed}
    return start_job(actor=actor, kind=JOB, params=params, total=len(_groups(version, actor)))


def regrade(job: Job) -> None:
    """Do the job, one learner at a quiz after the other. What is done already stays so: it is safe to run twice.

    Who asked for it must be able to do so still: raises ``CannotRegrade``.
    """
    actor = job.created_by
    version = QuestionVersion.objects.get(pk=job.params["version"])
    key = QuestionVersion.objects.select_related("question").prefetch_related("texts").get(pk=job.params["key"])
    check_regrade(actor, version, key)
    groups = _groups(version, actor)
    for number, (quiz_id, learner_key) in enumerate(groups, start=1):
        _regrade(actor, quiz_id, learner_key, version, key, job.params["keep_passed"])
        if number % 20 == 0 or number == len(groups):
            advance(job, number)


def _groups(version: QuestionVersion, actor: Any) -> list[tuple[int, Any]]:
    """Whose attempts at which quiz asked the version: ``(quiz id, learner key)``."""
    rows = _asked(version, actor).order_by("attempt__quiz", "attempt__learner_key")
    return list(rows.values_list("attempt__quiz_id", "attempt__learner_key").distinct())


@transaction.atomic
def _regrade(
    actor: Any, quiz_id: int, learner_key: Any, version: QuestionVersion, key: QuestionVersion, keep_passed: bool
) -> None:
    """Regrade a question in the attempts of one learner; a mail goes out for each whose result is another."""
    attempts = Attempt.objects.select_for_update().filter(quiz=quiz_id, learner_key=learner_key).order_by("number")
    held = {attempt.pk: attempt for attempt in attempts}
    quiz = Quiz.objects.select_related("item").prefetch_related("texts").get(pk=quiz_id)
    for attempt in held.values():
        attempt.quiz = quiz
    asked = list(_asked(version, actor).filter(attempt__in=held).with_answers().with_content())
    earned = _earned([one for one in asked if one.points is not None], key)
    fates = _fates(held.values(), asked, earned, keep_passed)
    for one in asked:
        attempt, fate = held[one.attempt_id], fates.get(one.attempt_id)
        points = one.points if fate and fate.kept else earned.get(one.pk)
        if (points, key.pk) == (one.points, one.regraded_by_id):
            continue
        AttemptQuestion.objects.filter(pk=one.pk).update(points=points, regraded_by=key)
        if fate and points != one.points and conclude(attempt, stays_passed=keep_passed):
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
