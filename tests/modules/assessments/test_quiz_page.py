"""The page of a quiz: what it is, its rules, one's attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from modules.assessments.models import Attempt
from modules.assessments.services import put_quiz
from modules.records.models import Item
from tests import factories
from tests.modules import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(quiz):
    return reverse("quiz", args=[quiz.item.key])


def test_a_visitor_reads_the_rules_and_is_asked_to_sign_in(client, quiz, url):
    quiz.pass_mark, quiz.time_limit, quiz.attempts_allowed = 70, 20, 2
    quiz.save()
    page = client.get(url).content.decode()
    for words in ("A quiz", "3 questions", "70 %", "20 minutes", "2 times", f"/en/account/login/?next={url}"):
        assert words in page
    assert "Start the quiz" not in page


def test_a_visitor_who_posts_is_sent_to_sign_in(client, url):
    response = client.post(url)
    assert response.url == f"/en/account/login/?next={url}"
    assert not Attempt.objects.exists()


def test_a_learner_starts_and_goes_on_with_the_same_attempt(client, learner, url):
    client.force_login(learner)
    assert "Start the quiz" in client.get(url).content.decode()
    first = client.post(url)
    attempt = Attempt.objects.get()
    assert first.url == client.post(url).url == reverse("attempt", args=[attempt.key])
    assert "Go on with the quiz" in client.get(url).content.decode()


def test_own_attempts_are_listed_with_their_results(client, learner, stranger, hand_in, url):
    failed, passed, other = hand_in(1), hand_in(3), hand_in(3, user=stranger)
    client.force_login(learner)
    page = client.get(url).content.decode()
    assert "33.33 %" in page and "100 %" in page
    assert "Not passed" in page and "You have passed this quiz." in page
    assert reverse("attempt_result", args=[failed.key]) in page
    assert reverse("attempt_result", args=[passed.key]) in page
    assert str(other.key) not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"opens_at": timedelta(days=2)}, "This quiz opens on"),
        ({"closes_at": timedelta(days=-2)}, "This quiz closed on"),
        ({"attempts_allowed": 1}, "You have used the 1 attempt"),
    ],
)
def test_a_quiz_that_cannot_be_started_says_why_and_offers_no_button(client, learner, hand_in, quiz, url, fields, said):
    hand_in(0)
    for name, value in fields.items():
        setattr(quiz, name, timezone.now() + value if isinstance(value, timedelta) else value)
    quiz.save()
    client.force_login(learner)
    page = client.get(url)
    assert said in page.content.decode()
    assert "Try again" not in page.content.decode()
    posted = client.post(url)
    assert posted.status_code == 200
    assert said in posted.content.decode()
    assert Attempt.objects.count() == 1


def test_the_closing_is_told_in_the_viewers_time_zone(client, learner, quiz, url):
    quiz.closes_at = timezone.datetime(2036, 3, 1, 22, 30, tzinfo=timezone.get_fixed_timezone(0))
    quiz.save()
    learner.time_zone = "Asia/Tokyo"
    learner.save()
    client.force_login(learner)
    assert "2 March 2036, 07:30 (time zone Asia/Tokyo)" in client.get(url).content.decode()


def test_an_attempt_whose_time_is_over_shows_its_result(client, learner, begin, answer, quiz, url):
    quiz.time_limit = 10
    quiz.save()
    attempt = begin()
    answer(attempt, right=3)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    client.force_login(learner)
    assert "100 %" in client.get(url).content.decode()


@pytest.mark.parametrize("key", ["00000000-0000-0000-0000-000000000000"])
def test_an_unknown_quiz_is_not_found(client, key):
    assert client.get(f"/en/quiz/{key}/").status_code == 404


def test_a_retired_quiz_is_not_found(client, quiz, url):
    Item.objects.filter(pk=quiz.item_id).update(retired_at=timezone.now())
    assert client.get(url).status_code == 404


def test_the_key_of_a_lesson_is_not_a_quiz(client, quiz):
    assert client.get(reverse("quiz", args=[quiz.item.parent.key])).status_code == 404


def test_a_module_for_others_hides_its_quiz(client, learner, module):
    from wagtail.models import PageViewRestriction

    made = put_quiz(
        actor=None,
        key=factories.ItemFactory.build().key,
        module_item=Item.objects.get(key=module.translation_key),
        language="en",
        title="Hidden",
        question_keys=[factories.make_question().key],
    )
    address = reverse("quiz", args=[made.item.key])
    client.force_login(learner)
    assert client.get(address).status_code == 200
    PageViewRestriction.objects.create(page=module, restriction_type=PageViewRestriction.GROUPS)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_the_arabic_page_is_right_to_left_and_marks_what_is_not_arabic(client, learner, quiz):
    client.force_login(learner)
    page = client.get(f"/ar/quiz/{quiz.item.key}/").content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert '<span lang="en" dir="ltr">A quiz</span>' in page


def test_the_way_to_the_quiz_leads_through_its_module(client, module):
    put_quiz(
        actor=None,
        key=factories.ItemFactory.build().key,
        module_item=Item.objects.get(key=module.translation_key),
        language="en",
        title="Check",
        question_keys=[factories.make_question().key],
    )
    key = Item.objects.get(kind="quiz").key
    assert f'href="{content.url(module)}"' in client.get(f"/en/quiz/{key}/").content.decode()


def test_it_says_passed_still_after_the_pass_mark_was_raised(client, hand_in, quiz, learner):
    quiz.pass_mark = 60
    quiz.save()
    hand_in(2, 1)
    quiz.pass_mark = 80
    quiz.save()
    client.force_login(learner)
    assert "You have passed this quiz." in client.get(reverse("quiz", args=[quiz.item.key])).content.decode()


@pytest.mark.parametrize(("rule", "passed"), [("best", True), ("last", False), ("mean", False)])
def test_it_says_passed_only_where_the_attempts_that_count_do(client, hand_in, quiz, learner, rule, passed):
    quiz.grade_rule = rule
    quiz.save()
    hand_in(right=3), hand_in(right=0, wrong=3)
    client.force_login(learner)
    html = client.get(reverse("quiz", args=[quiz.item.key])).content.decode()
    assert ("You have passed this quiz." in html) == passed
