"""Marking by a person: essays and files. A mark counts, and is seen by the learner, once it is released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance, queue_mail, start_job

from .. import scoring
from ..models import Attempt, AttemptQuestion, Mark
from ..types.marked import rubric_share
from ..words import number
from .concluding import conclude

RELEASE_JOB = "assessments.release"
AT_A_TIME = 20
"""How many results are released between two words about the progress."""


class CannotMark(DomainError):
    """Not for this person, or not this answer."""


class InvalidMark(DomainError):
    """Points or levels that the question does not have, or a reason that is missing."""


class MarkedMeanwhile(DomainError):
    """Somebody else has marked the answer since the marker looked at it."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        super().__init__(
            _(
                "While you were marking, %(who)s gave this answer %(points)s points. Nothing is lost: what you chose "
                "and wrote is still here, and their mark stands under “Marks so far”. Save again if yours shall take "
                "its place."
            )
            % {"who": mark.by or _("somebody else"), "points": number(mark.points)}
        )


@transaction.atomic
def give_mark(
    *,
    actor: Any,
    question: AttemptQuestion,
    levels: Mapping[str, str] | None = None,
    points: Decimal | None = None,
    comment: str = "",
    reason: str = "",
    seen: int | None = None,
) -> Mark:
    """Mark an answer: a level for every criterion of its rubric or, where it has none, the points. Nobody sees it yet.

    Marks are only ever added; the newest one is released. After the learner has seen a mark, another needs a
    ``reason``. ``seen``: the id of the newest mark that the marker knew (0: none); sent twice, it is one mark. Raises
    ``CannotMark`` for an answer that no person marks, an attempt that is still open, one's own attempt, or one that the
    actor may not mark; ``InvalidMark``; ``MarkedMeanwhile``.
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
        raise InvalidMark(_("Give from 0 to %(most)s points.") % {"most": number(question.max_points)})
    given = {"levels": dict(levels or {}), "points": points, "comment": comment.strip(), "by": actor}
    marks = list(question.marks.select_related("by"))
    if seen is not None and marks and marks[-1].pk != seen:
        if all(getattr(marks[-1], name) == value for name, value in given.items()):
            return marks[-1]
        raise MarkedMeanwhile(marks[-1])
    again = any(mark.released_at for mark in marks)
    if again and not reason.strip():
        raise InvalidMark(_("The learner has seen a mark already. Say why you mark again."))
    mark = Mark.objects.create(question=question, reason=reason.strip() if again else "", **given)
    audit.record(
        actor=actor,
        action="assessments.mark_again" if again else "assessments.give_mark",
        obj=attempt,
        question=question.order,
        points=str(points),
        **({"reason": mark.reason, "before": str(marks[-1].points)} if again else {}),
    )
    return mark


@transaction.atomic
def release_marks(*, actor: Any, attempt: Attempt) -> int:
    """Let the learner see the newest marks of an attempt, and its result; return how many were released.

    An attempt is released as a whole: not before every answer is marked. Released again with other marks, the result
    changes. A mail tells the learner. Raises ``CannotMark``, also when there is nothing to release.
    """
    held, now = _to_mark(actor, attempt.pk), timezone.now()
    new = []
    for question in held.questions.prefetch_related("marks"):
        newest = list(question.marks.all())[-1:]
        if newest and newest[0].released_at is None:
            new.append((question, newest[0]))
        elif not newest and question.points is None:
            raise CannotMark(_("Some answers of this attempt are still to be marked."))
    if not new:
        raise CannotMark(_("There is no new mark to release."))
    for question, mark in new:
        Mark.objects.filter(pk=mark.pk).update(released_at=now)
        question.points = mark.points
        question.save(update_fields=["points"])
    audit.record(actor=actor, action="assessments.release_marks", obj=held, marks=len(new))
    conclude(held)
    _tell(held, "marked", now)
    attempt.refresh_from_db()
    return len(new)


def release_several(*, actor: Any, attempts: Iterable[Attempt]) -> int:
    """Release one attempt after the other; return how many were. What cannot be released (any more) is passed over."""
    released = 0
    for attempt in attempts:
        with suppress(CannotMark):
            release_marks(actor=actor, attempt=attempt)
            released += 1
    return released


@transaction.atomic
def start_release(*, actor: Any, attempts: Iterable[Attempt]) -> Job:
    """Start the job that releases many results one after the other, and return it. What cannot be is passed over."""
    keys = [attempt.pk for attempt in attempts]
    return start_job(actor=actor, kind=RELEASE_JOB, params={"attempts": keys}, total=len(keys))


def release(job: Job) -> None:
    """Do the job in the name of whoever started it. What is released already stays so: it is safe to run twice."""
    keys = job.params["attempts"]
    for start in range(0, len(keys), AT_A_TIME):
        some = keys[start : start + AT_A_TIME]
        if job.created_by is not None:
            release_several(actor=job.created_by, attempts=Attempt.objects.filter(pk__in=some).order_by("pk"))
        advance(job, start + len(some))


def released_url(job: Job) -> str:
    """Return where what was released stands."""
    return f"{reverse('marking')}?state=released"


@transaction.atomic
def take_back_marks(*, actor: Any, attempt: Attempt, reason: str) -> None:
    """Hide released marks from the learner again: the attempt has no result until they are released anew.

    A mail tells the learner that the result is looked at again; the reason is kept in the record only.
    Raises ``CannotMark``, also when nothing is released, and ``InvalidMark`` without a reason.
    """
    held = _to_mark(actor, attempt.pk)
    shown = Mark.objects.filter(question__attempt=held, released_at__isnull=False)
    marked = list(shown.values_list("question", flat=True))
    if not marked:
        raise CannotMark(_("No mark of this attempt is released."))
    if not reason.strip():
        raise InvalidMark(_("Give the reason."))
    audit.record(
        actor=actor,
        action="assessments.take_back_marks",
        obj=held,
        marks=len(set(marked)),
        percent=str(held.percent),
        reason=reason.strip(),
    )
    shown.update(released_at=None)
    AttemptQuestion.objects.filter(pk__in=marked).update(points=None)
    held.state = Attempt.State.SUBMITTED
    held.points = held.max_points = held.percent = held.passed = None
    held.save()
    _tell(held, "taken_back", timezone.now())
    attempt.refresh_from_db()


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


def _tell(attempt: Attempt, template: str, moment: datetime) -> None:
    """Queue a mail about the result of an attempt, if there is still somebody to read it."""
    if attempt.learner is None or not attempt.learner.is_active:
        return
    language = attempt.language or settings.LANGUAGE_CODE
    with translation.override(language):
        text = attempt.quiz.text_in(language)
        title, url = text.title if text else str(attempt.quiz), reverse("attempt_result", args=[attempt.key])
    queue_mail(
        key=f"attempt-{template}:{attempt.key}:{moment.isoformat()}",
        to=attempt.learner.email,
        template=f"assessments/mail/{template}",
        context={"title": title, "url": settings.BASE_URL + url},
        language=language,
    )
