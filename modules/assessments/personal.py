"""What this room holds of people: attempts and answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from core.personal import Person, Record, fact, fields_of, forget_labels
from modules.records.personal import part

from .models import AnswerFile, Attempt, AttemptQuestion, Mark, Response, TimeAllowance
from .types import marked_types, typed_types


def export(person: Person) -> Iterator[Record]:
    """Every attempt with every answer given, the latest of each question last."""
    if person.user is None:
        return
    attempts = (
        Attempt.objects.filter(learner_key=person.user.key)
        .select_related("quiz__item")
        .prefetch_related("questions__version__question", "questions__responses", "questions__marks")
    )
    for attempt in attempts.iterator(chunk_size=200):
        yield [
            fact("quiz", _("Quiz"), attempt.quiz.item.title),
            fact("number", _("Attempt"), attempt.number),
            fact("started_at", _("Started"), attempt.started_at),
            fact("submitted_at", _("Handed in"), attempt.submitted_at),
            fact("percent", _("Result in per cent"), attempt.percent),
            fact("passed", _("Passed"), attempt.passed),
            fact(
                "answers",
                _("Answers"),
                [
                    {
                        "question": asked.version.question.key,
                        "version": asked.version.number,
                        "answers": [{"answer": said.answer, "at": said.at} for said in asked.responses.all()],
                        "points": asked.points,
                        "comments": [mark.comment for mark in asked.marks.all() if mark.released_at and mark.comment],
                    }
                    for asked in attempt.questions.all()
                ],
                len(attempt.questions.all()),
            ),
        ]
    for allowance in TimeAllowance.objects.filter(learner_key=person.user.key).select_related("quiz__item"):
        yield [
            fact("quiz", _("More time in a quiz"), allowance.quiz.item.title),
            *fields_of(allowance, "minutes", "percent", "reason"),
            fact("granted_at", _("Given"), allowance.granted_at),
        ]


def files(person: Person) -> Iterator[tuple[str, Any]]:
    """The files handed in as answers."""
    if person.user is None:
        return
    for handed_in in AnswerFile.objects.filter(question__attempt__learner_key=person.user.key):
        if handed_in.file.storage.exists(str(handed_in.file.name)):
            yield f"answers/{handed_in.pk}-{get_valid_filename(handed_in.name)}", handed_in.file.open("rb")


def erase(person: Person) -> int:
    """Attempts stay for the statistics of questions, without the person, their own words and their files.

    Their own words are all that a person marks, what was typed and given up again, and what was typed, earned nothing
    and was given by nobody else: the statistics of questions never show it. Other answers stay.
    """
    if person.user is None:
        return 0
    key = person.user.key
    # The attempts first: an answer that is being saved or marked holds its attempt, and is seen once it is let go.
    attempts = list(Attempt.objects.select_for_update().filter(learner_key=key).order_by("pk"))
    own = AttemptQuestion.objects.filter(attempt__learner_key=key)
    Response.objects.filter(question__in=own.filter(version__type__in=marked_types())).update(answer={})
    _empty_typed(own.filter(version__type__in=typed_types()), key)
    Mark.objects.filter(question__in=own).update(comment="", reason="")
    forget_labels(Attempt, [attempt.pk for attempt in attempts])
    files = AnswerFile.objects.filter(question__in=own)
    for handed_in in files:
        transaction.on_commit(partial(handed_in.file.storage.delete, str(handed_in.file.name)))
    files.delete()
    allowances = TimeAllowance.objects.filter(learner_key=key)  # why one gets more time says more of one than of a quiz
    forget_labels(TimeAllowance, allowances.values_list("pk", flat=True))
    allowances.delete()
    return part(Attempt.objects.all(), person)


def _empty_typed(own: Any, key: Any) -> None:
    """Empty the typed answers to questions of the person with this key, but for those that others gave or that earned.

    An open attempt has earned nothing yet.
    """
    gone = []
    for asked in own.prefetch_related("responses"):
        said = list(asked.responses.all())
        last = next((answer for answer in reversed(said) if not answer.late), None)
        gone += [answer.pk for answer in said if answer != last]
        if last is not None and not asked.points:
            same = Response.objects.filter(question__version=asked.version_id, answer=last.answer)
            if not same.exclude(question__attempt__learner_key=key).exists():
                gone.append(last.pk)
    Response.objects.filter(pk__in=gone).update(answer={})
