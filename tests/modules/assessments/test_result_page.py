"""The result: score, feedback for every answer, what to do next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from modules.assessments.models import QuestionText
from modules.assessments.services import put_quiz
from modules.lessons.services import mark_done
from modules.records.models import Item
from tests import factories
from tests.modules import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(client, learner):
    client.force_login(learner)
    return lambda attempt, language="en": client.get(f"/{language}/attempts/{attempt.key}/result/").content.decode()


@pytest.fixture
def module_quiz(module):
    """The quiz of a published module with three lessons."""
    return put_quiz(
        actor=None,
        key=factories.ItemFactory.build().key,
        module_item=Item.objects.get(key=module.translation_key),
        language="en",
        title="Check yourself",
        question_keys=[factories.make_question().key for _ in range(3)],
    )


def test_the_score_and_the_pass_mark_are_told(show, hand_in):
    html = show(hand_in(2, 1))
    assert "Not passed this time" in html
    assert "You reached 66.67 %. 80 % is needed to pass." in html
    assert "2 of 3 questions fully right" in html


def test_every_answer_has_its_feedback(show, hand_in):
    html = show(hand_in(2, 1))
    for choice in "abc":
        assert html.count(f"About {choice}") == 3
    assert html.count("<p>In general.</p>") == 3
    assert html.count("Correct answer") == 3
    assert html.count("Your answer") >= 1
    assert html.count(" disabled") == 9


def test_what_was_passed_says_so(show, hand_in):
    html = show(hand_in(3))
    assert "You have passed" in html
    assert "100 %" in html


def test_an_open_attempt_has_no_result_yet(client, learner, begin):
    client.force_login(learner)
    attempt = begin()
    assert client.get(reverse("attempt_result", args=[attempt.key])).url == reverse("attempt", args=[attempt.key])


def test_the_result_is_still_read_when_the_quiz_is_gone(show, hand_in, quiz):
    attempt = hand_in(3)
    Item.objects.filter(pk=quiz.item_id).update(retired_at=timezone.now())
    html = show(attempt)
    assert "You have passed" in html
    assert "Try again" not in html


def test_a_new_version_does_not_change_an_old_result(show, hand_in, quiz):
    attempt = hand_in(3)
    from modules.assessments.services import put_question

    put_question(
        actor=None,
        key=quiz.slots.first().question.key,
        type="single",
        language="en",
        text="Rewritten",
        choices=[{"id": "a", "text": "A", "correct": False}, {"id": "b", "text": "B", "correct": True}],
    )
    assert "Rewritten" not in show(attempt)


def test_the_feedback_follows_the_language_of_the_reader(show, hand_in):
    attempt = hand_in(3)
    for question in attempt.questions.all():
        QuestionText.objects.create(
            record=question.version,
            language="fr",
            text="<p>Laquelle ?</p>",
            parts={choice: {"text": choice, "feedback": "Parce que"} for choice in "abc"},
        )
    assert show(attempt, "fr").count("Parce que") == 9
    assert '<html lang="ar" dir="rtl"' in show(attempt, "ar")


def test_who_failed_may_try_again_and_is_led_to_the_lessons(show, hand_in, module_quiz, module):
    html = show(hand_in(0, of=module_quiz))
    assert "Try again" in html
    assert f'href="{content.url(module)}">Back to the lessons' in html


def test_who_has_no_attempt_left_is_told_so(show, hand_in, quiz):
    quiz.attempts_allowed = 1
    quiz.save()
    html = show(hand_in(0))
    assert "You have used the 1 attempt that this quiz allows." in html
    assert "Try again" not in html


def test_a_quiz_closed_since_offers_no_further_try(show, hand_in, quiz):
    attempt = hand_in(0)
    quiz.closes_at = timezone.now() - timedelta(days=1)
    quiz.save()
    assert "This quiz closed on" in show(attempt)


def test_who_passed_is_led_to_the_lesson_that_is_left(show, hand_in, module_quiz, lessons):
    html = show(hand_in(3, of=module_quiz))
    assert f'href="{content.url(lessons[0])}">Go on: Lesson 1' in html


def test_who_has_done_the_module_is_led_to_the_next_one(show, hand_in, module_quiz, lessons, topic, learner):
    following = content.make_module(topic, title="The next module")
    for lesson in lessons:
        mark_done(actor=learner, item=Item.objects.get(key=lesson.translation_key))
    html = show(hand_in(3, of=module_quiz))
    assert f'href="{content.url(following)}">Go on: The next module' in html


def test_the_queries_do_not_grow_with_the_questions(client, learner, hand_in, django_assert_max_num_queries):
    attempt = hand_in(30, of=factories.QuizFactory(questions=30))
    client.force_login(learner)
    url = reverse("attempt_result", args=[attempt.key])
    client.get(url)
    with django_assert_max_num_queries(16):
        assert client.get(url).content.decode().count('class="question"') == 30


@pytest.mark.parametrize(("right", "most"), [(3, 14), (0, 12)])
def test_a_result_asks_few_questions(show, hand_in, module_quiz, right, most, django_assert_max_num_queries):
    attempt = hand_in(right, 3 - right, of=module_quiz)
    show(attempt)
    with django_assert_max_num_queries(most):
        show(attempt)
