"""The enrolment form: what is wrong is said beside it, nothing is enrolled, and nobody gets in by another address."""

from __future__ import annotations

import pytest

from accounts.models import User
from courses.catalogue.models import Cohort, Enrolment
from tests.factories import coming, past

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]

URL = "/en/courses/abs-legal-frameworks/enrol/"
COURSE = "abs-legal-frameworks"


@pytest.fixture
def learner(client):
    user = User.objects.get(email="learner@example.org")
    client.force_login(user)
    return user


@pytest.fixture
def cohort():
    return Cohort.objects.get(course__key=COURSE, self_paced=False)


def test_a_learner_enrols_in_the_cohort_chosen(client, learner, cohort):
    assert client.post(URL, {"cohort": cohort.pk}).status_code == 302
    assert Enrolment.objects.filter(participant__user=learner, cohort=cohort, state="active").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"enrolment_closes_on": past(1)}, "Enrolment closed on"),
        ({"enrolment_opens_on": coming(2), "enrolment_closes_on": coming(9)}, "Enrolment opens on"),
        ({"capacity": 7}, "All places are taken"),
    ],
)
def test_a_cohort_that_takes_nobody_says_why(client, learner, cohort, fields, words):
    Cohort.objects.filter(pk=cohort.pk).update(**fields)
    response = client.post(URL, {"cohort": cohort.pk})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Enrolment.objects.filter(participant__user=learner, cohort__course__key=COURSE).exists()


def test_who_comes_back_reads_that_what_was_done_counts(client, learner, cohort):
    first = client.post(URL, {"cohort": cohort.pk}, follow=True).content.decode()
    assert "Your first lesson is one step away." in first
    enrolment = Enrolment.objects.get(participant__user=learner, cohort=cohort)
    asked = client.get(f"/en/enrolments/{enrolment.pk}/withdraw/").content.decode()
    assert "Your place may go to somebody who waits" in asked
    client.post(f"/en/enrolments/{enrolment.pk}/withdraw/")
    assert f'href="{URL}"' in client.get(f"/en/enrolments/{enrolment.pk}/").content.decode()
    again = client.post(URL, {"cohort": cohort.pk}, follow=True).content.decode()
    assert "What you have done before still counts." in again


def test_a_visitor_reads_why_they_are_asked_to_sign_in(client):
    page = client.get(URL, follow=True).content.decode()
    assert "What you wanted is kept." in page
    assert "What you wanted is kept." not in client.get(URL, follow=True).content.decode()


def test_a_second_enrolment_is_told_and_made_only_once(client, learner, cohort):
    client.post(URL, {"cohort": cohort.pk})
    response = client.post(URL, {"cohort": cohort.pk}, follow=True)
    assert "You are already enrolled in this course." in response.content.decode()
    assert Enrolment.objects.filter(participant__user=learner, cohort__course__key=COURSE).count() == 1


@pytest.mark.parametrize("value", ["", "0", "999999", "x"])
def test_a_cohort_that_is_none_is_refused(client, learner, value):
    response = client.post(URL, {"cohort": value})
    assert response.status_code == 200
    assert response.context["form"].errors["cohort"]
    assert not Enrolment.objects.filter(participant__user=learner, cohort__course__key=COURSE).exists()


def test_a_cohort_of_another_course_is_refused(client, learner):
    other = Cohort.objects.get(course__key="lmo-detection")
    assert client.post(URL, {"cohort": other.pk}).status_code == 200
    assert not Enrolment.objects.filter(participant__user=learner, cohort__course__key=COURSE).exists()


def test_a_course_that_is_not_offered_is_not_found(client, learner):
    assert client.get("/en/courses/no-such-course/enrol/").status_code == 404


def test_who_has_given_no_details_is_asked_for_them_first(client):
    client.force_login(User.objects.create_user("new@example.org"))
    response = client.get(URL)
    assert response.status_code == 302
    assert "/my/details/" in response["Location"]
