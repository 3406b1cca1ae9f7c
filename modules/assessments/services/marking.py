"""Marking by a person: essays and files. A mark counts, and is seen by the learner, once it is released."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from jobs.services import queue_mail

from .. import scoring
from ..models import Attempt, AttemptQuestion, Mark
from ..types.marked import rubric_share
from .concluding import conclude


class CannotMark(DomainError):
    """Not for this person, or not this answer."""


class InvalidMark(DomainError):
    """Points or levels that the question does not have."""


@transaction.atomic
def give_mark(
    *,
    actor: Any,
    question: AttemptQuestion,
    levels: Mapping[str, str] | None = None,
    points: Decimal | None = None,
    comment: str = "",
) -> Mark:
    """Mark an answer: a level for every criterion of its rubric or, where it has none, the points. Nobody sees it yet.

    Marks are only ever added; the newest one is released. Raises ``CannotMark`` for an answer that no person marks, an
    attempt that is still open, one's own attempt, or one that the actor may not mark; ``InvalidMark``.
    """
    attempt = _to_mark(actor, question.attempt_id)
    version = question.version
    if not version.kind.marked_by_person:
        raise CannotMark(_("This question is graded by itself."))
    if version.body.get("criteria"):
        try:
            earned = rubric_share(version.body, levels or {})
        except ValueError:
            raise InvalidMark(_("Choose a level for every criterion.")) from None
        points = scoring.points(earned, question.max_points)
    elif points is None or not 0 <= points <= question.max_points:
        raise InvalidMark(_("Give from 0 to %(most)s points.") % {"most": question.max_points.normalize()})
    mark = Mark.objects.create(
        question=question, levels=dict(levels or {}), points=points, comment=comment.strip(), by=actor
    )
    audit.record(actor=actor, action="assessments.give_mark", obj=attempt, question=question.order, points=str(points))
    return mark


@transaction.atomic
def release_marks(*, actor: Any, attempt: Attempt) -> int:
    """Let the learner see the newest marks of an attempt, and count their points; return how many were released.

    The attempt has its result once every question has points. Released again with other marks, the result changes.
    Raises ``CannotMark``, also when there is nothing to release.
    """
    held = _to_mark(actor, attempt.pk)
    released = 0
    for question in held.questions.prefetch_related("marks"):
        newest = list(question.marks.all())[-1:]
        if not newest or newest[0].released_at is not None:
            continue
        Mark.objects.filter(pk=newest[0].pk).update(released_at=timezone.now())
        question.points = newest[0].points
        question.save(update_fields=["points"])
        released += 1
    if not released:
        raise CannotMark(_("There is no new mark to release."))
    audit.record(actor=actor, action="assessments.release_marks", obj=held, marks=released)
    if conclude(held):
        _tell(held)
    attempt.refresh_from_db()
    return released


def _to_mark(actor: Any, pk: int) -> Attempt:
    """Lock an attempt that somebody may mark."""
    attempt = Attempt.objects.select_for_update().get(pk=pk)
    if attempt.is_open:
        raise CannotMark(_("This attempt has not been handed in yet."))
    if attempt.learner_key == actor.key:
        raise CannotMark(_("Nobody marks their own answers."))
    if not Attempt.objects.to_mark_by(actor).filter(pk=pk).exists():
        raise CannotMark(_("This answer is marked by others."))
    return attempt


def _tell(attempt: Attempt) -> None:
    """Queue the mail that says the result is there, if there is still somebody to read it."""
    if attempt.learner is None:
        return
    language = attempt.language or settings.LANGUAGE_CODE
    with translation.override(language):
        text = attempt.quiz.text_in(language)
        title, url = text.title if text else str(attempt.quiz), reverse("attempt_result", args=[attempt.key])
    queue_mail(
        key=f"attempt-marked:{attempt.key}:{attempt.percent}",
        to=attempt.learner.email,
        template="assessments/mail/marked",
        context={"title": title, "url": settings.BASE_URL + url},
        language=language,
    )
