"""What is asked, answered and graded without an attempt. Reads the database, never writes to it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db.models import prefetch_related_objects
from django.utils import timezone

from .. import scoring
from ..contents import pictures
from ..models import QuestionVersion, Quiz
from ..services.asking import versions_to_ask
from ..sheet import Card, card_of
from ..shuffling import shuffled
from ..types import type_of
from ..types.base import Answer, Content, Fields, MultiDict, QuestionType, Words
from ..words import content_of, to_html

SALT = "assessments.tryout"
A_DAY = 24 * 60 * 60


@dataclass
class Trial:
    """A question that is tried out. No row stands behind it, so nothing done with it can be saved."""

    pk: int
    kind: QuestionType
    content: Content
    max_points: Decimal = Decimal(1)
    points: Decimal | None = None
    checked_at: datetime | None = None
    answer: Answer = None
    answer_id: int | None = None
    regraded_by_id: int | None = None


def trials_of(quiz: Quiz, seed: int) -> list[Trial]:
    """Return the questions of a quiz as an attempt with this seed would ask them of somebody new."""
    asked = versions_to_ask(Nobody(), quiz, seed)
    versions = {version.pk: version for version, _points in asked}
    points = {version.pk: most for version, most in asked}
    prefetch_related_objects(list(versions.values()), "question", "texts")
    shown = pictures({id for version in versions.values() for id in version.kind.picture_ids(version.body)})
    order = shuffled(seed if quiz.shuffle else 0, "questions", versions)
    return [Trial(pk, versions[pk].kind, content_of(versions[pk], pictures=shown), points[pk]) for pk in order]


class Nobody:
    """Somebody who never took a quiz, as ``versions_to_ask`` wants a learner."""

    is_authenticated = True

    def __init__(self) -> None:
        self.key = uuid.uuid4()


def trial_of(version: QuestionVersion) -> Trial:
    """Return a question that is in the bank. Prefetch ``texts`` and select ``question`` first."""
    shown = pictures(version.kind.picture_ids(version.body))
    return Trial(version.pk, version.kind, content_of(version, pictures=shown))


def draft_of(written: dict[str, Any], version: QuestionVersion | None) -> str:
    """Return what an author has written and not saved, signed, to travel with the page.

    ``written``: as the form's ``question()`` returns it, with ``feedback``; ``version``: what it would replace, which
    gives the words in other languages.
    """
    before = content_of(version) if version else Content(body={})
    own = [to_html(written["text"]), to_html(written["feedback"]), written["parts"]]
    words = {code: [one.text, one.feedback, dict(one.parts)] for code, one in before.words.items()}
    return signing.dumps(
        {
            "type": written["type"],
            "language": written["language"],
            "body": written["body"],
            "source": version.question.source_language if version else written["language"],
            "words": words | {written["language"]: own},
        },
        salt=SALT,
        compress=True,
    )


def trial_of_draft(draft: str) -> tuple[Trial, str]:
    """Return a draft as a question, and the language it is written in. Raises ``signing.BadSignature``."""
    held = signing.loads(draft, salt=SALT, max_age=A_DAY)
    kind = type_of(held["type"])
    words = {code: Words(code, *rest) for code, rest in held["words"].items()}
    content = Content(body=held["body"], words=words, source=held["source"], pictures=pictures(_picture_ids(held)))
    return Trial(0, kind, content), held["language"]


def _picture_ids(held: dict[str, Any]) -> list[int]:
    return type_of(held["type"]).picture_ids(held["body"])


def answer(trials: Sequence[Trial], data: MultiDict) -> None:
    """Read the answers of a posted form into the questions. Raises ``UnknownAnswer``."""
    for trial in trials:
        trial.answer = trial.kind.parse(trial.content, Fields(data, f"q{trial.pk}"))


def check(trial: Trial) -> None:
    """Grade the answer of one question, and show what is right. What a person must mark gets no points."""
    trial.checked_at = timezone.now()
    if not (trial.kind.takes_files or (trial.kind.marked_by_person and trial.answer)):
        trial.points = scoring.points(trial.kind.grade(trial.content, trial.answer), trial.max_points)


def percent_of(trials: Sequence[Trial]) -> Decimal | None:
    """Return the percentage of questions all graded; ``None`` where a person would have to mark one."""
    earned = [trial.points for trial in trials if trial.points is not None]
    return scoring.percent(earned, [trial.max_points for trial in trials]) if len(earned) == len(trials) else None


def sheet_of(trials: Sequence[Trial], language: str, *, seed: int, is_open: bool) -> list[Card]:
    """Return the questions as cards, as in an attempt."""
    sheet = [
        card_of(
            trial,
            trial.kind,
            trial.content,
            number=number,
            total=len(trials),
            language=language,
            seed=seed,
            is_open=is_open,
            typed=trial.answer,
        )
        for number, trial in enumerate(trials, start=1)
    ]
    return [replace(card, takes_files=False) for card in sheet]
