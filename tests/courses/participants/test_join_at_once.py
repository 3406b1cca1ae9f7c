"""Two accounts become one while others act: nothing vanishes, and nobody waits for ever."""

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
from courses.privacy.people import person_of
from courses.privacy.taking import collect
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


def test_a_lesson_done_in_that_very_moment_stays_with_the_closed_account_and_is_still_the_persons(chief, people):
    lesson = ItemFactory(kind="lesson", titles={"en": "Written in that very moment"})
    said = meanwhile(lambda: mark_done(actor=people[0].user, item=lesson), lambda: merge(chief, *people))
    assert said == ["done"]
    held = collect(person_of(User.objects.get(pk=people[1].user_id)))
    assert "Written in that very moment" in str([records for _name, _title, records in held])
    services.undo_merge(actor=chief, merge=Merge.objects.get())
    assert LessonProgress.objects.get().learner == people[0].user


def test_two_merges_of_the_same_records_crosswise_do_one(chief, people):
    said = meanwhile(lambda: merge(chief, people[0], people[1]), lambda: merge(chief, people[1], people[0]))
    assert said == ["One of these records is already merged into another."]
    assert Merge.objects.get().into == people[1]
