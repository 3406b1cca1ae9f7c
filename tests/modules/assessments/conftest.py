"""A quiz of three questions (the right answer is always ``a``), in a module."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Q

from modules.assessments import registry
from modules.assessments.models import Attempt, QuizQuestion
from modules.assessments.services import save_answers, start_attempt, submit_attempt
from modules.records.models import Item
from tests import factories

from .types.samples import BY_TYPE


@pytest.fixture
def quiz(db):
    module = factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": "A module"})
    return factories.QuizFactory(item__parent=module, item__titles={"en": "A quiz"}, item__minutes=3)


@pytest.fixture
def learner(db):
    return factories.UserFactory(email="learner@example.org")


@pytest.fixture
def stranger(db):
    return factories.UserFactory(email="stranger@example.org")


@pytest.fixture
def context(monkeypatch):
    """Say what attempts are done for: ``context(context="enrolment:1", closes_at=...)``."""

    def says(**fields):
        monkeypatch.setattr(registry, "_providers", [lambda user, quiz: registry.AttemptContext(**fields)])

    says()
    return says


@pytest.fixture
def begin(learner, quiz):
    def begun(user=None, language="en", of=None) -> Attempt:
        return start_attempt(actor=user or learner, quiz=of or quiz, language=language)

    return begun


@pytest.fixture
def answer(learner):
    """Answer the first ``right`` questions rightly and the next ``wrong`` ones wrongly."""

    def answered(attempt, right=0, wrong=0) -> None:
        asked = list(attempt.questions.all())
        answers = {question.pk: ["a"] for question in asked[:right]}
        answers |= {question.pk: ["b"] for question in asked[right : right + wrong]}
        save_answers(actor=attempt.learner, attempt=attempt, answers=answers)

    return answered


@pytest.fixture
def hand_in(begin, answer):
    """A graded attempt with so many right answers."""
    import uuid

    def handed_in(right=3, wrong=0, **who) -> Attempt:
        attempt = begin(**who)
        answer(attempt, right, wrong)
        return submit_attempt(actor=attempt.learner, attempt=attempt, submission_key=uuid.uuid4())

    return handed_in


@pytest.fixture
def trainer(db):
    return factories.UserFactory(email="trainer@example.org")


@pytest.fixture
def may_mark(monkeypatch, trainer):
    """The room above lets the trainer mark everything, also what is their own."""
    monkeypatch.setattr(registry, "_markers", [lambda user: Q(pk__isnull=False) if user == trainer else Q(pk__in=[])])


@pytest.fixture
def ask(quiz):
    """Let the quiz ask one question of a type, and one that is graded by itself."""

    def asked(type: str, points: int = 2) -> Any:
        slot = quiz.slots.first()
        quiz.slots.exclude(pk=slot.pk).delete()
        QuizQuestion.objects.create(quiz=quiz, question=BY_TYPE[type].put().question, order=9, points=points)
        return quiz

    return asked
