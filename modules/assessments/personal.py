"""What this room holds of people: attempts and answers."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.personal import Person, Record, fact, fields_of
from modules.records.personal import part

from .models import Attempt, TimeAllowance


def export(person: Person) -> Iterator[Record]:
    """Every attempt with every answer given, the latest of each question last."""
    if person.user is None:
        return
    attempts = (
        Attempt.objects.filter(learner_key=person.user.key)
        .select_related("quiz__item")
        .prefetch_related("questions__version__question", "questions__responses")
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


def erase(person: Person) -> int:
    """Attempts stay for the statistics of questions, without the person."""
    if person.user is not None:  # why somebody gets more time says more of them than of the quiz
        TimeAllowance.objects.filter(learner_key=person.user.key).delete()
    return part(Attempt.objects.all(), person)
