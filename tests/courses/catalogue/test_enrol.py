"""Enrolling and leaving: one enrolment per cohort, within its window and its places, as the person was then."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue import services
from courses.catalogue.models import Enrolment
from courses.participants.models import Participant
from courses.participants.services import RecordGone
from jobs.models import OutboxMail
from modules.records.models import Event
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db


def enrol(person, cohort, **kwargs):
    return services.enrol(actor=person, participant=person.participant, cohort=cohort, **kwargs)


def test_enrolling_keeps_whom_the_person_represented_then(cast):
    participant = cast.learner.participant
    participant.organisation, participant.country_id = "Ministry of Environment", "KE"
    participant.save()
    enrolment = enrol(cast.learner, factories.CohortFactory())
    participant.organisation, participant.country_id = "University", "UG"
    participant.save()
    enrolment.refresh_from_db()
    assert (enrolment.organisation, enrolment.country_id) == ("Ministry of Environment", "KE")


def test_enrolling_leaves_an_audit_entry_a_learning_event_and_one_mail(cast):
    enrolment = enrol(cast.learner, factories.CohortFactory())
    assert AuditEntry.objects.filter(action="catalogue.enrol", object_id=str(enrolment.pk)).count() == 1
    assert Event.objects.get(verb="registered").context == enrolment.context
    assert OutboxMail.objects.get(to="learner@example.org").subject.strip()


def test_nobody_is_enrolled_twice_in_a_cohort(cast):
    cohort = factories.CohortFactory()
    enrol(cast.learner, cohort)
    with pytest.raises(services.AlreadyEnrolled):
        enrol(cast.learner, cohort)
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("since", ["erased", "merged"])
@pytest.mark.parametrize("way", [services.enrol, services.apply, services.enrol_for])
def test_nobody_comes_in_on_a_record_that_was_erased_or_merged_since_it_was_read(cast, programme, way, since):
    cohort = factories.CohortFactory(
        course=factories.CourseFactory(programme=programme),
        entry="application" if way is services.apply else "self",
    )
    person = factories.ParticipantFactory()
    gone = {"erased_at": timezone.now()} if since == "erased" else {"merged_into": factories.ParticipantFactory()}
    Participant.objects.filter(pk=person.pk).update(**gone)
    with pytest.raises(RecordGone):
        way(actor=cast.organiser if way is services.enrol_for else None, participant=person, cohort=cohort)
    assert not Enrolment.objects.exists()
    assert not cohort.applications.exists()


@pytest.mark.parametrize("since", ["erased", "merged"])
def test_a_list_enrols_the_others_where_somebody_was_erased_or_merged_since_it_was_read(cast, programme, since):
    cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme), capacity=1)
    gone, stays = factories.ParticipantFactory(), factories.ParticipantFactory()
    fields = {"erased_at": timezone.now()} if since == "erased" else {"merged_into": factories.ParticipantFactory()}
    Participant.objects.filter(pk=gone.pk).update(**fields)
    come = services.enrol_many(actor=cast.organiser, participants=[gone, stays], cohort=cohort, source="import")
    assert come == {stays.pk}
    assert cohort.enrolments.get().participant == stays


def test_a_full_cohort_takes_nobody_not_even_from_an_organiser(cast):
    cohort = factories.CohortFactory(capacity=1)
    enrol(cast.learner, cohort)
    with pytest.raises(services.CohortFull):
        enrol(cast.outsider, cohort)
    with pytest.raises(services.CohortFull):
        enrol(cast.outsider, cohort, source=Enrolment.Source.ORGANISER)


def test_a_place_that_was_given_back_is_free(cast):
    cohort = factories.CohortFactory(capacity=1)
    services.withdraw(actor=cast.learner, enrolment=enrol(cast.learner, cohort))
    assert enrol(cast.outsider, cohort).state == "active"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"enrolment_opens_on": coming(2)}, "opens on"),
        ({"enrolment_closes_on": past(2)}, "closed on"),
        ({"archived_at": "2026-01-01T00:00:00Z"}, "no longer offered"),
    ],
)
def test_outside_its_window_a_cohort_says_why_it_takes_nobody(cast, fields, words):
    with pytest.raises(services.EnrolmentClosed, match=words):
        enrol(cast.learner, factories.CohortFactory(**fields))


def test_an_organiser_may_enrol_somebody_after_the_window(cast):
    cohort = factories.CohortFactory(enrolment_closes_on=past(2))
    enrolment = services.enrol(
        actor=cast.organiser, participant=cast.learner.participant, cohort=cohort, source=Enrolment.Source.ORGANISER
    )
    assert enrolment.state == "active"


def test_withdrawing_keeps_the_row_and_can_be_undone(cast):
    cohort = factories.CohortFactory()
    enrolment = enrol(cast.learner, cohort)
    services.withdraw(actor=cast.learner, enrolment=enrolment)
    with pytest.raises(services.NotEnrolled):
        services.withdraw(actor=cast.learner, enrolment=enrolment)
    again = enrol(cast.learner, cohort)
    assert again.pk == enrolment.pk
    assert again.state == "active"


def test_the_end_of_enrolment_is_that_of_the_cohorts_own_time_zone():
    import time_machine

    cohort = factories.CohortFactory(enrolment_closes_on="2027-03-01", time_zone="Pacific/Auckland")
    cohort.refresh_from_db()
    with time_machine.travel("2027-03-01T12:30:00Z", tick=False):  # already 2 March in Auckland
        assert not cohort.is_open
    with time_machine.travel("2027-03-01T10:30:00Z", tick=False):
        assert cohort.is_open
