"""The page of questions of an attempt, put together from parts that are the same for every learner.

Two things are kept, neither of them personal: the page around the questions (``core.gaps``; until a quiz or a page
changes, which begins a new generation, and no longer than a minute), and the **frame** of each question whose answers
are lines to choose from: in one language, for one version. A version that was asked never changes but for a further
language, so the number of its languages and its id are all that a frame's key needs. The learner's order, what they
chose and their names of fields are filled in. Other types are rendered for the learner. Three queries when everything
is kept, with those of session and account.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.caching import PAGES, generation, keep, name, recall
from core.gaps import ACCOUNT, NAME, TOKEN, fill, gap, nobody, split
from core.languages import direction, native_name
from modules.lessons.outline import skeletons
from modules.lessons.routing import in_utc, learner_parameter

from .contents import contents
from .forms import fresh_key
from .models import Attempt, AttemptQuestion, QuestionVersion, Quiz
from .services.errors import when
from .sheet import Card, card_of
from .types import type_of
from .types.base import Answer
from .words import content_of, marked, to_html

TEMPLATE, QUESTION, LINE = "assessments/attempt.html", "assessments/asked.html", "types/choice/line.html"
QUIZZES = "quizzes"
"""The generation of all quizzes together: renewed when the words or the rules of one change."""
AROUND_KEPT_FOR = 60
A_DAY = 24 * 60 * 60
ATTEMPT, CARDS, DEADLINE, NUMBER, SECONDS, SUBMISSION = map(
    gap, ("attempt", "cards", "deadline", "number", "seconds", "submission")
)
PK, PLACE, TOTAL, SEEN, LINES = map(gap, ("pk", "place", "total", "seen", "lines"))
NO_KEY = UUID(int=0)


# Written out, because it runs for every page: Django needs longer to compose it than the database to answer.
LOOKUP = """
SELECT attempt.number, attempt.seed, attempt.deadline_at, quiz.id, quiz.feedback,
       EXISTS (SELECT 1 FROM institutions_roleassignment role WHERE role.user_id = %s),
       question.id, question.version_id, version.type, question.checked_at, counting.answer, counting.id,
       (SELECT COUNT(*) FROM assessments_questiontext words WHERE words.record_id = question.version_id)
FROM assessments_attempt attempt
JOIN assessments_quiz quiz ON quiz.id = attempt.quiz_id
JOIN assessments_attemptquestion question ON question.attempt_id = attempt.id
JOIN assessments_questionversion version ON version.id = question.version_id
LEFT JOIN assessments_response counting ON counting.id = (
    SELECT MAX(saved.id) FROM assessments_response saved WHERE saved.question_id = question.id AND NOT saved.late)
WHERE attempt.key = %s AND attempt.learner_key = %s AND attempt.state = 'open'
ORDER BY question."order"
"""


class Asked(NamedTuple):
    """A question of the attempt, as the look-up tells it."""

    pk: int
    version_id: int
    type: str
    checked_at: datetime | None
    answer: Answer
    answer_id: int | None
    languages: int


@dataclass(frozen=True)
class Frame:
    """A question to choose in, with gaps. ``lines``: each choice by its id, as it is shown left and taken."""

    parts: tuple[str, ...]
    lines: Mapping[str, tuple[str, str]]
    salt: str
    language: str
    script: str


@dataclass(frozen=True)
class Shown:
    """A question as HTML, and what the page around it must know."""

    html: str
    language: str
    script: str = ""
    takes_files: bool = False


def paper(request: HttpRequest, key: UUID) -> str | None:
    """Return the page of one's own attempt that is open, or ``None`` where it must be rendered, or is none.

    For those with a role the layout shows more, and a message is shown once: their page is rendered.
    """
    user: Any = request.user
    if user.is_staff or user.is_superuser or len(get_messages(request)):
        return None
    found = _look_up(user, key)
    if not found:
        return None
    number, seed, deadline, quiz_id, feedback, has_role = found[0][:6]
    deadline = in_utc(deadline)
    if has_role or (deadline is not None and deadline <= timezone.now()):
        return None
    language = current_language()
    checks = feedback == Quiz.Feedback.AT_ONCE
    rows = [_asked(*row[6:]) for row in found]
    shown = _questions(rows, seed, language, checks)
    seconds = seconds_left(deadline)
    key_of_parts = name(
        "paper",
        quiz_id,
        language,
        request.get_host(),
        generation(QUIZZES, PAGES),
        checks,
        deadline is not None,
        seconds is not None,
        *(one for one in _about_all(shown, language).values()),
    )
    parts = recall(key_of_parts, AROUND_KEPT_FOR)
    if parts is None:
        parts = _around(request, quiz_id, language, shown, deadline is not None, seconds is not None)
        keep(key_of_parts, parts, AROUND_KEPT_FOR)
    return fill(
        parts,
        {
            NAME: escape(str(user)),
            ACCOUNT: str(user.key),
            TOKEN: get_token(request),
            ATTEMPT: str(key),
            CARDS: "".join(one.html for one in shown),
            DEADLINE: escape(when(deadline)) if deadline else "",
            NUMBER: str(number),
            SECONDS: str(seconds),
            SUBMISSION: fresh_key(),
        },
    )


def _asked(pk: int, version_id: int, type: str, checked_at: Any, answer: Any, answer_id: Any, languages: int) -> Asked:
    """Return a question of a row of ``LOOKUP``, where JSON comes as text."""
    read = json.loads(answer) if isinstance(answer, str) else answer
    return Asked(pk, version_id, type, checked_at, read, answer_id, languages)


def _look_up(user: Any, key: UUID) -> list[tuple[Any, ...]]:
    """Return the rows of ``LOOKUP`` for somebody's own open attempt; none where there is no such attempt."""
    field = Attempt._meta.get_field("key")
    with connection.cursor() as cursor:
        cursor.execute(LOOKUP, [user.pk, field.get_db_prep_value(key, connection), learner_parameter(user)])
        return cursor.fetchall()


def context_of(found: Attempt, sheet: Iterable[Card], error: str = "") -> dict[str, Any]:
    """Return what the template of the page needs, for an attempt and its questions."""
    language, sheet = current_language(), list(sheet)
    checks = found.quiz.feedback == Quiz.Feedback.AT_ONCE
    return {
        **about(found.quiz, _("Questions")),
        **_about_all([Shown("", card.language, card.script, card.takes_files) for card in sheet], language),
        "attempt": found,
        "cards_html": mark_safe("".join(_rendered(card, checks) for card in sheet)),  # noqa: S308  of templates
        "error": error,
        "deadline": when(found.deadline_at) if found.deadline_at else "",
        "seconds_left": seconds_left(found.deadline_at),
        "checks": checks,
        "submission_key": fresh_key(),
        "other_languages": [
            {"code": code, "name": native_name(code), "dir": direction(code)}
            for code, _name in settings.LANGUAGES
            if code != language
        ],
    }


def about(found: Quiz, here: str = "") -> dict[str, Any]:
    """Title, introduction and the way to the quiz, in the reader's language; ``here`` names a page below it."""
    language = current_language()
    text = found.text_in(language)
    own = text.language if text else language
    parent = found.item.parent
    module = skeletons([parent.key], language).get(parent.key) if parent else None
    title = text.title if text else found.item.title
    breadcrumbs = [{"title": module.title, "url": module.url}] if module else []
    breadcrumbs += [{"title": title, "url": reverse("quiz", args=[found.item.key])}]
    return {
        "quiz": found,
        "title": title,
        "title_html": marked(title, own),
        "intro": marked(to_html(text.intro), own, block=True) if text else "",
        "module": module,
        "breadcrumbs": [*breadcrumbs, {"title": here, "url": ""}] if here else breadcrumbs,
    }


def current_language() -> str:
    """The language of the request."""
    return get_language() or settings.LANGUAGE_CODE


def seconds_left(deadline: datetime | None) -> int | None:
    """For the page's script: in how many seconds the time is over; ``None``: never, or not today."""
    if deadline is None:
        return None
    seconds = ceil((deadline - timezone.now()).total_seconds())
    return max(0, seconds) if seconds < A_DAY else None


# --- Around the questions ---------------------------------------------------------------------


def _about_all(shown: Collection[Shown], language: str) -> dict[str, Any]:
    return {
        "takes_files": any(one.takes_files for one in shown),
        "scripts": sorted({one.script for one in shown if one.script}),
        "untranslated": any(one.language != language for one in shown),
    }


def _around(
    request: HttpRequest, quiz_id: int, language: str, shown: Collection[Shown], limited: bool, counts_down: bool
) -> list[str]:
    """Render the page of nobody's attempt; return its parts, every second one a gap."""
    quiz = Quiz.objects.select_related("item__parent").prefetch_related("texts").get(pk=quiz_id)
    context = {
        **context_of(Attempt(quiz=quiz, key=NO_KEY), []),
        **_about_all(shown, language),
        "attempt": SimpleNamespace(key=NO_KEY, number=NUMBER),
        "cards_html": SafeString(CARDS),
        "deadline": DEADLINE if limited else "",
        "seconds_left": SECONDS if counts_down else None,
        "submission_key": SUBMISSION,
        "csrf_token": TOKEN,
    }
    path = reverse("attempt", args=[NO_KEY])
    html = render_to_string(TEMPLATE, context, request=nobody(request, path, language, account=True))
    return split(html.replace(str(NO_KEY), ATTEMPT))


# --- The questions ----------------------------------------------------------------------------


def _questions(rows: list[Asked], seed: int, language: str, checks: bool) -> list[Shown]:
    """Return the questions of an attempt in its order. No query where all are kept."""
    frames = _frames(rows, language, checks)
    others = {row.pk for row in rows if row.pk not in frames}
    rendered = _rendered_for(others, rows, seed, language, checks) if others else {}
    return [
        _filled(frames[row.pk], row, place, len(rows), seed) if row.pk in frames else rendered[row.pk]
        for place, row in enumerate(rows, start=1)
    ]


def _frames(rows: Iterable[Asked], language: str, checks: bool) -> dict[int, Frame]:
    """Return ``{question id: Frame}`` of the open questions that are the same for everybody."""
    keys = {
        row.pk: name("question", row.version_id, row.languages, language, checks)
        for row in rows
        if row.checked_at is None and type_of(row.type).lines
    }
    found = {pk: recall(key) for pk, key in keys.items()}
    missing = {row.version_id: keys[row.pk] for row in rows if row.pk in found and found[row.pk] is None}
    if missing:
        versions = QuestionVersion.objects.select_related("question").prefetch_related("texts").filter(pk__in=missing)
        made = {version.pk: _frame(version, language, checks) for version in versions}
        for pk, frame in made.items():
            keep(missing[pk], frame)
        found |= {row.pk: made[row.version_id] for row in rows if row.version_id in made and row.pk in found}
    return found


def _frame(version: QuestionVersion, language: str, checks: bool) -> Frame:
    """Render a question for nobody in particular."""
    content = content_of(version)
    blank: Any = SimpleNamespace(
        pk=0, max_points=1, points=None, checked_at=None, answer=None, answer_id=None, regraded_by_id=None
    )
    card = card_of(blank, version.kind, content, number=0, total=0, language=language, seed=0, is_open=True)
    choices = card.field[version.kind.lines]
    around: Any = replace(card, field={**card.field, version.kind.lines: (), "lines": SafeString(LINES)})
    around.pk, around.number, around.total, around.seen = PK, PLACE, TOTAL, SEEN
    around.id, around.name = f"question-{PLACE}", f"q{PK}"

    def line(choice: dict[str, Any], taken: bool) -> str:
        context = {"name": around.name, "field": card.field, "choice": {**choice, "checked": taken}}
        return render_to_string(LINE, context).replace(PK, "\ue002")

    lines = {choice["value"]: (line(choice, False), line(choice, True)) for choice in choices}
    return Frame(tuple(split(_rendered(around, checks))), lines, content.salt, card.language, card.script)


def _filled(frame: Frame, row: Asked, place: int, total: int, seed: int) -> Shown:
    """Put a learner's own into a frame: order, choice, and the names of their fields."""
    pk, taken = str(row.pk), row.answer or ()
    order = type_of(row.type).order_of(list(frame.lines), frame.salt, seed)
    lines = "".join([frame.lines[id][id in taken] for id in order]).replace("\ue002", pk)
    values = {PK: pk, PLACE: str(place), TOTAL: str(total), SEEN: str(row.answer_id or 0), LINES: lines}
    return Shown(fill(frame.parts, values), frame.language, frame.script)


def _rendered_for(
    wanted: Collection[int], rows: list[Asked], seed: int, language: str, checks: bool
) -> dict[int, Shown]:
    """Render the other questions as this learner has them."""
    questions: list[Any] = list(AttemptQuestion.objects.filter(pk__in=wanted).with_answers().with_content())
    known, places = contents(questions), {row.pk: place for place, row in enumerate(rows, start=1)}
    found = {}
    for question in questions:
        card = card_of(
            question,
            question.version.kind,
            known[question.pk],
            number=places[question.pk],
            total=len(rows),
            language=language,
            seed=seed,
            is_open=True,
            typed=question.answer,
        )
        found[question.pk] = Shown(_rendered(card, checks), card.language, card.script, card.takes_files)
    return found


def _rendered(card: Card, checks: bool) -> str:
    return render_to_string(QUESTION, {"card": card, "checks": checks})
