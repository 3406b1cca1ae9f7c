"""Work that a browser kept while the line was down is taken only for the account that did it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from core.unsent import done_at, refusal
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(rf):
    def request(user=None, **fields):
        made = rf.post("/", fields)
        made.user = user or AnonymousUser()
        return made

    return request


def test_work_of_the_account_signed_in_is_taken(sent):
    user = factories.UserFactory()
    assert refusal(sent(user, account=str(user.key))) is None
    assert refusal(sent(user)) is None


def test_work_of_another_account_is_kept_for_it(sent):
    answer = refusal(sent(factories.UserFactory(), account=str(factories.UserFactory().key)))
    assert answer is not None and answer.status_code == 401
    assert json.loads(answer.content)["saved"] is False


def test_somebody_signed_out_is_told_that_nothing_is_lost(sent):
    answer = refusal(sent())
    assert answer is not None and "kept in this browser" in json.loads(answer.content)["message"]


@pytest.mark.parametrize(("age", "seconds"), [("60000", 60), ("-5", 0), ("no", 0), ("nan", 0), ("1e400", 0), ("", 0)])
def test_the_age_of_the_work_says_when_it_was_done(sent, age, seconds):
    at = done_at(sent(age=age))
    assert abs((timezone.now() - at).total_seconds() - seconds) < 1


def test_work_is_never_older_than_what_it_belongs_to(sent):
    began = timezone.now() - timedelta(minutes=1)
    assert done_at(sent(age="999999999"), not_before=began) == began


def test_only_pages_of_somebody_signed_in_name_the_account(client):
    url = reverse("account_logout")
    user = factories.UserFactory()
    assert "data-account" not in client.get(reverse("account_login")).content.decode()
    client.force_login(user)
    page = client.get(url).content.decode()
    assert f'data-account="{user.key}"' in page
    assert "js/unsent.js" in page and "data-unsent-list" in page
