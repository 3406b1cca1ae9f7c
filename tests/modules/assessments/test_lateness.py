"""Answers that reach the server in another order than they were given."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments import services
from modules.assessments.lateness import Saved, is_late
from modules.assessments.models import Response

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("newest", "answer", "late"),
    [
        (None, {"given_at": at(0)}, False),
        (Saved(7, FIRST, at(5)), {"given_at": at(0)}, True),
        (Saved(7, FIRST, at(5)), {"given_at": at(5)}, False),
        (Saved(7, FIRST, at(5)), {"given_at": at(9)}, False),
        (Saved(7, FIRST, at(5)), {"given_at": at(0), "seen": 7}, False),  # the device's clock is wrong
        (Saved(7, FIRST, at(5)), {"given_at": at(0), "seen": 6}, True),
        (Saved(7, FIRST, at(5)), {"given_at": at(0), "replaces": [FIRST]}, False),
        (Saved(7, FIRST, at(5)), {"given_at": at(0), "replaces": [SECOND]}, True),
    ],
)
def test_the_later_answer_counts(newest, answer, late):
    assert is_late(newest, **answer) is late


@given(st.permutations(range(6)))
def test_the_answer_given_last_counts_whatever_the_order_of_arrival(order):
    newest = None
    for id, minute in enumerate(order, start=1):
        if not is_late(newest, given_at=at(minute)):
            newest = Saved(id, uuid.UUID(int=id), at(minute))
    assert newest is not None and newest.given_at == at(5)


# --- on the server ------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(begin):
    return begin()


@pytest.fixture
def question(attempt):
    return attempt.questions.first()


@pytest.fixture
def save(question, learner):
    def saved(choice, **fields):
        fields = {"key": uuid.uuid4(), **fields}
        return services.save_response(actor=learner, question=question, answer=[choice], **fields)

    return saved


def counted(attempt):
    return attempt.questions.with_answers().first().answer


def test_an_older_answer_that_comes_later_is_kept_and_does_not_count(save, attempt):
    save("b")
    assert save("a", given_at=timezone.now() - timedelta(minutes=5)).late
    assert counted(attempt) == ["b"]
    assert Response.objects.count() == 2


def test_an_answer_given_to_what_was_seen_counts_whatever_the_clock_says(save, attempt):
    first = save("b")
    save("a", given_at=timezone.now() - timedelta(hours=5), seen=first.pk)
    assert counted(attempt) == ["a"]


def test_an_outdated_form_does_not_take_back_what_another_tab_answered(attempt, question, learner):
    form = dict.fromkeys(attempt.questions.values_list("pk", flat=True), 0)  # opened before there was an answer
    services.save_answers(actor=learner, attempt=attempt, answers={question.pk: ["a"]}, seen=form)
    services.save_answers(actor=learner, attempt=attempt, answers={pk: [] for pk in form}, seen=form)
    assert counted(attempt) == ["a"]
    services.save_answers(actor=learner, attempt=attempt, answers={question.pk: ["b"]}, seen=form)
    assert counted(attempt) == ["b"]  # chosen there: meant so


def test_a_form_that_knows_the_answer_can_take_it_back(attempt, question, learner, save):
    seen = {question.pk: save("a").pk}
    services.save_answers(actor=learner, attempt=attempt, answers={question.pk: []}, seen=seen)
    assert counted(attempt) == []


def test_the_page_says_which_answer_it_shows_and_sends_it_back(client, learner, attempt, question, save):
    client.force_login(learner)
    url = reverse("attempt", args=[attempt.key])
    assert f'name="seen" value="{question.pk}:0"' in client.get(url).content.decode()
    kept = save("a")
    assert f'name="seen" value="{question.pk}:{kept.pk}"' in client.get(url).content.decode()
    form = {"act": "stay", "submission_key": str(uuid.uuid4()), "seen": f"{question.pk}:0"}
    assert client.post(url, form).url == url
    assert counted(attempt) == ["a"]


def test_the_script_learns_that_a_newer_answer_is_there(client, learner, attempt, question, save):
    client.force_login(learner)
    newer = save("b")
    sent = {"question": question.pk, f"q{question.pk}": "a", "key": uuid.uuid4().hex, "seen": 0, "age": "600000"}
    attempt.started_at -= timedelta(hours=1)
    attempt.save()
    reply = client.post(reverse("attempt_save", args=[attempt.key]), sent).json()
    assert reply["saved"] and reply["late"] and "newer answer" in reply["message"]
    assert counted(attempt) == ["b"]
    again = client.post(
        reverse("attempt_save", args=[attempt.key]), sent | {"key": uuid.uuid4().hex, "replaces": newer.key.hex}
    ).json()
    assert not again["late"] and counted(attempt) == ["a"]


def test_answers_of_another_account_are_not_taken(client, stranger, learner, attempt, question):
    client.force_login(stranger)
    sent = {"question": question.pk, f"q{question.pk}": "a", "key": uuid.uuid4().hex, "account": str(learner.key)}
    reply = client.post(reverse("attempt_save", args=[attempt.key]), sent)
    assert reply.status_code == 401 and not reply.json()["saved"] and "refused" not in reply.json()
    del sent["account"]
    assert client.post(reverse("attempt_save", args=[attempt.key]), sent).status_code == 404
