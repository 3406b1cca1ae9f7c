"""Two accounts become one while others act: nothing gets lost between, and nobody waits for each other for ever."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from courses.participants import services
from courses.participants.models import Merge, Participant
from institutions.models import Role
from institutions.services import grant_role
from modules.lessons.models import LessonProgress
from modules.lessons.services import mark_done
from tests.courses.privacy.test_at_once import WAIT, blocking
from tests.factories import ItemFactory

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]


def meanwhile(write, act) -> list[str]:
    """Write in a transaction, act from another connection, and commit once that one waits; return what it said."""
    said: list[str] = []

    def run() -> None:
        try:
            act()
            said.append("done")
        except DomainError as error:
            said.append(str(error))
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        write()
        other.start()
        end = timezone.now() + timedelta(seconds=WAIT)
        while not blocking() and other.is_alive() and timezone.now() < end:
            threading.Event().wait(0.05)
    other.join(WAIT)
    assert not other.is_alive()
    return said


def merge(chief, source, into):
    services.merge_participants(
        actor=chief, source=Participant.objects.get(pk=source.pk), into=Participant.objects.get(pk=into.pk)
    )


def test_a_lesson_that_is_being_done_moves_with_the_others(chief, people):
    lesson = ItemFactory(kind="lesson")
    said = meanwhile(lambda: mark_done(actor=people[0].user, item=lesson), lambda: merge(chief, *people))
    assert said == ["done"]
    assert LessonProgress.objects.get().learner == people[1].user


def test_two_merges_of_the_same_records_crosswise_do_one(chief, people):
    said = meanwhile(lambda: merge(chief, people[0], people[1]), lambda: merge(chief, people[1], people[0]))
    assert said == ["One of these records is already merged into another."]
    assert Merge.objects.get().into == people[1]


def test_a_role_that_is_being_given_stops_it(chief, people):
    user = User.objects.get(pk=people[0].user_id)
    said = meanwhile(lambda: grant_role(actor=None, user=user, role=Role.TRAINER), lambda: merge(chief, *people))
    assert "holds a role" in said[0]
    assert not Merge.objects.exists()
