"""Attempts that run while a question is corrected and regraded."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from modules.assessments import services
from modules.assessments.models import AttemptQuestion
from modules.assessments.sheet import cards

from .correcting import answer_all, correct

pytestmark = pytest.mark.django_db


def test_an_attempt_that_is_running_is_graded_by_the_corrected_answers(begin, question, regrade, answer):
    attempt = begin()
    correct(question)
    regrade()
    assert answer_all(attempt, "b", question).percent == 100


@pytest.fixture
def running(begin, question, regrade):
    """An attempt that runs while b is found right and c is dropped, and the question in it."""
    attempt = begin()
    correct(question, right="b", ids="ab")
    regrade()
    return attempt, attempt.questions.get(version__question=question)


def test_a_running_attempt_shows_and_takes_what_it_asked(client, running, question, learner):
    attempt, asked = running
    client.force_login(learner)
    card = next(one for one in cards(attempt, "en") if one.pk == asked.pk)
    assert {choice["value"] for choice in card.field["choices"]} == set("abc")
    url = reverse("attempt", args=[attempt.key])
    assert "Choice c" in client.get(url).content.decode()
    sent = {"question": asked.pk, "key": str(uuid.uuid4()), f"q{asked.pk}": "c"}
    saved = client.post(reverse("attempt_save", args=[attempt.key]), sent)
    assert saved.status_code == 200 and saved.json()["saved"]
    form = {"act": "stay", "submission_key": str(uuid.uuid4()), f"q{asked.pk}": "c"}
    assert client.post(url, form).status_code == 302


@pytest.mark.parametrize(("chosen", "earned"), [("b", 1), ("a", 0), ("c", 0)])
def test_a_running_attempt_is_graded_by_the_key_where_it_offers_the_answer(running, question, chosen, earned):
    attempt, asked = running
    answer_all(attempt, chosen, question)
    asked.refresh_from_db()
    assert asked.points == earned


def test_what_the_key_does_not_offer_is_graded_and_shown_by_what_was_asked(begin, question, regrade):
    attempt = begin()
    correct(question, right="b", ids="bcd")
    regrade()
    answer_all(attempt, "a", question)
    asked = attempt.questions.get(version__question=question)
    assert asked.points == 1
    attempt.refresh_from_db()
    card = next(one for one in cards(attempt, "en") if one.pk == asked.pk)
    assert {choice["value"]: choice["checked"] for choice in card.field["choices"]} == {
        "a": True,
        "b": False,
        "c": False,
    }


def test_feedback_at_once_after_a_correction_is_that_of_the_key(client, running, quiz, learner):
    attempt, asked = running
    quiz.feedback = "at_once"
    quiz.save()
    services.save_answers(actor=learner, attempt=attempt, answers={asked.pk: ["b"]})
    assert services.check_answer(actor=learner, question=asked).points == 1
    card = next(one for one in cards(attempt, "en") if one.pk == asked.pk)
    assert {choice["value"]: choice["correct"] for choice in card.field["choices"]} == {"a": False, "b": True}


def test_running_attempts_of_other_courses_are_left_as_they_are(begin, question, cast, regrade):
    begin()
    correct(question)
    regrade(actor=cast.other_organiser)
    assert not AttemptQuestion.objects.filter(regraded_by__isnull=False).exists()
