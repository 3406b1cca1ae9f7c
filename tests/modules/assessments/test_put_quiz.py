"""Writing quizzes."""

from __future__ import annotations

import uuid

import pytest

from core.models import AuditEntry
from modules.assessments.services import put_quiz
from modules.assessments.services.authoring import InvalidQuiz
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db
KEY = uuid.UUID(int=7)


@pytest.fixture
def module_item():
    return factories.ItemFactory(kind=Item.Kind.MODULE)


@pytest.fixture
def keys():
    return [factories.make_question().key for _ in range(3)]


def put(module_item, keys, **changes):
    values = {"actor": None, "key": KEY, "module_item": module_item, "language": "en", "title": "Check yourself"}
    return put_quiz(**{**values, "intro": "Three.", "pass_mark": 70, "question_keys": keys, "order": 1000, **changes})


def asked(quiz) -> list[str]:
    return [slot.question.key for slot in quiz.slots.select_related("question")]


def test_a_quiz_belongs_to_its_module_and_asks_in_order(module_item, keys):
    quiz = put(module_item, keys)
    assert (quiz.item.key, quiz.item.kind, quiz.item.parent, quiz.item.order) == (KEY, "quiz", module_item, 1000)
    assert (quiz.pass_mark, asked(quiz)) == (70, keys)
    assert quiz.texts.get().title == "Check yourself"


def test_writing_the_same_again_changes_nothing(module_item, keys):
    quiz = put(module_item, keys)
    slots, entries = list(quiz.slots.values()), AuditEntry.objects.count()
    assert put(module_item, keys) == quiz
    assert (list(quiz.slots.values()), AuditEntry.objects.count()) == (slots, entries)


def test_a_translation_adds_its_words_and_title(module_item, keys):
    quiz = put(module_item, keys)
    put(module_item, keys, language="ar", title="اختبر نفسك", intro="")
    quiz.item.refresh_from_db()
    assert quiz.item.titles == {"en": "Check yourself", "ar": "اختبر نفسك"}
    assert {row.language: row.title for row in quiz.texts.all()} == quiz.item.titles


def test_the_language_it_was_first_written_in_is_its_source(module_item, keys):
    assert put(module_item, keys, language="fr").item.source_language == "fr"


def test_questions_are_put_in_order_added_and_taken_out(module_item, keys):
    quiz = put(module_item, keys)
    quiz.slots.filter(question__key=keys[2]).update(points=5)
    fresh = factories.make_question().key
    put(module_item, [keys[2], fresh, keys[0]])
    assert asked(quiz) == [keys[2], fresh, keys[0]]
    assert quiz.slots.get(question__key=keys[2]).points == 5


def test_an_unknown_question_is_refused(module_item, keys):
    with pytest.raises(InvalidQuiz, match="no-such-question"):
        put(module_item, [*keys, "no-such-question"])
