"""The questions of an attempt: answering with and without script, saving, handing in."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from modules.assessments.models import Attempt, QuestionText, QuizText, Response
from modules.assessments.services import NotYourAttempt, UnknownAnswer, save_response, start_attempt, submit_attempt
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(begin):
    return begin()


@pytest.fixture
def url(attempt):
    return reverse("attempt", args=[attempt.key])


@pytest.fixture
def page(client, learner, url):
    """The attempt page as the learner sees it now."""
    client.force_login(learner)
    return lambda: client.get(url).content.decode()


@pytest.fixture
def post(client, learner, attempt, url):
    """Press a button of the form with these answers, by place of the question."""
    client.force_login(learner)
    asked = [question.pk for question in attempt.questions.all()]

    def pressed(act, *answers, **more):
        data = {"act": act, "submission_key": str(uuid.uuid4()), **more}
        data |= {f"q{pk}": value for pk, value in zip(asked, answers, strict=False) if value}
        return client.post(url, data)

    return pressed


@pytest.fixture
def save(client, learner, attempt):
    """Send one answer as the script does."""
    client.force_login(learner)

    def sent(number=0, answer=("a",), key=None, question=None):
        question = question or attempt.questions.all()[number].pk
        data = {"question": question, f"q{question}": list(answer), "key": key or uuid.uuid4().hex}
        return client.post(reverse("attempt_save", args=[attempt.key]), data)

    return sent


def ticked(html: str) -> list[tuple[str, str]]:
    return re.findall(r'name="(q\d+)" value="(\w+)" checked', html)


# --- the page -----------------------------------------------------------------------------


def test_every_question_is_a_card_in_one_form(page, attempt):
    html = page()
    assert html.count('class="question"') == 3
    assert html.count('<input type="radio"') == 9
    assert "Question 3 of 3" in html
    assert "Correct answer" not in html and "About a" not in html


def test_what_was_saved_is_shown_again(page, attempt, answer):
    answer(attempt, right=1, wrong=1)
    first, second, _third = attempt.questions.all()
    assert sorted(ticked(page())) == sorted([(f"q{first.pk}", "a"), (f"q{second.pk}", "b")])


def test_the_order_is_the_same_each_time_and_in_each_language(client, learner, attempt, page):
    inputs = re.compile(r'name="(q\d+)" value="(\w)"')
    order = inputs.findall(page())
    assert order == inputs.findall(page())
    assert order == inputs.findall(client.get(f"/ar/attempts/{attempt.key}/").content.decode())


def test_several_right_choices_are_boxes(client, learner):
    quiz = factories.QuizFactory(questions=1)
    quiz.slots.update(question=factories.make_question(type="multiple", right=("a", "b"), ids="abcd"))
    attempt = start_attempt(actor=learner, quiz=quiz, language="en")
    client.force_login(learner)
    html = client.get(reverse("attempt", args=[attempt.key])).content.decode()
    assert html.count('<input type="checkbox"') == 4
    assert "Choose all that apply." in html


def test_no_script_or_style_stands_in_the_page(page):
    html = page()
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert " style=" not in html and " onclick=" not in html


def test_texts_of_authors_cannot_carry_script(page, attempt):
    QuestionText.objects.update(
        text='<p onclick="x()">Which?<script>alert(1)</script></p>', parts={c: {"text": "<b>x</b>"} for c in "abc"}
    )
    html = page()
    assert "alert(1)" not in html and "onclick" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


@pytest.mark.parametrize("number", [3, 30])
def test_the_queries_do_not_grow_with_the_questions(client, learner, number, django_assert_max_num_queries):
    attempt = start_attempt(actor=learner, quiz=factories.QuizFactory(questions=number), language="en")
    client.force_login(learner)
    url = reverse("attempt", args=[attempt.key])
    client.get(url)
    with django_assert_max_num_queries(14):
        assert client.get(url).content.decode().count('class="question"') == number


# --- whose it is --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["attempt", "attempt_result"])
def test_a_visitor_is_asked_to_sign_in(client, attempt, name):
    response = client.get(reverse(name, args=[attempt.key]))
    assert response.status_code == 302
    assert "/account/login/?next=" in response.url


@pytest.mark.parametrize("who", ["stranger", "organiser", "trainer"])
@pytest.mark.parametrize("name", ["attempt", "attempt_save", "attempt_result"])
def test_somebody_elses_attempt_is_not_found(client, cast, attempt, stranger, who, name):
    client.force_login(stranger if who == "stranger" else getattr(cast, who))
    url = reverse(name, args=[attempt.key])
    if name != "attempt_save":
        assert client.get(url).status_code == 404
    if name != "attempt_result":
        assert client.post(url, {"act": "confirm", "submission_key": uuid.uuid4()}).status_code == 404
    attempt.refresh_from_db()
    assert attempt.is_open


@pytest.fixture
def learner(db):
    return factories.UserFactory(email="own@example.org")


# --- the form -----------------------------------------------------------------------------


def test_save_and_go_on_later_keeps_the_answers(post, page, attempt, client):
    response = post("save", "a", "b")
    assert response.url == reverse("quiz", args=[attempt.quiz.item.key])
    assert "Your answers are saved." in client.get(response.url).content.decode()
    assert len(ticked(page())) == 2


def test_pressing_twice_saves_once(post):
    post("save", "a", "b")
    post("save", "a", "b")
    assert Response.objects.count() == 2


def test_handing_in_leads_to_the_result(post, attempt):
    assert post("hand_in", "a", "a", "a").url == reverse("attempt_result", args=[attempt.key])
    attempt.refresh_from_db()
    assert (attempt.state, attempt.percent) == ("graded", 100)


def test_handing_in_with_open_questions_says_which_and_asks(client, post, attempt, page):
    response = post("hand_in", "a", "", "")
    assert response.url == reverse("attempt_hand_in", args=[attempt.key])
    html = client.get(response.url).content.decode()
    assert "2 questions have no answer yet." in html
    assert "#question-2" in html and "#question-3" in html and ">Question 1 of 3<" not in html
    attempt.refresh_from_db()
    assert attempt.is_open
    assert len(ticked(page())) == 1
    assert post("confirm").url == reverse("attempt_result", args=[attempt.key])
    attempt.refresh_from_db()
    assert (attempt.state, float(attempt.percent)) == ("graded", 33.33)


def test_an_empty_attempt_is_asked_about_and_earns_nothing(post, attempt, client):
    assert "3 questions have no answer yet." in client.get(post("hand_in").url).content.decode()
    result = client.get(post("confirm").url).content.decode()
    assert "You reached 0 %." in result


def test_the_page_that_asks_is_for_the_learner_and_for_an_open_attempt(client, learner, stranger, post, attempt):
    url = reverse("attempt_hand_in", args=[attempt.key])
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    client.force_login(learner)
    post("confirm")
    assert client.get(url).url == reverse("attempt", args=[attempt.key])


def test_confirming_keeps_the_answers_saved_before(post, attempt):
    """The page that asks carries no answers; nothing may be taken for emptied."""
    post("hand_in", "a", "a")
    post("confirm")
    attempt.refresh_from_db()
    assert float(attempt.percent) == 66.67


def test_handing_in_twice_shows_the_same_result(post, attempt):
    key = str(uuid.uuid4())
    first = post("hand_in", "a", "a", "a", submission_key=key)
    again = post("hand_in", "b", "b", "b", submission_key=key)
    assert first.url == again.url
    attempt.refresh_from_db()
    assert attempt.percent == 100


def test_an_unknown_choice_is_refused_and_what_was_chosen_stays(post, attempt):
    response = post("hand_in", "a", "nonsense")
    html = response.content.decode()
    assert response.status_code == 200
    assert "This answer does not belong to the question." in html
    assert len(ticked(html)) == 1
    assert not Response.objects.exists()


@pytest.mark.parametrize("more", [{"q1234567890": "a"}, {"submission_key": "no-key"}])
def test_a_form_that_was_tampered_with_is_refused(post, attempt, more):
    html = post("hand_in", "a", "a", "a", **more).content.decode()
    assert "This answer does not belong to the question." in html
    attempt.refresh_from_db()
    assert attempt.is_open


def test_after_the_deadline_nothing_is_saved_and_the_result_is_shown(post, attempt, answer, client):
    answer(attempt, right=1)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))
    response = post("hand_in", "a", "a", "a")
    assert response.url == reverse("attempt_result", args=[attempt.key])
    html = client.get(response.url).content.decode()
    assert "The time for this attempt ended on" in html
    assert "33.33 %" in html


def test_an_attempt_handed_in_shows_its_result_instead_of_questions(post, client, url, attempt):
    post("hand_in", "a", "a", "a")
    assert client.get(url).url == reverse("attempt_result", args=[attempt.key])


# --- saving as it is given ----------------------------------------------------------------


def test_an_answer_is_saved_as_it_is_given(save, attempt):
    reply = save()
    assert reply.json()["saved"] is True
    assert reply.json()["message"].startswith("Saved on the server at ")
    assert attempt.questions.with_answers()[0].answer == ["a"]


def test_an_answer_sent_again_after_a_lost_reply_is_saved_once(save):
    key = uuid.uuid4().hex
    assert save(key=key).json()["saved"] and save(key=key).json()["saved"]
    assert Response.objects.count() == 1


def test_an_answer_taken_back_is_saved_too(save, attempt):
    save(answer=["a"])
    save(answer=[])
    assert attempt.questions.with_answers()[0].answer == []


@pytest.mark.parametrize("wrong", [{"answer": ["z"]}, {"answer": ["a", "b"]}, {"question": 10**9}, {"key": "no"}])
def test_wrong_input_is_refused_in_words(save, wrong):
    reply = save(**wrong)
    assert reply.status_code == 400
    assert "does not belong" in reply.json()["message"]
    assert not Response.objects.exists()


def test_after_the_deadline_the_script_is_told_where_to_go(save, attempt):
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))
    reply = save()
    assert reply.status_code == 409
    assert reply.json()["over"] == reverse("attempt", args=[attempt.key])


@pytest.mark.parametrize("over", ["handed in", "time"])
def test_an_answer_that_arrived_in_time_is_confirmed_also_when_it_is_sent_again_too_late(save, attempt, over):
    key = uuid.uuid4().hex
    in_time = save(key=key).json()
    if over == "time":
        Attempt.objects.update(deadline_at=timezone.now())
    else:
        submit_attempt(actor=attempt.learner, attempt=attempt, submission_key=uuid.uuid4())
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        again = save(key=key)
    assert again.status_code == 200
    assert again.json() == in_time  # with the time when it was saved
    assert save(key=uuid.uuid4().hex).status_code == 409
    assert Response.objects.count() == 1


def test_the_key_of_an_answer_opens_nothing_to_somebody_else(save, client, stranger, begin, attempt):
    key = uuid.uuid4().hex
    save(key=key)
    client.force_login(stranger)
    assert save(key=key).status_code == 404
    own = begin(user=stranger).questions.first()
    with pytest.raises(UnknownAnswer):
        save_response(actor=stranger, question=own, answer=["a"], key=uuid.UUID(key))
    with pytest.raises(NotYourAttempt):
        save_response(actor=stranger, question=attempt.questions.first(), answer=["a"], key=uuid.UUID(key))


def test_somebody_signed_out_is_told_so(client, attempt):
    reply = client.post(reverse("attempt_save", args=[attempt.key]), {"question": 1, "key": uuid.uuid4().hex})
    assert reply.status_code == 401
    assert "signed out" in reply.json()["message"]


def test_saving_needs_the_forms_token(learner, attempt):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert strict.post(reverse("attempt_save", args=[attempt.key]), {}).status_code == 403
    assert strict.post(reverse("attempt", args=[attempt.key]), {}).status_code == 403


# --- languages ----------------------------------------------------------------------------


@pytest.fixture
def in_arabic(attempt):
    """Two of three questions, and the quiz, have Arabic words."""
    QuizText.objects.create(record=attempt.quiz, language="ar", title="اختبار")
    for question in attempt.questions.all()[:2]:
        QuestionText.objects.create(
            record=question.version,
            language="ar",
            text="<p>سؤال؟</p>",
            parts={choice: {"text": f"جواب {choice}", "feedback": "لأن"} for choice in "abc"},
        )


def test_the_arabic_page_falls_back_question_by_question(client, learner, attempt, in_arabic):
    client.force_login(learner)
    html = client.get(f"/ar/attempts/{attempt.key}/").content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    assert html.count("سؤال؟") == 2
    assert html.count('<div lang="en" dir="ltr"><p>Question') == 1
    assert html.count('<span lang="en" dir="ltr">Choice') == 3


def test_half_translated_choices_are_shown_in_one_language(client, learner, attempt, in_arabic):
    row = QuestionText.objects.filter(language="ar").first()
    row.parts = {"a": {"text": "جواب"}}
    row.save()
    client.force_login(learner)
    html = client.get(f"/ar/attempts/{attempt.key}/").content.decode()
    assert html.count("سؤال؟") == 1
    assert html.count('<span lang="en" dir="ltr">Choice') == 6


def test_changing_the_language_in_mid_quiz_keeps_what_was_just_chosen(client, post, attempt, in_arabic):
    response = post("language:ar", "a", "b")
    assert response.url == f"/ar/attempts/{attempt.key}/"
    assert len(ticked(client.get(response.url).content.decode())) == 2


def test_an_unknown_language_only_saves(post, attempt):
    assert post("language:xx", "a").url == reverse("quiz", args=[attempt.quiz.item.key])
