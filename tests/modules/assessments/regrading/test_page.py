"""The page of regrading: what was not shown is never done."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from jobs.models import Job
from modules.assessments.models import AttemptQuestion

from .correcting import correct

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups(db):
    from core.permissions import synchronise_groups

    synchronise_groups()


def shown_on(html: str) -> str:
    """The preview that a page shows, as it travels with its form."""
    return re.search(r'name="shown" value="([^"]+)"', html)[1]


@pytest.mark.parametrize("other", ["version", "key", "lower", "nothing", "forged", "meanwhile"])
def test_what_was_not_shown_is_shown_first(client, groups, gained_and_lost, begin, cast, question, other):
    third = correct(question, right="c")
    client.force_login(cast.organiser)
    url = reverse("questions:regrade", args=[question.pk])
    first, second = question.versions.get(number=1), question.versions.get(number=2)
    AttemptQuestion.objects.filter(version=first, attempt=gained_and_lost[0]).update(version=third)
    form = {"version": first.pk, "key": second.pk, "reason": "The law changed."}
    form["shown"] = shown_on(client.post(url, form | {"act": "preview"}).content.decode())
    if other == "meanwhile":
        AttemptQuestion.objects.filter(version=third).update(version=first)
    changed = {
        "version": {"version": third.pk},
        "key": {"key": third.pk},
        "lower": {"lower": "on"},
        "nothing": {"shown": ""},
        "forged": {"shown": form["shown"][:-1] + "-"},
        "meanwhile": {},
    }[other]
    html = client.post(url, form | changed | {"act": "confirm"}).content.decode()
    assert "This is not what was shown before" in html and "Regrade now" in html
    assert not Job.objects.exists()
    assert client.post(url, form | changed | {"act": "confirm", "shown": shown_on(html)}).status_code == 302
    assert Job.objects.count() == 1


def test_what_cannot_be_regraded_is_refused_also_when_confirmed(client, groups, gained_and_lost, cast, question):
    client.force_login(cast.organiser)
    asked = question.versions.last().pk
    form = {"version": asked, "key": asked, "reason": "The law changed.", "act": "confirm"}
    html = client.post(reverse("questions:regrade", args=[question.pk]), form).content.decode()
    assert "Choose two different versions" in html and not Job.objects.exists()


def test_the_screen_shows_the_preview_first_and_then_acts(client, groups, gained_and_lost, cast, question):
    client.force_login(cast.organiser)
    url = reverse("questions:regrade", args=[question.pk])
    assert "Show what will change" in client.get(url).content.decode()
    form = {"version": question.versions.last().pk, "key": question.versions.first().pk, "reason": "The law changed."}
    html = client.post(url, form | {"act": "preview"}).content.decode()
    assert "Regrade now" in html and "Had passed and keep their points" in html
    assert not Job.objects.exists()
    form["shown"] = shown_on(html)
    assert "This field is required." in client.post(url, form | {"act": "confirm", "reason": ""}).content.decode()
    response = client.post(url, form | {"act": "confirm"})
    assert response.url == reverse("job_status", args=[Job.objects.get().key])


def test_a_question_with_one_version_has_nothing_to_grade_by(client, groups, cast, question):
    client.force_login(cast.organiser)
    assert "only one version" in client.get(reverse("questions:regrade", args=[question.pk])).content.decode()
