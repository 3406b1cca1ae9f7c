"""Copying quizzes and their questions, when a module is copied as a template."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import audit
from core.copying import clone_row
from modules.records.models import Item

from ..models import Question, QuestionCategory, Quiz, QuizQuestion
from .asking import pool_of
from .bank import category_tree, change_category


@transaction.atomic
def copy_quizzes(original: Item, copy: Item, actor: Any) -> None:
    """Copy the live quizzes of a module into its copy, with new items and questions.

    A quiz that repeats a pre-test of the same module repeats the copy of that. Opening and closing times belong to
    the original and are left behind: a copy that shows answers after closing shows none until it gets a closing time
    of its own, or is taken in a cohort with a last day. What is drawn from the bank is drawn from the same.
    """
    quizzes = list(Quiz.objects.filter(item__parent=original, item__retired_at=None).order_by("item__order", "pk"))
    questions = _copy_questions(quizzes, copy, actor)
    made = {quiz.pk: _copy_quiz(quiz, copy, questions) for quiz in quizzes}
    for pk, quiz in made.items():
        pretest = Quiz.objects.get(pk=pk).pretest_id
        if pretest is not None:
            quiz.pretest = made.get(pretest)
            quiz.repeats_pretest = quiz.repeats_pretest and quiz.pretest is not None
            quiz.save(update_fields=["pretest", "repeats_pretest"])
        audit.record(actor=actor, action="assessments.copy_quiz", obj=quiz, source=pk)


def _copy_questions(quizzes: list[Quiz], copy: Item, actor: Any) -> dict[int, Question]:
    """Copy the questions that stand in the quizzes; return the copies by the ids of the originals.

    They get a category of their own, named like the copied module, and no tags, so that nothing drawn anywhere becomes
    another. What these quizzes may draw stays that of the bank wherever it stands: an attempt would ask it twice, as
    itself and as its copy.
    """
    tree = category_tree()
    draws = QuizQuestion.objects.filter(quiz__in=quizzes, question=None)
    drawn = {pk for draw in draws for pk in pool_of(draw, tree)}
    standing = Question.objects.filter(slots__quiz__in=quizzes).exclude(pk__in=drawn).distinct().order_by("pk")
    if not standing:
        return {}
    category = change_category(actor=actor, category=QuestionCategory(), titles=copy.titles, parent=None)
    return {question.pk: copy_question(question, category) for question in standing}


def _copy_quiz(quiz: Quiz, module: Item, questions: Mapping[int, Question]) -> Quiz:
    item = clone_row(quiz.item, key=uuid.uuid4(), parent=module, version=1)
    copied = clone_row(quiz, item=item, opens_at=None, closes_at=None)
    for text in quiz.texts.all():
        clone_row(text, record=copied)
    for slot in quiz.slots.select_related("question"):
        question = slot.question and questions.get(slot.question.pk, slot.question)
        clone_row(slot, quiz=copied, question=question)
    return copied


def copy_question(question: Question, category: QuestionCategory | None) -> Question:
    """Copy a question in its newest version, with its words in every language, into a category. It has no tags."""
    copied = clone_row(question, key=str(uuid.uuid4()), idnumber="", category=category)
    version = question.versions.first()
    if version is not None:
        newest = clone_row(version, question=copied, number=1)
        for text in version.texts.all():
            clone_row(text, record=newest)
    return copied
