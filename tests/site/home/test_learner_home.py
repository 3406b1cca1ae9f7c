"""The learner's home: the next step, deadlines in one's own time, sessions, certificates, in few queries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from courses.catalogue import services
from courses.catalogue.models import Application
from courses.certificates.models import Certificate, CertificateTemplate
from courses.participants import notices
from courses.privacy import erasing
from courses.workshops.models import Registration
from courses.workshops.services import add_session
from courses.workshops.wording import day_range
from modules.lessons.models import LessonProgress
from modules.records.models import Item
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db


def page_of(client):
    return client.get(reverse("learner_home")).content.decode()


@pytest.fixture
def learner(client, cast):
    cast.learner.time_zone = "America/Lima"
    cast.learner.save()
    client.force_login(cast.learner)
    return cast.learner


def enrolled(learner, **fields):
    course = factories.CourseFactory()
    module = factories.ItemFactory(kind=Item.Kind.MODULE)
    factories.SyllabusEntryFactory(course=course, item=module)
    factories.ItemFactory(kind=Item.Kind.LESSON, parent=module)
    cohort = factories.CohortFactory(course=course, time_zone="Africa/Nairobi", **fields)
    return factories.EnrolmentFactory(participant=learner.participant, cohort=cohort)


def finished(learner):
    enrolment = enrolled(learner)
    enrolment.completed_at = timezone.now()
    enrolment.save()
    return enrolment


def certified(enrolment, serial):
    template, _new = CertificateTemplate.objects.get_or_create(key="t", defaults={"signatory_name": "Somebody"})
    return Certificate.objects.create(
        participant=enrolment.participant,
        cohort=enrolment.cohort,
        subject_key=f"cohort:{enrolment.cohort_id}",
        template=template,
        serial=serial,
        kind="completion",
        language="en",
        issued_at=timezone.now(),
        pdf=f"{serial}.pdf",
    )


def test_a_deadline_is_told_in_ones_own_time(client, learner):
    enrolled(learner, ends_on=coming(10))
    page = page_of(client)
    assert "My deadlines" in page
    assert "15:59 (Lima, UTC−5)" in page  # the last minute of the day in Nairobi, as Lima has it
    assert "Choose my time zone" not in page


def test_who_has_chosen_no_time_zone_reads_whose_time_it_is_and_where_to_choose(client, learner):
    learner.time_zone = ""
    learner.save()
    assert "Choose my time zone" not in page_of(client)  # no time is shown
    enrolled(learner, ends_on=coming(10))
    page = page_of(client)
    assert "20:59 (UTC)" in page
    assert "Choose my time zone" in page


def test_a_course_that_has_not_begun_says_when_it_does(client, learner):
    enrolled(learner, starts_on=past(1), ends_on=coming(10))
    assert "begins on" not in page_of(client)
    enrolled(learner, starts_on=coming(20), ends_on=coming(30))
    assert f"begins on {date_format(coming(20))}" in page_of(client)


def test_a_course_one_left_is_found_again_until_one_is_back_in_it(client, learner):
    enrolment = enrolled(learner)
    services.withdraw(actor=learner, enrolment=enrolment)
    page = page_of(client)
    assert "Courses you left" in page
    assert reverse("enrolment_standing", args=[enrolment.pk]) in page
    services.enrol(actor=learner, participant=learner.participant, cohort=enrolment.cohort)
    assert "Courses you left" not in page_of(client)


def test_who_has_finished_reads_that_the_certificate_is_still_to_come(client, learner):
    finished(learner)
    assert "The organiser issues the certificate." in page_of(client)


def test_a_certificate_that_was_revoked_is_not_said_to_be_still_to_come(client, learner):
    certificate = certified(finished(learner), "No. 17")
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked", ended_at=timezone.now(), reason="In error")
    assert "The organiser issues the certificate." not in page_of(client)


def test_many_certificates_do_not_hide_that_another_is_still_to_come(client, learner):
    for number in range(6):
        certified(finished(learner), f"No. {number}")
    assert "The organiser issues the certificate." not in page_of(client)
    finished(learner)
    assert page_of(client).count("The organiser issues the certificate.") == 1


def test_a_deadline_of_ones_own_counts(client, learner):
    enrolment = enrolled(learner, ends_on=past(1))
    assert "My deadlines" not in page_of(client)
    enrolment.deadline = coming(5)
    enrolment.save()
    assert "My deadlines" in page_of(client)


def test_a_finished_course_has_no_deadline_and_no_list_of_what_is_missing(client, learner):
    enrolment = enrolled(learner, ends_on=coming(10))
    enrolment.completed_at = timezone.now()
    enrolment.save()
    page = page_of(client)
    assert "My deadlines" not in page
    assert "You have met every requirement." in page
    assert "Why not yet?" not in page


def test_every_open_course_leads_to_why_not_yet(client, learner):
    enrolment = enrolled(learner)
    assert reverse("enrolment_standing", args=[enrolment.pk]) in page_of(client)


def test_the_next_session_stands_in_the_time_of_the_venue_and_in_ones_own(client, learner, programme):
    workshop = factories.WorkshopFactory(programme=programme, starts_on=coming(3), ends_on=coming(4))
    add_session(
        actor=None, workshop=workshop, titles={"en": "Opening of the workshop"}, day=coming(3),
        begins=timezone.datetime(2026, 1, 1, 9).time(), finishes=timezone.datetime(2026, 1, 1, 10).time(),
    )  # fmt: skip
    assert "Opening of the workshop" not in page_of(client)
    Registration.objects.create(workshop=workshop, participant=learner.participant)
    page = page_of(client)
    assert "Opening of the workshop" in page
    assert "Your time:" in page


def test_the_days_of_a_workshop_are_told_as_everywhere(client, learner, programme):
    for days in (0, 1):
        workshop = factories.WorkshopFactory(programme=programme, starts_on=coming(30), ends_on=coming(30 + days))
        Registration.objects.create(workshop=workshop, participant=learner.participant)
        page = page_of(client)
        assert day_range(workshop.starts_on, workshop.ends_on) in page
    assert "{0} – {0}".format(date_format(coming(30), "DATE_FORMAT")) not in page


def test_the_name_of_a_course_is_not_said_again_beside_its_progress(client, learner):
    enrolment = enrolled(learner)
    words = re.search(r'class="progress__words">(.*?)</p>', page_of(client), re.DOTALL).group(1)
    assert str(enrolment.cohort.course) not in words
    assert "Progress" in words


def test_a_new_data_notice_and_a_planned_erasure_are_told(client, learner):
    notices.publish_notice(actor=None, published_on=past(1), texts={"en": ("Short.", "Long.")})
    assert "Please read what happens with your data." in page_of(client)
    notices.acknowledge(actor=learner, notice=notices.current_notice())
    assert "your data." not in page_of(client)
    notices.publish_notice(actor=None, published_on=past(0), texts={"en": ("Short.", "Long.")})
    assert "Our data notice has changed" in page_of(client)
    erasing.ask_erasure(actor=learner, withdraw_certificates=False, confirmed=True)
    assert "Your data will be erased on" in page_of(client)


def test_nothing_yet_shows_the_way(client, learner):
    assert "You are not enrolled in a course yet" in page_of(client)


def test_queries_do_not_grow_with_lessons_or_finished_courses(client, learner):
    enrolment = enrolled(learner, ends_on=coming(10))
    page_of(client)
    with CaptureQueriesContext(connection) as few:
        page_of(client)
    module = enrolment.cohort.course.syllabus.get().item
    for _number in range(20):
        lesson = factories.ItemFactory(kind=Item.Kind.LESSON, parent=module)
        LessonProgress.objects.create(
            learner=learner, learner_key=learner.key, item=lesson, seen_at=timezone.now() - timedelta(days=1)
        )
    for _number in range(5):
        finished(learner)
    page_of(client)
    with CaptureQueriesContext(connection) as many:
        page_of(client)
    assert len(many) <= len(few)
    assert len(many) <= 12


def test_an_application_and_a_certificate_are_told(client, learner):
    enrolment = enrolled(learner)
    page = page_of(client)
    assert "My applications" not in page
    assert "No. 17" not in page
    Application.objects.create(cohort=factories.CohortFactory(), participant=learner.participant, state="waiting")
    certified(enrolment, "No. 17")
    page = page_of(client)
    assert "My applications" in page
    assert "No. 17" in page


def test_who_has_no_record_of_a_person_sees_the_way_in_too(client):
    client.force_login(factories.UserFactory())
    assert "You are not enrolled in a course yet" in page_of(client)


def test_somebody_with_a_role_finds_their_work_and_keeps_their_menu(client, cast):
    client.force_login(cast.trainer)
    page = page_of(client)
    assert "My work" in page
    assert page.count(reverse("cohorts")) == 2  # in the menu and on the page


def test_who_may_do_everything_finds_their_work_though_they_learn_too(client, learner):
    learner.is_superuser = True
    learner.save()
    assert "My work" in page_of(client)


def test_a_message_is_shown_once_and_to_nobody_else(client, learner, cast):
    enrolment = enrolled(learner)
    page_of(client)
    address = reverse("enrolment_withdraw", args=[enrolment.pk])
    page = client.post(address, {"reason": "No time"}, follow=True).content.decode()
    assert 'class="messages"' in page
    assert 'class="messages"' not in page_of(client)


def test_the_frame_kept_for_all_names_its_reader(client, learner, cast):
    for user in (learner, factories.UserFactory(name="Somebody Else")):
        client.force_login(user)
        page = page_of(client)
        assert str(user) in page
        assert f'data-account="{user.key}"' in page
        assert ("Somebody Else" in page) == (str(user) == "Somebody Else")
