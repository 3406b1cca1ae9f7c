"""Being forgotten while others are still writing about the person."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from courses.catalogue.models import Cohort, Enrolment
from courses.catalogue.services import accept, apply
from courses.certificates.models import Batch, Certificate
from courses.certificates.services import issue_certificate
from courses.participants.services import RecordGone
from courses.privacy import erasing
from courses.privacy.models import ErasureRequest
from modules.assessments.models import AttemptQuestion, Response
from modules.assessments.services import save_response
from tests import factories
from tests.courses.privacy.conftest import PDF, PRINTED, Press

WAIT = 20


def due(life) -> None:
    erasing.ask_erasure(actor=life.user, withdraw_certificates=False, confirmed=True)
    ErasureRequest.objects.update(due_at=timezone.now())


@pytest.fixture
def again(life, cast):
    """Issue the certificate of the cohort, as if there were none yet; returns the act."""
    Certificate.objects.filter(pk=life.certificate.pk).delete()
    batch = Batch.objects.create(
        template=life.certificate.template,
        subject_key=life.certificate.subject_key,
        cohort=life.cohort,
        participants=[life.person.pk],
        requested_by=cast.organiser,
    )

    def issue(press) -> Certificate:
        return issue_certificate(actor=cast.organiser, batch=batch, participant=life.person, renderer=press)

    return issue


@pytest.mark.django_db
def test_who_is_forgotten_while_a_certificate_is_drawn_is_not_given_it(life, again):
    class Slow(Press):
        def pdf(self, sheet) -> bytes:
            assert erasing.erase_due() == 1
            return PDF

    due(life)
    with pytest.raises(RecordGone):
        again(Slow())
    assert not Certificate.objects.exists()


def erased_meanwhile(write, then=None) -> None:
    """Write in a transaction, erase from another connection, and commit once that one waits for the first.

    ``then`` is what the first does while the other waits for it.
    """
    counts: list[int] = []

    def erase() -> None:
        try:
            counts.append(erasing.erase_due())
        finally:
            connection.close()

    other = threading.Thread(target=erase)
    with transaction.atomic():
        write()
        other.start()
        end = time.monotonic() + WAIT
        while not blocking() and other.is_alive() and time.monotonic() < end:
            time.sleep(0.05)
        if then is not None:
            then()
    other.join(WAIT)
    assert counts == [1]


def blocking() -> bool:
    """Whether another connection waits for this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return cursor.fetchone() is not None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
class TestFromTwoConnections:
    def test_an_answer_that_is_being_saved_is_emptied_with_the_others(self, life):
        life.attempt.state = "open"
        life.attempt.save()
        version = factories.make_question(type="essay").versions.get()
        asked = AttemptQuestion.objects.create(attempt=life.attempt, version=version, order=1)
        due(life)
        erased_meanwhile(
            lambda: save_response(actor=life.user, question=asked, answer="I, Learner, live here", key=uuid.uuid4())
        )
        assert [said.answer for said in Response.objects.all()] == [{}]

    def test_a_place_that_is_being_given_is_given_and_free_again(self, life, cast):
        course = life.cohort.course
        cohort = factories.CohortFactory(course=course, entry="application")
        application = apply(actor=life.user, participant=life.person, cohort=cohort)
        due(life)
        erased_meanwhile(
            lambda: Cohort.objects.select_for_update().get(pk=cohort.pk),
            then=lambda: accept(actor=cast.organiser, application=application),
        )
        assert Enrolment.objects.get(cohort=cohort).state == "withdrawn"

    def test_a_certificate_that_is_being_entered_is_parted_from_what_was_learned(self, life, again):
        due(life)
        erased_meanwhile(lambda: again(Press()))
        row = Certificate.objects.get()
        assert row.name == PRINTED
        assert "enrolment" not in row.evidence
        assert not Enrolment.objects.filter(participant=row.participant).exists()
