"""What somebody on a slow line presses twice happens once, and neither press ends in an error."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.models import User
from core import audit
from courses.catalogue.models import RuleDraft
from courses.catalogue.services.rules import save_draft
from courses.participants import activation
from courses.participants.models import Participant
from courses.participants.services import create_participant, give_consent, save_details
from tests import factories
from tests.courses.privacy.test_at_once import WAIT, blocking

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]


def twice(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Do the second on another connection while the first is not committed yet; return what the second came to."""
    came: list[object] = []

    def other() -> None:
        try:
            came.append(second())
        except Exception as error:
            came.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        first()
        thread.start()
        end = time.monotonic() + WAIT
        while not blocking() and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.05)
    thread.join(WAIT)
    return came


def test_the_details_of_a_newcomer_make_one_record():
    user = factories.UserFactory()

    def press() -> Participant:
        return save_details(actor=user, user=User.objects.get(pk=user.pk), data={"name": "Amina Diallo"})

    assert twice(press, press) == [Participant.objects.get(user=user)]


def test_each_of_two_consents_given_at_once_stands():
    user = factories.UserFactory()
    person = factories.ParticipantFactory(user=user)
    came = twice(
        lambda: give_consent(actor=user, participant=person, purpose="news"),
        lambda: give_consent(actor=user, participant=person, purpose="follow-up"),
    )
    assert came == [None]
    assert set(person.consents.standing().values_list("purpose", flat=True)) == {"news", "follow-up"}


def test_a_consent_given_twice_at_once_is_one():
    user = factories.UserFactory()
    person = factories.ParticipantFactory(user=user)

    def press() -> None:
        give_consent(actor=user, participant=person, purpose="news")

    assert twice(press, press) == [None]
    assert person.consents.count() == 1


def test_a_newcomer_who_accepts_twice_has_one_account_and_is_told():
    def press() -> User:
        person = create_participant(actor=None, name="Amina Diallo", email="amina@x.org")
        return activation.activate(participant=person, password="green harbour 12")

    [error] = twice(press, press)
    assert isinstance(error, activation.AddressTaken)
    assert User.objects.filter(email="amina@x.org").count() == 1


def test_a_draft_begun_twice_is_one(cast, programme):
    course = factories.CourseFactory(programme=programme)

    def press() -> int:
        return save_draft(actor=cast.organiser, course=course, state={"a": 1}).pk

    assert twice(press, press) == [RuleDraft.objects.get().pk]


def test_two_pages_of_the_same_people_in_another_order_do_not_lock_each_other_out(cast):
    people = [factories.ParticipantFactory() for _number in range(200)]
    gate = threading.Barrier(2, timeout=WAIT)
    came: list[object] = []

    def look(order: list[Participant]) -> None:
        try:
            for number in range(20):
                gate.wait()
                audit.seen(actor=cast.trainer, action=f"room{number}.view", people=order)
            came.append(None)
        except Exception as error:
            came.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=look, args=[order]) for order in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert came == [None, None]
