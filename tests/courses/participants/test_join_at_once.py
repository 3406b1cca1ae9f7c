"""Two accounts become one while the person is still learning, and while a place is being given."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from courses.catalogue.models import Cohort, Enrolment
from courses.catalogue.services import enrol
from courses.participants import services
from modules.lessons.models import LessonProgress
from modules.lessons.services import mark_done
from tests.courses.privacy.test_at_once import WAIT, blocking
from tests.factories import CohortFactory, ItemFactory

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]


def merged_meanwhile(people, write, then=None):
    """Write in a transaction, merge from another connection, and commit once that one waits for the first.

    ``then`` is what the first does while the other waits for it.
    """
    ends: list[object] = []

    def merge():
        try:
            ends.append(services.merge_participants(actor=None, source=people[0], into=people[1]))
        except Exception as error:
            ends.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=merge)
    with transaction.atomic():
        write()
        other.start()
        end = time.monotonic() + WAIT
        while not blocking() and other.is_alive() and time.monotonic() < end:
            time.sleep(0.05)
        assert other.is_alive(), ends
        if then is not None:
            then()
    other.join(WAIT)
    assert ends == [people[1]]


def test_a_lesson_that_is_being_marked_done_is_done_afterwards(people):
    lesson = ItemFactory(kind="lesson", parent=ItemFactory(kind="module"))
    for person in people:
        LessonProgress.objects.create(
            learner=person.user, learner_key=person.user.key, item=lesson, seen_at=timezone.now()
        )
    merged_meanwhile(people, lambda: mark_done(actor=people[1].user, item=lesson))
    assert LessonProgress.objects.get().done_at is not None


def test_a_place_that_is_being_given_in_a_cohort_of_both_is_given(people):
    cohort = CohortFactory()
    for person in people:
        Enrolment.objects.create(cohort=cohort, participant=person, state="withdrawn", withdrawn_at=timezone.now())
    merged_meanwhile(
        people,
        lambda: Cohort.objects.select_for_update().get(pk=cohort.pk),
        then=lambda: enrol(actor=None, participant=people[1], cohort=cohort, source="import"),
    )
    assert people[1].enrolments.get(cohort=cohort).state == "active"
