"""What lists and course pages keep for all readers is never older than the records it is made of."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from courses.catalogue.models import Cohort, Course, CoursePage, Enrolment
from courses.catalogue.search import courses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]
KEY = "green-customs-lmo"


@pytest.fixture
def page():
    return CoursePage.objects.get(course__key=KEY, locale__language_code="en")


def test_the_list_of_courses_is_asked_once_for_all(django_assert_num_queries):
    first = courses("en")
    with django_assert_num_queries(0):
        assert courses("en") == first


def test_another_language_has_a_list_of_its_own():
    assert {card.title for card in courses("en")} != {card.title for card in courses("ar")}


def test_a_published_title_is_in_the_list_at_once(page):
    courses("en")
    page.title = "Reading shipping papers"
    page.save_revision().publish()
    assert "Reading shipping papers" in {card.title for card in courses("en")}


def test_an_archived_course_leaves_the_list_at_once():
    courses("en")
    course = Course.objects.get(key=KEY)
    course.archived_at = timezone.now()
    course.save()
    assert KEY not in {card.course.key for card in courses("en")}


def test_a_cohort_that_ended_overnight_is_in_the_list_no_more(page):
    def region():
        return next(card for card in courses("en") if card.course.key == KEY).regions

    before = region()
    Cohort.objects.create(course=page.course, titles={"en": "Last week"}, region="weog", ends_on=date(2027, 3, 1))
    with time_machine.travel("2027-03-01T22:00Z"):
        assert region() == sorted({*before, "weog"})
    with time_machine.travel("2027-03-02T08:00Z"):
        assert region() == before


def test_a_new_cohort_is_on_the_course_page_at_once(client, page):
    client.get(page.url)
    Cohort.objects.create(
        course=page.course, titles={"en": "Pacific ports 2027"}, starts_on="2027-02-01", ends_on="2027-03-01"
    )
    assert "Pacific ports 2027" in client.get(page.url).content.decode()


def test_a_course_page_is_served_with_few_queries(client, page, django_assert_max_num_queries):
    client.get(page.url)
    with django_assert_max_num_queries(7):
        assert client.get(page.url).status_code == 200


def test_one_persons_enrolment_is_on_nobody_elses_page(client, page):
    learner, other = (User.objects.get(email=f"{who}@example.org") for who in ("learner", "trainer2"))
    client.force_login(learner)
    assert reverse("course_enrol", args=[KEY]) in client.get(page.url).content.decode()
    Enrolment.objects.create(participant=learner.participant, cohort=page.course.cohorts.get(self_paced=True))
    assert reverse("course_enrol", args=[KEY]) not in client.get(page.url).content.decode()
    client.force_login(other)
    assert reverse("course_enrol", args=[KEY]) in client.get(page.url).content.decode()
