"""The page behind the link in an invitation."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.workshops.models import Nomination, Registration, Workshop
from tests import factories

from .pages import main

pytestmark = pytest.mark.django_db


def test_looking_at_the_link_answers_nothing(client, link):
    assert "Achieng Otieno" in main(client.get(link))
    client.post(link)
    client.post(link, {"answer": "perhaps"})
    assert Nomination.objects.get().state == "selected"


def test_yes_by_the_link(client, link):
    assert "your place is certain" in main(client.post(link, {"answer": "yes"}))
    assert Registration.objects.get().source == "nomination"
    assert "your place is certain" in main(client.get(link))


@pytest.mark.parametrize(("places", "words"), [(5, "You are enrolled in the course"), (0, "has no free place now")])
def test_the_link_says_beforehand_and_afterwards_that_a_course_belongs_to_it(client, link, asking, places, words):
    Workshop.objects.update(cohort=factories.CohortFactory(course=asking.course, capacity=places))
    assert "If you confirm, you are enrolled there, too" in main(client.get(link))
    assert words in main(client.post(link, {"answer": "yes"}))
    assert words in main(client.get(link))


def test_no_by_the_link_and_then_it_opens_nothing(client, link):
    assert "will not take part" in main(client.post(link, {"answer": "no"}))
    assert client.get(link).status_code == 410
    assert client.post(link, {"answer": "yes"}).status_code == 410


def test_a_place_that_is_gone_is_said(client, link, asking, register, cast):
    Workshop.objects.update(capacity=1)
    Registration.objects.create(workshop=asking, participant=cast.learner.participant)
    assert "All places are taken" in main(client.post(link, {"answer": "yes"}))
    assert Nomination.objects.get().state == "selected"


@pytest.mark.parametrize("token", ["forged", "WzFd:1:2"])
def test_a_broken_link_opens_nothing(client, token):
    assert client.get(reverse("nomination_answer", args=[token])).status_code == 410
