"""Copying quizzes and their questions, when a module is copied as a template."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from core import audit
from core.copying import clone_row
from modules.records.models import Item

from ..models import Question, Quiz


@transaction.atomic
def copy_quizzes(original: Item, copy: Item, actor: Any) -> None:
    """Copy the live quizzes of a module into its copy, with new items and questions.

    A quiz that repeats a pre-test of the same module repeats the copy of that. Opening and closing times belong to
    the original and are left behind: a copy that shows answers after closing shows none until it gets a closing time
    of its own, or is taken in a cohort with a last day. What is drawn from a category or by a tag is drawn from the
    same.
    """
    made: dict[int, Quiz] = {}
    questions: dict[int, Question] = {}
    for quiz in Quiz.objects.filter(item__parent=original, item__retired_at=None).order_by("item__order", "pk"):
        made[quiz.pk] = _copy_quiz(quiz, copy, questions)
    for pk, quiz in made.items():
        pretest = Quiz.objects.get(pk=pk).pretest_id
        if pretest is not None:
            quiz.pretest = made.get(pretest)
            quiz.repeats_pretest = quiz.repeats_pretest and quiz.pretest is not None
            quiz.save(update_fields=["pretest", "repeats_pretest"])
        audit.record(actor=actor, action="assessments.copy_quiz", obj=quiz, source=pk)


def _copy_quiz(quiz: Quiz, module: Item, questions: dict[int, Question]) -> Quiz:
    item = clone_row(quiz.item, key=uuid.uuid4(), parent=module, version=1)
    copied = clone_row(quiz, item=item, opens_at=None, closes_at=None)
    for text in quiz.texts.all():
        clone_row(text, record=copied)
    for slot in quiz.slots.select_related("question"):
        asked = slot.question
        if asked is not None and asked.pk not in questions:
            questions[asked.pk] = copy_question(asked)
        clone_row(slot, quiz=copied, question=questions[asked.pk] if asked else None)
    return copied


def copy_question(question: Question) -> Question:
    """Copy a question in its newest version, with its words in every language, its category and tags."""
    copied = clone_row(question, key=str(uuid.uuid4()), idnumber="")
    copied.tags.set(question.tags.all())
    version = question.versions.first()
    if version is not None:
        newest = clone_row(version, question=copied, number=1)
        for text in version.texts.all():
            clone_row(text, record=newest)
    return copied
