"""Taking a quiz: start, save answers, hand in. Attempts are kept for ever, answers only ever added."""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from modules.records.models import Event
from modules.records.services import log_event

from .. import scoring
from ..contents import content_for, contents
from ..lateness import Saved, is_late
from ..models import Attempt, AttemptQuestion, Quiz, Response
from ..rules import Rules, Tried, attempts_used, rules_for
from ..shuffling import shuffled
from ..types.base import Answer, UnknownAnswer
from .asking import versions_to_ask
from .concluding import conclude
from .errors import (
    AnswerChecked,
    AttemptOver,
    CannotCheck,
    NoAttemptsLeft,
    NotYourAttempt,
    QuizClosed,
    QuizNotOpen,
    TooSoon,
)

LARGEST_SEED = 2**31 - 2

log = logging.getLogger("assessments")


def start_attempt(*, actor: Any, quiz: Quiz, language: str) -> Attempt:
    """Begin an attempt, or return the one that is open.

    Freezes which versions are asked, in which order and until when. Raises ``QuizNotOpen``,
    ``QuizClosed``, ``NoAttemptsLeft`` or ``TooSoon``. An open attempt whose time is over is graded first.
    """
    for attempt in Attempt.objects.visible_to(actor).filter(quiz=quiz, state=Attempt.State.OPEN):
        if not attempt.is_overdue:
            return attempt
        close_attempt(attempt_id=attempt.pk)
    try:
        return _begin(actor, quiz, language)
    except IntegrityError:  # begun at this moment by another request of the same person
        return Attempt.objects.visible_to(actor).get(quiz=quiz, state=Attempt.State.OPEN)


@transaction.atomic
def _begin(actor: Any, quiz: Quiz, language: str) -> Attempt:
    rules = rules_for(actor, quiz)
    check_start(quiz, rules, attempts_used(actor, quiz, rules))
    draw_seed = secrets.randbelow(LARGEST_SEED) + 1
    asked = versions_to_ask(actor, quiz, draw_seed)
    if not asked:
        raise QuizNotOpen.empty()
    mine = Attempt.objects.visible_to(actor).filter(quiz=quiz)
    attempt = Attempt.objects.create(
        quiz=quiz,
        learner=actor,
        learner_key=actor.key,
        number=(mine.order_by("-number").values_list("number", flat=True).first() or 0) + 1,
        context=rules.context,
        seed=secrets.randbelow(LARGEST_SEED) + 1 if quiz.shuffle else 0,
        draw_seed=draw_seed,
        language=language,
        deadline_at=rules.deadline(timezone.now()),
    )
    order = shuffled(attempt.seed, "questions", [version.pk for version, _points in asked])
    points = {version.pk: points for version, points in asked}
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(attempt=attempt, version_id=pk, order=place, max_points=points[pk])
        for place, pk in enumerate(order)
    )
    log_event(
        user=actor,
        verb=Event.Verb.ATTEMPTED,
        item=quiz.item,
        context=attempt.context,
        language=language,
        attempt=str(attempt.key),
        number=attempt.number,
    )
    return attempt


def check_start(quiz: Quiz, rules: Rules, tried: Tried) -> None:
    """Return if a new attempt can be begun now; else raise why not.

    In this order: ``QuizNotOpen`` (retired, refused by a course, not open yet), ``QuizClosed``, ``NoAttemptsLeft``,
    ``TooSoon``.
    """
    now = timezone.now()
    if not quiz.is_live:
        raise QuizNotOpen.retired()
    if rules.refused:
        raise QuizNotOpen(rules.refused)
    if rules.opens_at and now < rules.opens_at:
        raise QuizNotOpen.until(rules.opens_at)
    if rules.closes_at and now >= rules.closes_at:
        raise QuizClosed(rules.closes_at)
    if rules.attempts_allowed is not None and tried.number >= rules.attempts_allowed:
        raise NoAttemptsLeft(rules.attempts_allowed)
    if (again_at := rules.next_start(tried.last_at)) and now < again_at:
        raise TooSoon(again_at)


@transaction.atomic
def save_response(
    *,
    actor: Any,
    question: AttemptQuestion,
    answer: Answer,
    key: uuid.UUID,
    given_at: datetime | None = None,
    seen: int = 0,
    replaces: Collection[uuid.UUID] = (),
) -> Response:
    """Save one answer (an empty one takes the answer back) and return it.

    ``key`` names this saving: sent twice, it is saved once; what is saved already is returned also when the time is
    over since, for it counts. ``given_at`` (default: now), ``seen`` and ``replaces`` tell whether a newer one is there
    already: see ``lateness``; then it is saved as ``late`` and does not count. Raises ``AttemptOver``,
    ``AnswerChecked``, ``UnknownAnswer`` or ``NotYourAttempt``.
    """
    attempt = own_attempt(actor, question.attempt_id)
    if known := Response.objects.filter(key=key).first():
        if known.question_id != question.pk:
            raise UnknownAnswer
        return known
    check_open(attempt)
    if AttemptQuestion.objects.filter(pk=question.pk, checked_at__isnull=False).exists():
        raise AnswerChecked
    given_at = given_at or timezone.now()
    newest = question.responses.filter(late=False).last()
    before = Saved(newest.pk, newest.key, newest.given_at) if newest else None
    return Response.objects.create(
        question=question,
        key=key,
        answer=clean(question, answer),
        given_at=given_at,
        late=is_late(before, given_at=given_at, seen=seen, replaces=replaces),
    )


@transaction.atomic
def save_answers(
    *, actor: Any, attempt: Attempt, answers: Mapping[int, Answer], seen: Mapping[int, int] | None = None
) -> int:
    """Save the answers of a whole form, ``{id of the attempt's question: answer}``; return how many were new.

    An answer that is already saved is not saved again, nor one whose feedback was seen. ``seen`` is, for each question,
    the id of the last answer that the form showed: where another has been saved since (in a second tab, on another
    device) and the form still holds what it showed, the newer one stays. Raises ``AttemptOver``, ``NotYourAttempt``, or
    ``UnknownAnswer`` for what was not asked or is not offered, and then saves none.
    """
    open_attempt(actor, attempt.pk)
    questions = {question.pk: question for question in attempt.questions.with_answers().with_content()}
    known = contents(questions.values())
    new, shown = [], _answers_shown(questions, seen or {})
    for pk, answer in answers.items():
        if pk not in questions:
            raise UnknownAnswer
        if questions[pk].checked_at is not None:
            continue
        checked = questions[pk].version.kind.clean(known[pk], answer)
        if not _same(checked, questions[pk].answer) and not (pk in shown and _same(checked, shown[pk])):
            new.append(Response(question=questions[pk], answer=checked))
    Response.objects.bulk_create(new)
    return len(new)


def _answers_shown(questions: Mapping[int, Any], seen: Mapping[int, int]) -> dict[int, Answer]:
    """What an outdated form showed of the questions that have a newer answer."""
    old = {pk: id for pk, id in seen.items() if pk in questions and (questions[pk].answer_id or 0) > id}
    held = dict(Response.objects.filter(pk__in=old.values(), question__in=old).values_list("question_id", "answer"))
    return {pk: held.get(pk) for pk in old}


def _same(one: Answer, other: Answer) -> bool:
    return one == other or not (one or other)


@transaction.atomic
def check_answer(*, actor: Any, question: AttemptQuestion) -> AttemptQuestion:
    """Let a learner see at once whether the answer saved last is right, and why; it can no longer be changed.

    Checked again, nothing changes. Raises ``CannotCheck`` where the quiz does not show feedback at once, a person marks
    the question, or there is no answer yet; ``AttemptOver`` or ``NotYourAttempt``.
    """
    attempt = open_attempt(actor, question.attempt_id)
    asked = attempt.questions.with_answers().with_content().get(pk=question.pk)
    kind = asked.version.kind
    if attempt.quiz.feedback != Quiz.Feedback.AT_ONCE or kind.marked_by_person or not asked.answer:
        raise CannotCheck
    if asked.checked_at is None:
        asked.checked_at = timezone.now()
        asked.points = scoring.points(kind.grade(content_for(asked, to_grade=True), asked.answer), asked.max_points)
        asked.save(update_fields=["checked_at", "points"])
    return asked


def own_attempt(actor: Any, pk: int) -> Attempt:
    """Lock an attempt for its owner, open or not. Raises ``NotYourAttempt``."""
    attempt = Attempt.objects.select_for_update().get(pk=pk)
    if attempt.learner_key != actor.key:
        raise NotYourAttempt
    return attempt


def check_open(attempt: Attempt) -> None:
    """Raise ``AttemptOver`` if an attempt is handed in or its time is over."""
    if attempt.state != Attempt.State.OPEN:
        raise AttemptOver
    if attempt.is_overdue:
        raise AttemptOver(attempt.deadline_at)


def open_attempt(actor: Any, pk: int) -> Attempt:
    """Lock an attempt to be changed by its owner. Raises ``NotYourAttempt`` or ``AttemptOver``."""
    attempt = own_attempt(actor, pk)
    check_open(attempt)
    return attempt


def clean(question: AttemptQuestion, answer: Answer) -> Answer:
    """Return an answer in the form that its type saves; raises ``UnknownAnswer`` for what is not offered."""
    return question.version.kind.clean(content_for(question), answer)


@transaction.atomic
def submit_attempt(*, actor: Any, attempt: Attempt, submission_key: uuid.UUID) -> Attempt:
    """Hand in and grade an attempt with the answers saved last. Handed in again, it stays as it is.

    After the deadline the answers saved until then are graded all the same. Raises ``NotYourAttempt``, and
    ``AttemptOver`` for a form (``submission_key``) that has handed in another attempt.
    """
    held = own_attempt(actor, attempt.pk)
    if held.state == Attempt.State.OPEN:
        if Attempt.objects.filter(submission_key=submission_key).exists():
            raise AttemptOver  # the form of another attempt
        _grade(held, submission_key)
    return held


def close_overdue(limit: int = 500) -> int:
    """Grade the attempts whose time is over with the answers saved last; return how many. The scheduler's act.

    One that cannot be graded is logged and holds up nobody behind it.
    """
    closed = 0
    for pk in list(Attempt.objects.overdue().order_by("deadline_at").values_list("pk", flat=True)[:limit]):
        try:
            closed += close_attempt(attempt_id=pk)
        except Exception:
            log.exception("Attempt %s is over and could not be graded.", pk)
    return closed


@transaction.atomic
def close_attempt(*, attempt_id: int) -> bool:
    """Grade one attempt if its time is over; say whether it was done now. Safe to run twice."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    if attempt.state != Attempt.State.OPEN or not attempt.is_overdue:
        return False
    _grade(attempt, None)
    return True


def _grade(attempt: Attempt, submission_key: uuid.UUID | None) -> None:
    """Grade what needs no person; the attempt has its result when nothing else waits for one."""
    questions = list(attempt.questions.with_answers().with_content())
    known = contents(questions, to_grade=True)
    for question in questions:
        kind = question.version.kind
        if not (kind.marked_by_person and question.answer):
            earned = kind.grade(known[question.pk], question.answer)
            question.points = scoring.points(earned, question.max_points)
    AttemptQuestion.objects.bulk_update(questions, ["points"])
    attempt.state = Attempt.State.SUBMITTED
    attempt.submission_key = submission_key
    attempt.submitted_at = attempt.deadline_at if attempt.is_overdue else timezone.now()
    attempt.save()
    conclude(attempt)
