"""Writing the question bank and the quizzes made of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from modules.records.models import Item
from modules.records.services import freeze_item, retire_item

from ..models import Question, QuestionText, QuestionVersion, Quiz, QuizText
from ..registry import check_retiring
from ..types import type_of
from ..types.base import Body, InvalidQuestion, Words
from ..types.choice import from_choices
from ..wordings import followed
from ..words import first_words, plain, to_html
from .arranging import InvalidQuiz, Place, set_places

Parts = Mapping[str, Mapping[str, str]]


@transaction.atomic
def put_question(
    *,
    actor: Any,
    key: str,
    type: str,
    language: str,
    text: str,
    feedback: str = "",
    body: Body | None = None,
    parts: Parts | None = None,
    choices: Sequence[Mapping[str, Any]] | None = None,
    source_language: str = "en",
    name: str = "",
) -> QuestionVersion:
    """Write a question in one language and return its newest version. Raises ``InvalidQuestion``.

    ``body`` and ``parts`` are as the type wants them (``types``); for a choice type they may be given as
    ``choices`` ``{"id", "text", "correct", "feedback"}``. The first call makes the question. A new
    language is added to the newest version; other words replace the old ones where nobody was asked
    them yet. Whatever would change what somebody was asked (its words, its parts, which are right)
    makes a new version, which takes over the words in the other languages. A wording that the source language accepts
    no more goes out of the translations too (``wordings``). Writing the same again changes nothing.

    ``text`` and ``feedback`` are plain text or HTML, and stored as clean HTML. ``name`` is for authors: at first the
    first words of the text, and kept where none is given.
    """
    if choices is not None:
        body, parts = from_choices(choices)
    body, parts = dict(body or {}), {id: dict(part) for id, part in (parts or {}).items()}
    check_question(type=type, language=language, text=text, body=body, parts=parts)
    words = {"text": to_html(text), "feedback": to_html(feedback), "parts": parts}
    name = " ".join(name.split())[:255]
    question, new = Question.objects.get_or_create(
        key=key, defaults={"source_language": source_language, "name": name or first_words(to_html(text))}
    )
    if name and question.name != name:
        question.name = name
        question.save(update_fields=["name"])
    Question.objects.select_for_update().get(pk=question.pk)  # two editors at once: one version after the other
    newest = question.versions.first()
    held = newest.texts.filter(language=language).first() if newest else None
    if newest is None or (newest.type, newest.body) != (type, body):
        version = _new_version(actor, question, newest, type, body)
    elif held is None:  # a further language
        version = newest
    elif all(getattr(held, name) == value for name, value in words.items()):
        return newest
    else:
        version = _new_version(actor, question, newest, type, body) if newest.asked.exists() else newest
    QuestionText.objects.update_or_create(record=version, language=language, defaults=words)
    if newest and held and newest.type == type and language == question.source_language:
        _let_follow(version, language, held.parts, parts)
    audit.record(
        actor=actor,
        action="assessments.create_question" if new else "assessments.change_question",
        obj=question,
        version=version.number,
        language=language,
    )
    return version


def check_question(*, type: str, language: str, text: str, body: Body, parts: Parts) -> None:
    """Raise ``InvalidQuestion`` unless the question can be asked and graded."""
    kind = type_of(type)
    if language not in dict(settings.LANGUAGES):
        raise InvalidQuestion(_("This language is not one of the platform's."))
    if not plain(text):
        raise InvalidQuestion(_("Write the question."))
    kind.check(body, Words(language, to_html(text), parts=parts))


def _new_version(
    actor: Any, question: Question, before: QuestionVersion | None, type: str, body: dict[str, Any]
) -> QuestionVersion:
    version = QuestionVersion.objects.create(
        question=question,
        number=before.number + 1 if before else 1,
        type=type,
        body=body,
        created_by=actor,
    )
    if before is not None:
        QuestionText.objects.bulk_create(
            QuestionText(record=version, language=row.language, text=row.text, feedback=row.feedback, parts=row.parts)
            for row in before.texts.all()
        )
    return version


def _let_follow(version: QuestionVersion, language: str, before: Parts, after: Parts) -> None:
    """Take what the original accepts no more out of the translations."""
    for row in version.texts.exclude(language=language):
        parts = followed(version.kind, version.body, before, after, row.parts)
        if parts != row.parts:
            row.parts = parts
            row.save(update_fields=["parts"])


@transaction.atomic
def put_quiz(
    *,
    actor: Any,
    key: uuid.UUID,
    module_item: Item,
    language: str,
    title: str,
    intro: str = "",
    pass_mark: int = 80,
    question_keys: Sequence[str] | None = None,
    order: int = 0,
    points: Mapping[str, Decimal] | None = None,
    **rules: Any,
) -> Quiz:
    """Write a quiz of a module in one language and return it. Raises ``InvalidQuiz``.

    ``key`` is that of its item; its questions are asked in the order of ``question_keys``, with
    ``points`` by key (default: as they are, else 1); ``None`` leaves what it asks alone (``arrange_quiz`` sets
    it, also with random draws). ``rules`` are fields of the quiz (``time_limit``,
    ``attempts_allowed`` and so on); those left out stay. The language of the first call is its source
    language. Writing the same again changes nothing.
    """
    questions = {question.key: question for question in Question.objects.filter(key__in=question_keys or [])}
    if missing := [name for name in question_keys or [] if name not in questions]:
        raise InvalidQuiz(_("These questions are not in the question bank: %(keys)s.") % {"keys": ", ".join(missing)})
    rules["pass_mark"] = pass_mark
    _check_rules(key, rules)
    item = freeze_item(
        key=key,
        kind=Item.Kind.QUIZ,
        language=language,
        title=title,
        parent=module_item,
        order=order,
        source_language="" if Item.objects.filter(key=key).exists() else language,
    )
    quiz, new = Quiz.objects.get_or_create(item=item, defaults=rules)
    changes = {name: value for name, value in rules.items() if getattr(quiz, name) != value}
    for name, value in changes.items():
        setattr(quiz, name, value)
    if changes:
        quiz.save(update_fields=list(changes))
    changed = new or bool(changes)
    words = {"title": title, "intro": intro}
    if not QuizText.objects.filter(record=quiz, language=language, **words).exists():
        QuizText.objects.update_or_create(record=quiz, language=language, defaults=words)
        changed = True
    if question_keys is not None:
        weights = points or {}
        changed |= set_places(quiz, [Place(questions[name], points=weights.get(name)) for name in question_keys])
    if changed:
        audit.record(
            actor=actor,
            action="assessments.create_quiz" if new else "assessments.change_quiz",
            obj=quiz,
            language=language,
        )
    return quiz


def _check_rules(key: uuid.UUID, rules: Mapping[str, Any]) -> None:
    opens, closes, pretest = (rules.get(name) for name in ("opens_at", "closes_at", "pretest"))
    if opens and closes and closes <= opens:
        raise InvalidQuiz(_("The quiz must close after it opens."))
    if rules.get("feedback") == Quiz.Feedback.CLOSED and closes is None:
        raise InvalidQuiz(_("Say when the quiz closes, so that answers and feedback can be shown after that."))
    if pretest is not None and (pretest.item.key == key or pretest.pretest_id is not None):
        raise InvalidQuiz(_("A pre-test cannot be the quiz itself, nor one that has a pre-test of its own."))


@transaction.atomic
def retire_question(*, actor: Any, question: Question) -> None:
    """Ask a question no more; attempts that asked it keep it. Done again, nothing changes."""
    if question.retired_at is None:
        question.retired_at = timezone.now()
        question.save(update_fields=["retired_at"])
        audit.record(actor=actor, action="assessments.retire_question", obj=question)


@transaction.atomic
def retire_quiz(*, actor: Any, quiz: Quiz) -> None:
    """Take a quiz out of use; results are kept, open attempts can still be handed in.

    Raises a ``DomainError`` while a room above asks for it (``registry.register_before_retiring``).
    """
    if quiz.item.retired_at is None:
        check_retiring(quiz)
        retire_item(key=quiz.item.key)
        quiz.item.refresh_from_db()
        audit.record(actor=actor, action="assessments.retire_quiz", obj=quiz)


@transaction.atomic
def revive_question(*, actor: Any, question: Question) -> None:
    """Ask a retired question again."""
    if question.retired_at is not None:
        question.retired_at = None
        question.save(update_fields=["retired_at"])
        audit.record(actor=actor, action="assessments.revive_question", obj=question)


@transaction.atomic
def revive_quiz(*, actor: Any, quiz: Quiz) -> None:
    """Bring a retired quiz back into use."""
    item = quiz.item
    if item.retired_at is not None:
        language = item.source_language
        freeze_item(  # what is frozen comes back to life
            key=item.key,
            kind=item.kind,
            language=language,
            title=item.titles.get(language, item.title),
            parent=item.parent,
            order=item.order,
        )
        item.refresh_from_db()
        audit.record(actor=actor, action="assessments.revive_quiz", obj=quiz)
