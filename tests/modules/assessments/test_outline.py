"""Quizzes stand in the outline of their module."""

from __future__ import annotations

import uuid

import pytest

from modules.assessments.outline import quiz_entries
from modules.assessments.services import put_quiz, retire_quiz
from modules.lessons.outline import outlines
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(module):
    return put_quiz(
        actor=None,
        key=uuid.uuid4(),
        module_item=Item.objects.get(key=module.translation_key),
        language="en",
        title="Check yourself",
        question_keys=[factories.make_question().key for _ in range(3)],
    )


def test_a_quiz_follows_the_lessons_of_its_module(module, made, learner):
    entry = outlines([module.translation_key], learner, "fr")[module.translation_key].entries[-1]
    assert (entry.title, entry.kind, entry.state) == ("Check yourself", "quiz", "open")
    assert entry.url == f"/fr/quiz/{made.item.key}/"


@pytest.mark.parametrize(
    ("rule", "rights", "state"),
    [("best", [3, 0], "done"), ("last", [3, 0], "open"), ("last", [0, 3], "done"), ("mean", [3, 0], "open")],
)
def test_it_is_done_when_the_grade_that_counts_reaches_the_pass_mark(
    module, made, learner, hand_in, rule, rights, state
):
    made.grade_rule = rule
    made.save()
    for right in rights:
        hand_in(right, of=made)
    assert quiz_entries([module.translation_key], learner, "en")[module.translation_key][0].state == state


def test_what_others_passed_is_not_mine(module, made, learner, stranger, hand_in):
    hand_in(3, of=made, user=stranger)
    assert quiz_entries([module.translation_key], learner, "en")[module.translation_key][0].state == "open"


def test_a_retired_quiz_is_left_out(module, made, learner):
    retire_quiz(actor=None, quiz=made)
    assert quiz_entries([module.translation_key], learner, "en") == {}


def test_two_queries_for_all(module, made, learner, hand_in, django_assert_num_queries):
    hand_in(3, of=made)
    hand_in(0, of=made)
    with django_assert_num_queries(2):
        quiz_entries([module.translation_key, uuid.uuid4()], learner, "en")
