"""The statistics of a quiz and of a question, read from attempts. The arithmetic stands in ``item_analysis``.

Rows are read as a stream and only sums are kept (of a question also its answers, each different one once), so a
hundred thousand answers need little memory. Which attempts count is found out first, and theirs is then asked for by
their ids, ``CHUNK`` attempts at a time: a database that has to look for both at once may take the square of their
number. Up to that number the queries are the same whatever the number of attempts, questions and versions. Which
attempts may be counted says the caller: ``Attempt.objects.measured()``, or those of a cohort.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from . import answering_time, item_analysis
from .item_analysis import LEAST_PEOPLE, LEAST_RELATION, Consistency, Item, Papers, Summary
from .models import AttemptQuestion, Question, QuestionVersion, Quiz, Response
from .querysets import AttemptQuerySet
from .regrading import with_right_answers_of
from .types.base import Answer, AnswerRow, Content
from .words import content_of, plain

CHUNK = 5_000


class Which(models.TextChoices):
    """Which attempts of a person count."""

    FIRST = "first", _("First attempt of each person")
    LAST = "last", _("Last attempt of each person")
    ALL = "all", _("All attempts")

    @classmethod
    def asked(cls, value: Any) -> Which:
        """Return the choice that an address names; the first attempt for anything else."""
        return cls(value) if value in cls.values else cls.FIRST

    def of(self, attempts: AttemptQuerySet) -> AttemptQuerySet:
        """Return those of the attempts that count."""
        return attempts if self == self.ALL else attempts.one_for_each(last=self == self.LAST)


@dataclass
class Asked:
    """One version of a question: how many people were asked, and the sums of what they earned.

    ``key``: the version by whose right answers it was graded again; ``None`` for those graded by its own. Who was
    graded by another key is counted apart, so that points and right answers always belong together.
    """

    version: QuestionVersion
    item: Item
    people: int
    text: str = ""
    key: QuestionVersion | None = None

    @property
    def anchor(self) -> str:
        """What the version is called in an address: ``version-1``, ``version-1-by-2``."""
        return f"version-{self.version.number}" + (f"-by-{self.key.number}" if self.key else "")

    @property
    def told(self) -> bool:
        """Whether there are people enough to tell more than their number."""
        return self.people >= LEAST_PEOPLE


@dataclass(frozen=True)
class QuizFigures:
    """What is known about a quiz: its scores, how consistent they are, and each version of each question asked."""

    summary: Summary
    consistency: Consistency
    questions: list[Asked]


def summaries(attempts: AttemptQuerySet) -> dict[int, Summary]:
    """Return ``{quiz id: Summary}`` of the first attempts of each person. One query."""
    rows = Which.FIRST.of(attempts).order_by().values_list("quiz_id", "percent", "passed", "learner_key")
    scores: dict[int, list[tuple[Decimal, bool, Any]]] = {}
    for quiz, *row in rows.iterator(chunk_size=CHUNK):
        scores.setdefault(quiz, []).append((row[0], row[1], row[2]))
    return {quiz: _summary(some) for quiz, some in scores.items()}


def quiz_figures(quiz: Quiz, attempts: AttemptQuerySet, which: Which, language: str) -> QuizFigures:
    """Return the figures of a quiz from those of ``attempts`` that are of this quiz and count. Six queries."""
    counted = which.of(attempts.filter(quiz=quiz)).order_by().values_list("pk", "percent", "passed", "learner_key")
    scores = list(counted.iterator(chunk_size=CHUNK))
    papers, found = Papers(), _Sums()
    for pks in _batches([pk for pk, *_score in scores]):
        asked = AttemptQuestion.objects.filter(attempt__in=pks).order_by("attempt_id", "order")
        for _attempt, some in groupby(asked.values_list(*EARNED).iterator(chunk_size=CHUNK), key=itemgetter(0)):
            points: dict[Any, Decimal] = {}
            for _pk, version, key, *earned, learner in some:
                found.add((version, key), earned, learner)
                points[version] = earned[0]
            papers.add(points)
        found.add_times(Response.objects.filter(question__attempt__in=pks))
    consistency = papers.consistency()
    summary = _summary((tuple(score) for _pk, *score in scores), consistency.alpha)
    return QuizFigures(summary, consistency, _in_order(quiz, found, language))


EARNED = (
    "attempt_id",
    "version_id",
    "regraded_by_id",
    "points",
    "max_points",
    "attempt__points",
    "attempt__max_points",
    "attempt__learner_key",
)


def _batches(pks: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(pks), CHUNK):
        yield pks[start : start + CHUNK]


def _summary(rows: Iterable[tuple[Any, ...]], alpha: float | None = None) -> Summary:
    percents, people, passed = [], set(), 0
    for percent, has_passed, learner in rows:
        percents.append(percent)
        people.add(learner)
        passed += bool(has_passed)
    return item_analysis.summary(percents, passed, len(people), alpha)


Graded = tuple[int, int | None]
"""The id of the version asked, and of that whose right answers were applied later, if any."""


class _Sums:
    """Sums by version and key, while the rows stream past."""

    def __init__(self) -> None:
        self.items: dict[Graded, Item] = {}
        self.people: dict[Graded, set[Any]] = {}

    def add(self, graded: Graded, earned: Iterable[Decimal], learner: Any) -> None:
        self.items.setdefault(graded, Item()).add(*earned)
        self.people.setdefault(graded, set()).add(learner)

    def add_times(self, responses: models.QuerySet) -> None:
        """Add the seconds spent, from the times at which the answers of whole attempts were given."""
        rows = (
            responses.filter(late=False)
            .order_by("question__attempt_id", "given_at", "pk")
            .values_list(
                "question__attempt_id",
                "question__attempt__started_at",
                "question__version_id",
                "question__regraded_by_id",
                "given_at",
            )
        )
        for (_attempt, started), some in groupby(rows.iterator(chunk_size=CHUNK), key=itemgetter(0, 1)):
            for graded, seconds in answering_time.times(started, _saved(some)).items():
                if (item := self.items.get(graded)) is not None:  # type: ignore[call-overload]
                    item.seconds[seconds] += 1


def _saved(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Graded, datetime]]:
    return (((version, key), given_at) for _attempt, _started, version, key, given_at in rows)


def _versions(found: Iterable[Graded]) -> list[tuple[QuestionVersion, QuestionVersion | None]]:
    """Each version with its key, newest first, those graded by their own answers before others."""
    pairs = list(found)
    pks = {pk for pair in pairs for pk in pair if pk is not None}
    versions = QuestionVersion.objects.select_related("question").prefetch_related("texts").in_bulk(pks)
    rows = [(versions[version], versions[key] if key else None) for version, key in pairs]
    return sorted(rows, key=lambda row: (row[0].question_id, -row[0].number, row[1].number if row[1] else 0))


def _graded(version: QuestionVersion, key: QuestionVersion | None) -> Graded:
    return version.pk, key.pk if key else None


def _in_order(quiz: Quiz, found: _Sums, language: str) -> list[Asked]:
    """The versions asked, in the order of the quiz, the newest of a question first; then those it asks no more."""
    places = dict(quiz.slots.filter(question__isnull=False).values_list("question_id", "order"))
    versions = sorted(_versions(found.items), key=lambda row: places.get(row[0].question_id, len(places) + 10**6))
    return [
        Asked(one, found.items[graded], len(found.people[graded]), text_of(one, content_of(one), language), key)
        for one, key in versions
        for graded in [_graded(one, key)]
    ]


def text_of(version: QuestionVersion, content: Content, language: str) -> str:
    """Return the text of a question without tags."""
    return plain(content.in_language(language, version.kind.needed(version.body)).text)


# --- one question -------------------------------------------------------------------------


@dataclass
class Group:
    """Those who were asked a version in one language: sums, and how often each answer was given."""

    people: set[Any] = field(default_factory=set)
    item: Item = field(default_factory=Item)
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class InLanguage:
    """A version in one language. Without figures where there are too few people, or others could be worked out."""

    language: str
    people: int
    told: bool
    facility: float | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    stands_out: bool = False


@dataclass(frozen=True)
class AnswerLine:
    """One answer with the share of those who gave it, of all and of each language told."""

    row: AnswerRow
    languages: list[float | None]


@dataclass
class VersionFigures(Asked):
    """One version of a question with the answers given, by language too.

    ``once`` counts the typed answers that a single person gave, which are not shown.
    """

    empty: int = 0
    once: int = 0
    answers: list[AnswerLine] = field(default_factory=list)
    languages: list[InLanguage] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Wrong answers that nobody took."""
    rare: list[str] = field(default_factory=list)
    """Wrong answers that hardly anybody took."""

    @property
    def languages_told(self) -> list[InLanguage]:
        """The languages with figures."""
        return [one for one in self.languages if one.told]


def question_figures(
    question: Question, attempts: AttemptQuerySet, which: Which, language: str
) -> list[VersionFigures]:
    """Return the figures of each version of a question that the attempts asked, the newest first. Six queries."""
    asked = AttemptQuestion.objects.filter(version__question=question)
    counted = which.of(attempts.filter(pk__in=asked.values("attempt"))).order_by().values_list("pk", flat=True)
    fields = ("pk", *EARNED[1:], "attempt__language")
    sums, groups, same = _Sums(), {}, _Same()
    for pks in _batches(list(counted.iterator(chunk_size=CHUNK))):
        rows = list(asked.filter(attempt__in=pks).order_by().values_list(*fields))
        answers = _answers([row[0] for row in rows], same)
        for pk, version, key, *earned, learner, code in rows:
            sums.add((version, key), earned, learner)
            group = groups.setdefault((version, key), {}).setdefault(code, Group())
            group.people.add(learner)
            group.item.add(*earned)
            group.answers.append(answers.get(pk))
        sums.add_times(Response.objects.filter(question__attempt__in=pks))
    return [_version(one, key, sums, groups[_graded(one, key)], language) for one, key in _versions(groups)]


def _answers(asked: list[int], same: _Same) -> dict[int, Answer]:
    """The answer that counts to each question as asked, by its id: the last that did not come late."""
    given = Response.objects.filter(question__in=asked, late=False).order_by("pk")
    return {pk: same.of(answer) for pk, answer in given.values_list("question_id", "answer").iterator(CHUNK)}


class _Same:
    """Keeps one object of answers that are the same, so that a hundred thousand need the memory of a few."""

    def __init__(self) -> None:
        self.known: dict[str, Answer] = {}

    def of(self, answer: Answer) -> Answer:
        return self.known.setdefault(json.dumps(answer, sort_keys=True), answer)


def _version(
    version: QuestionVersion, key: QuestionVersion | None, sums: _Sums, groups: Mapping[str, Group], language: str
) -> VersionFigures:
    asked, graded = content_of(version), _graded(version, key)
    content = with_right_answers_of(version.kind, asked, content_of(key)) if key else asked
    found = VersionFigures(
        version, sums.items[graded], len(sums.people[graded]), text_of(version, asked, language), key
    )
    told = item_analysis.groups_told({code: len(group.people) for code, group in groups.items()})
    if not found.told:
        told = set()
    found.languages = [
        _in_language(code, groups, content, version, language, code in told)
        for code in sorted(groups, key=lambda code: (-len(groups[code].people), code))
    ]
    if not found.told:
        return found
    answers = [answer for group in groups.values() for answer in group.answers]
    found.empty = sum(not answer for answer in answers)
    for row in [*version.kind.statistics(content, answers, language), *_gone(version, asked, key, answers, language)]:
        if version.kind.typed and row.count == 1 and not row.right:
            found.once += 1
            continue
        shares = [one.shares.get(row.label, 0.0) for one in found.languages_told]
        found.answers.append(AnswerLine(row, list(shares)))
        if row.right is False and not row.count:
            found.left.append(row.label)
        elif row.right is False and row.share < item_analysis.FUNCTIONS and not version.kind.typed:
            found.rare += [row.label] if len(answers) >= LEAST_RELATION else []
    return found


def _gone(
    version: QuestionVersion, asked: Content, key: QuestionVersion | None, answers: list[Answer], language: str
) -> list[AnswerRow]:
    """What people chose that the key does not offer any more. It is neither right nor wrong: it kept its points."""
    if key is None or "choices" not in asked.body:
        return []
    held = {choice["id"] for choice in key.body.get("choices", [])}
    body = {**asked.body, "choices": [choice for choice in asked.body["choices"] if choice["id"] not in held]}
    rows = version.kind.statistics(replace(asked, body=body), answers, language)
    return [replace(row, right=None) for row in rows if row.count]


def _in_language(
    code: str, groups: Mapping[str, Group], content: Content, version: QuestionVersion, language: str, told: bool
) -> InLanguage:
    group = groups[code]
    if not told:
        return InLanguage(code, len(group.people), told=False)
    others = Item()
    for other in (held for name, held in groups.items() if name != code):
        others = others + other.item
    rows = version.kind.statistics(content, group.answers, language)
    return InLanguage(
        code,
        len(group.people),
        told=True,
        facility=group.item.facility,
        shares={row.label: float(row.share) for row in rows},
        stands_out=item_analysis.differs(group.item, others) and (group.item.facility or 0) < (others.facility or 0),
    )
