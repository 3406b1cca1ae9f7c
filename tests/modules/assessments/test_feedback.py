"""When answers and feedback are shown: at once, after handing in, after closing."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from modules.assessments import services
from modules.assessments.models import Attempt, Response
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(quiz):
    def when(feedback, **fields):
        type(quiz).objects.filter(pk=quiz.pk).update(feedback=feedback, **fields)
        quiz.refresh_from_db()
        return quiz

    return when


@pytest.fixture
def attempt(shown, begin):
    shown("at_once")
    return begin()


@pytest.fixture
def press(client, learner, attempt):
    client.force_login(learner)

    def pressed(act, **answers):
        data = {"act": act, "submission_key": str(uuid.uuid4()), **answers}
        return client.post(reverse("attempt", args=[attempt.key]), data)

    return pressed


@pytest.fixture
def page(client, learner, attempt):
    client.force_login(learner)
    return lambda: client.get(reverse("attempt", args=[attempt.key])).content.decode()


def test_check_saves_shows_the_feedback_of_that_question_and_locks_it(press, page, attempt):
    first = attempt.questions.first()
    assert page().count("Check this answer") == 3
    response = press(f"check:{first.pk}", **{f"q{first.pk}": "b"})
    assert response.url.endswith("#question-1")
    html = page()
    assert html.count("Check this answer") == 2
    assert html.count("Not right") == 1 and html.count("Correct answer") == 1
    assert html.count(f'name="q{first.pk}"') == html.count(" disabled>") == 3


def test_a_checked_answer_counts_as_it_was(press, attempt, learner):
    first = attempt.questions.first()
    press(f"check:{first.pk}", **{f"q{first.pk}": "b"})
    press("save", **{f"q{first.pk}": "a"})  # an old tab
    with pytest.raises(services.AnswerChecked):
        services.save_response(actor=learner, question=first, answer=["a"], key=uuid.uuid4())
    assert [response.answer for response in Response.objects.all()] == [["b"]]
    press("confirm")
    attempt.refresh_from_db()
    assert attempt.percent == 0


def test_a_whole_form_takes_nothing_from_a_checked_question(press, attempt, answer):
    answer(attempt, right=3)
    first = attempt.questions.first()
    press(f"check:{first.pk}", **{f"q{question.pk}": "a" for question in attempt.questions.all()})
    others = attempt.questions.all()[1:]
    press("hand_in", **{f"q{question.pk}": "a" for question in others})  # what is locked is not sent
    attempt.refresh_from_db()
    assert attempt.percent == 100


def test_an_answer_is_checked_when_there_is_one(press, page, attempt):
    press(f"check:{attempt.questions.first().pk}")
    assert "Answer the question first" in page()
    assert not attempt.questions.filter(checked_at__isnull=False).exists()


def test_nothing_is_checked_in_a_quiz_that_tells_later(press, page, shown, attempt, answer):
    shown("submitted")
    answer(attempt, right=1)
    first = attempt.questions.first()
    assert "Check this answer" not in page()
    press(f"check:{first.pk}", **{f"q{first.pk}": "a"})
    assert not attempt.questions.filter(checked_at__isnull=False).exists()


@pytest.mark.parametrize("pk", ["0", "x", ""])
def test_a_question_of_another_attempt_is_not_checked(press, pk):
    assert press(f"check:{pk}").status_code == 404


def test_nobody_checks_for_somebody_else(client, stranger, attempt):
    client.force_login(stranger)
    form = {"act": f"check:{attempt.questions.first().pk}", "submission_key": str(uuid.uuid4())}
    assert client.post(reverse("attempt", args=[attempt.key]), form).status_code == 404
    with pytest.raises(services.NotYourAttempt):
        services.check_answer(actor=stranger, question=attempt.questions.first())


def test_enter_in_a_field_saves_and_stays(press, attempt):
    first = attempt.questions.first()
    assert press("stay", **{f"q{first.pk}": "a"}).url == reverse("attempt", args=[attempt.key])
    assert attempt.questions.with_answers().first().answer == ["a"]


# --- after closing ------------------------------------------------------------------------


def result(client, learner, attempt) -> str:
    client.force_login(learner)
    return client.get(reverse("attempt_result", args=[attempt.key])).content.decode()


def test_before_closing_only_the_score_is_shown(client, shown, hand_in, learner):
    shown("closed", closes_at=timezone.now() + timedelta(days=1))
    html = result(client, learner, hand_in(right=2, wrong=1))
    assert "66.67 %" in html and "is shown from" in html
    for secret in ("Correct answer", "About a", "In general.", "Not right", "of 1 point", "fully right"):
        assert secret not in html


def test_after_closing_everything_is_shown(client, shown, hand_in, learner):
    shown("closed", closes_at=timezone.now() + timedelta(days=1))
    attempt = hand_in(right=2, wrong=1)
    shown("closed", closes_at=timezone.now() - timedelta(minutes=1))
    html = result(client, learner, attempt)
    assert "Correct answer" in html and "In general." in html and "is shown from" not in html


# --- what was gained ----------------------------------------------------------------------


def test_the_result_of_a_post_test_says_what_was_gained(client, quiz, hand_in, learner):
    post = factories.QuizFactory(pretest=quiz, item__parent=quiz.item.parent)
    before = hand_in(right=1)
    html = result(client, learner, before)
    assert "Pre-test done" in html and "Not passed" not in html
    html = result(client, learner, hand_in(right=3, of=post))
    assert "Before the module: 33.33 %. Now: 100 %." in html
    assert "You gained 66.67 percentage points." in html


def test_the_page_of_a_pre_test_says_that_nothing_depends_on_it(client, quiz):
    url = reverse("quiz", args=[quiz.item.key])
    assert "This is a pre-test" not in client.get(url).content.decode()
    factories.QuizFactory(pretest=quiz, item__parent=quiz.item.parent)
    assert "This is a pre-test" in client.get(url).content.decode()


def test_the_quiz_page_tells_its_rules(client, shown, quiz):
    shown("at_once", wait_minutes=90)
    html = client.get(reverse("quiz", args=[quiz.item.key])).content.decode()
    assert "Between two attempts you wait" in html and "You can check each answer at once" in html


def test_time_over_between_answer_and_check_grades_what_was_saved(press, attempt, answer):
    answer(attempt, right=1)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    assert press(f"check:{attempt.questions.first().pk}").url.endswith("/result/")
