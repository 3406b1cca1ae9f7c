"""What attendance counts for."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue.models import SyllabusEntry
from courses.catalogue.services import completion_of, put_rule, transfer
from courses.participants.models import Participant
from courses.workshops import services
from courses.workshops.facts import AttendanceFact, attendance_of, best_of_each, live_session_facts
from courses.workshops.models import Workshop
from courses.workshops.services import Mark
from tests import factories


@pytest.fixture
def entry(course):
    return factories.SyllabusEntryFactory(course=course, kind=SyllabusEntry.Kind.LIVE_SESSION, item=None)


@pytest.fixture
def enrolment(course, cast):
    cohort = factories.CohortFactory(course=course)
    return factories.EnrolmentFactory(cohort=cohort, participant=Participant.objects.get(user=cast.learner))


def fact(course, enrolment, entry):
    return live_session_facts(course, [enrolment])[enrolment.pk].get(str(entry.pk))


def test_minutes_of_all_sessions_add_up(workshop, session, add_session, cast, register):
    second = add_session(workshop, "Drafting", begins=time(11), finishes=time(12, 30))
    person = register(workshop, cast.learner).participant
    services.record_attendance(actor=cast.trainer, session=session, marks={person.pk: "present"})
    services.record_attendance(actor=cast.trainer, session=second, marks={person.pk: Mark("partly", 45)})
    found = attendance_of(workshop, [person])[person.pk]
    assert (found.minutes, found.offered, found.value, found.percent) == (135, 180, 75, 75)


def test_who_is_not_recorded_attended_nothing(workshop, session, cast):
    person = Participant.objects.get(user=cast.outsider)
    assert attendance_of(workshop, [person.pk])[person.pk].percent == 0


def test_a_workshop_without_sessions_offers_nothing(workshop, cast):
    person = Participant.objects.get(user=cast.outsider)
    assert attendance_of(workshop, [person])[person.pk].value == 0


def test_reading_attendance_is_two_queries_for_any_number_of_people(
    workshop, session, cast, register, django_assert_num_queries
):
    people = [register(workshop, user).participant for user in (cast.learner, cast.outsider, cast.focal_point)]
    with django_assert_num_queries(2):
        attendance_of(workshop, people)


def test_the_best_workshop_of_the_course_counts(
    workshop, session, add_session, cast, course, entry, enrolment, register
):
    other = factories.WorkshopFactory(programme=workshop.programme, course=course, starts_on=workshop.starts_on)
    other_session = add_session(other)
    for made in (workshop, other):
        register(made, cast.learner)
    person = enrolment.participant_id
    services.record_attendance(actor=None, session=session, marks={person: Mark("partly", 45)})
    services.record_attendance(actor=None, session=other_session, marks={person: "present"})
    assert fact(course, enrolment, entry).value == 100


def test_two_live_sessions_ask_for_two_workshops(workshop, session, cast, course, entry, enrolment, register):
    second = factories.SyllabusEntryFactory(course=course, kind=SyllabusEntry.Kind.LIVE_SESSION, item=None, order=9)
    register(workshop, cast.learner)
    services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "present"})
    assert fact(course, enrolment, entry).value == 100
    assert fact(course, enrolment, second) is None


def test_an_optional_session_takes_nothing_from_the_required_one(
    workshop, session, cast, course, entry, enrolment, register
):
    SyllabusEntry.objects.filter(pk=entry.pk).update(required=False)
    needed = factories.SyllabusEntryFactory(course=course, kind=SyllabusEntry.Kind.LIVE_SESSION, item=None, order=9)
    register(workshop, cast.learner)
    services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "present"})
    assert fact(course, enrolment, needed).value == 100
    assert fact(course, enrolment, entry) is None
    assert completion_of(course, [enrolment])[enrolment.pk].complete


@pytest.mark.parametrize("percent", range(1, 101))
def test_a_share_that_is_a_whole_number_is_exactly_that(percent):
    assert best_of_each([AttendanceFact(percent * 3, 300)])[0].value == percent


def test_attendance_counts_in_every_cohort_of_the_course_and_in_no_other_course(
    workshop, session, cast, course, entry, enrolment, register
):
    register(workshop, cast.learner)
    services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "present"})
    Workshop.objects.filter(pk=workshop.pk).update(cohort=factories.CohortFactory(course=course))
    assert fact(course, enrolment, entry).value == 100
    Workshop.objects.filter(pk=workshop.pk).update(cohort=enrolment.cohort)
    assert fact(course, enrolment, entry).value == 100
    Workshop.objects.filter(pk=workshop.pk).update(cohort=None, course=None)
    assert fact(course, enrolment, entry) is None


def test_registered_for_a_workshop_of_another_cohort_says_nothing(
    workshop, session, cast, course, entry, enrolment, register
):
    register(workshop, cast.learner)
    Workshop.objects.filter(pk=workshop.pk).update(cohort=factories.CohortFactory(course=course))
    assert fact(course, enrolment, entry) is None


def test_whoever_moves_to_another_cohort_keeps_their_attendance(
    workshop, session, cast, course, entry, enrolment, register
):
    Workshop.objects.filter(pk=workshop.pk).update(cohort=enrolment.cohort)
    lessons = {"kind": "lessons", "ref": "999999", "at_least": 100}
    live = {"kind": "live-session", "ref": str(entry.pk), "at_least": 80}
    put_rule(actor=cast.organiser, course=course, spec={"all": [live, lessons]})
    register(workshop, cast.learner)
    services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "present"})
    before = completion_of(course, [enrolment])[enrolment.pk].percent
    new = transfer(actor=cast.organiser, enrolment=enrolment, cohort=factories.CohortFactory(course=course))
    assert before == completion_of(course, [new])[new.pk].percent == 50


def test_a_short_webinar_takes_nothing_from_two_long_days(
    workshop, add_session, cast, course, entry, enrolment, register
):
    Workshop.objects.filter(pk=workshop.pk).update(starts_on=workshop.today - timedelta(days=3), ends_on=workshop.today)
    workshop.refresh_from_db()
    live = {"kind": "live-session", "ref": str(entry.pk)}
    rule = [live | {"at_least": 2, "measure": "days"}, live | {"at_least": 100, "measure": "count"}]
    lessons = {"kind": "lessons", "ref": "999999", "at_least": 100}
    put_rule(actor=cast.organiser, course=course, spec={"hours": "attended", "all": [*rule, lessons]})
    sessions = [add_session(workshop, f"Day {day}", days=day) for day in range(3)]
    register(workshop, cast.learner)
    for session in sessions[:2]:
        services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "present"})
    before = completion_of(course, [enrolment])[enrolment.pk]
    assert (before.percent, before.hours) == (66, 3)
    webinar = factories.WorkshopFactory(programme=workshop.programme, course=course, starts_on=workshop.starts_on)
    short = add_session(webinar, "Webinar", finishes=time(9, 30))
    services.register(actor=None, participant=enrolment.participant, workshop=webinar, source="walk_in")
    services.record_attendance(actor=None, session=short, marks={enrolment.participant_id: "present"})
    after = completion_of(course, [enrolment])[enrolment.pk]
    assert (after.percent, after.hours) == (66, 3)


def test_after_the_last_day_the_cohorts_own_workshop_counts_whenever_recorded_and_no_other(
    workshop, session, cast, course, entry, enrolment, register
):
    enrolment.cohort.ends_on = session.day - timedelta(days=1)
    enrolment.cohort.save()
    register(workshop, cast.learner)
    services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "present"})
    assert fact(course, enrolment, entry) is None
    after = factories.EnrolmentFactory(participant=enrolment.participant, cohort=factories.CohortFactory(course=course))
    assert fact(course, after, entry).value == 100
    Workshop.objects.filter(pk=workshop.pk).update(cohort=enrolment.cohort)
    assert fact(course, enrolment, entry).value == 100
    enrolment.cohort.ends_on = session.day
    enrolment.cohort.save()
    Workshop.objects.filter(pk=workshop.pk).update(cohort=None)
    assert fact(course, enrolment, entry).value == 100


def attended(draw_from):
    """A workshop of one person: some minutes of those offered, some days of those there were."""
    offered, part, days, days_part = draw_from
    return AttendanceFact(offered * part // 100, offered, days * days_part // 100, days)


ATTENDED = st.tuples(st.integers(0, 3000), st.integers(0, 100), st.integers(0, 5), st.integers(0, 100)).map(attended)


@given(st.lists(ATTENDED, max_size=6), ATTENDED)
def test_another_workshop_never_lowers_any_measure_of_any_entry(workshops, more):
    before, after = best_of_each(workshops), best_of_each([*workshops, more])
    for old, new in zip(before, after, strict=False):
        assert new.value >= old.value
        assert new.done >= old.done
        assert new.minutes >= old.minutes
        assert new.days >= old.days
    assert best_of_each(reversed(workshops)) == before


def test_registered_and_not_registered_are_told_apart(workshop, session, cast, course, entry, enrolment, register):
    assert fact(course, enrolment, entry) is None
    register(workshop, cast.learner)
    found = fact(course, enrolment, entry)
    assert (found.value, found.done, found.total) == (0, 0, 90)


@pytest.mark.parametrize(
    ("mark", "met", "words"),
    [
        (None, False, "Not registered"),
        ("registered", False, "no attendance is recorded"),
        ("absent", False, "Attended 0 %"),
        (Mark("partly", 45), False, "Attended 50 %"),
        ("present", True, "Attended 100 %"),
    ],
)
def test_the_requirement_is_explained(workshop, session, cast, course, entry, enrolment, register, mark, met, words):
    put_rule(actor=cast.organiser, course=course, spec={"kind": "live-session", "ref": str(entry.pk), "at_least": 80})
    if mark is not None:
        register(workshop, cast.learner)
    if mark not in (None, "registered"):
        services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: mark})
    requirement = completion_of(course, [enrolment])[enrolment.pk].requirements[0]
    assert requirement.met is met
    assert words in requirement.why
    assert requirement.url == ("" if met else f"/en/workshops/?course={course.key}")


@pytest.mark.parametrize(("measure", "words"), [("days", "Attended 0 of 1 day"), ("count", "Attended 0 of 90 minutes")])
def test_nobody_reads_of_no_day_before_somebody_noted_it(
    workshop, session, cast, course, entry, enrolment, register, measure, words
):
    """Registered, and nothing noted: that is not absence. Absence is said as 0."""
    live = {"kind": "live-session", "ref": str(entry.pk), "at_least": 1, "measure": measure}
    put_rule(actor=cast.organiser, course=course, spec=live)
    register(workshop, cast.learner)

    def why():
        return completion_of(course, [enrolment])[enrolment.pk].requirements[0].why

    assert why() == "Registered; no attendance is recorded yet."
    services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "absent"})
    assert words in why()


def test_facts_cost_the_same_for_one_and_for_many(
    workshop, session, cast, course, entry, enrolment, register, django_assert_num_queries
):
    register(workshop, cast.learner)
    course.syllabus.all()
    with django_assert_num_queries(5):
        live_session_facts(course, [enrolment])
    Workshop.objects.filter(pk=workshop.pk).update(capacity=None)
    many = [enrolment]
    for _ in range(6):
        another = factories.EnrolmentFactory(cohort=enrolment.cohort)
        register(workshop, another.participant)
        many.append(another)
    with django_assert_num_queries(5):
        live_session_facts(course, many)


def test_attendance_that_meets_the_last_requirement_completes_at_once(
    workshop, session, cast, course, entry, enrolment, register, django_capture_on_commit_callbacks
):
    put_rule(actor=cast.organiser, course=course, spec={"kind": "live-session", "ref": str(entry.pk), "at_least": 80})
    register(workshop, cast.learner)
    with django_capture_on_commit_callbacks(execute=True):
        services.record_attendance(actor=None, session=session, marks={enrolment.participant_id: "present"})
    enrolment.refresh_from_db()
    assert enrolment.completed_at is not None
