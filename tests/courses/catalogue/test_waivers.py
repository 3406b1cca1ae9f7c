"""Waived, recognised, judged by a trainer: as facts that meet a requirement, explained, and never for oneself."""

from __future__ import annotations

import pytest

from core.models import AuditEntry
from courses.catalogue import services
from courses.catalogue.models import CohortTrainer, PracticalTask, RequirementWaiver, TaskResult
from courses.catalogue.services import Judgement, Standings, completion_of, grant_waiver, put_rule, record_results
from courses.participants.services import merge_participants
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(programme):
    course = factories.CourseFactory(programme=programme)
    PracticalTask.objects.create(course=course, kind="skill", titles={"en": "Strip test", "fr": "Bandelette"})
    PracticalTask.objects.create(course=course, kind="assignment", titles={"en": "A plan for the port"})
    put_rule(
        actor=None,
        course=course,
        spec={"all": [{"kind": t.kind, "ref": str(t.pk), "at_least": 100} for t in course.tasks.all()]},
    )
    return course


@pytest.fixture
def cohort(cast, course):
    cohort = factories.CohortFactory(course=course)
    CohortTrainer.objects.create(cohort=cohort, user=cast.trainer)
    return cohort


@pytest.fixture
def enrolment(cast, cohort):
    return factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)


def whys(enrolment):
    found = completion_of(enrolment.cohort.course, [enrolment])[enrolment.pk]
    return {requirement.title: requirement.why for requirement in found.requirements}


def waive(actor, enrolment, title="Strip test", **fields):
    task = enrolment.cohort.course.tasks.get(titles__en=title)
    fields = {"reason": "Works in the laboratory.", **fields}
    return grant_waiver(actor=actor, enrolment=enrolment, kind=task.kind, ref=str(task.pk), **fields)


def judge(actor, enrolment, title, met, note=""):
    task = enrolment.cohort.course.tasks.get(titles__en=title)
    marks = {enrolment.participant_id: Judgement(met, note)}
    return record_results(actor=actor, cohort=enrolment.cohort, task=task, judgements=marks)


def test_what_a_trainer_saw_meets_the_requirement_and_is_explained(cast, enrolment):
    assert whys(enrolment) == {"A plan for the port": "Not accepted yet.", "Strip test": "No trainer has seen it yet."}
    judge(cast.trainer, enrolment, "Strip test", False)
    assert "not yet" in whys(enrolment)["Strip test"]
    judge(cast.trainer, enrolment, "Strip test", True, "Well done")
    judge(cast.trainer, enrolment, "A plan for the port", True)
    assert whys(enrolment)["A plan for the port"] == "Accepted by a trainer."
    enrolment.refresh_from_db()
    assert enrolment.completed_at is not None
    assert TaskResult.objects.count() == 2
    assert AuditEntry.objects.filter(action="catalogue.record_result", actor=cast.trainer).count() == 3


def test_a_slip_of_the_finger_can_be_taken_back(cast, enrolment):
    judge(cast.trainer, enrolment, "Strip test", True)
    judge(cast.trainer, enrolment, "Strip test", None)
    assert whys(enrolment)["Strip test"] == "No trainer has seen it yet."
    assert AuditEntry.objects.filter(action="catalogue.take_back_result").count() == 1


def test_a_skill_shown_in_one_cohort_counts_in_the_next(cast, enrolment, course):
    judge(cast.trainer, enrolment, "Strip test", True)
    later = factories.EnrolmentFactory(
        participant=enrolment.participant, cohort=factories.CohortFactory(course=course, titles={"en": "Later"})
    )
    assert whys(later)["Strip test"] == "A trainer has seen that you can do it."


@pytest.mark.parametrize("who", ["learner", "other_trainer", "other_organiser", "focal_point", "outsider"])
def test_only_the_cohorts_trainers_and_organisers_judge(cast, enrolment, who):
    with pytest.raises(services.MayNotJudge):
        judge(getattr(cast, who), enrolment, "Strip test", True)
    assert not TaskResult.objects.exists()


def test_nobody_judges_or_waives_for_themselves(cast, cohort):
    own = factories.EnrolmentFactory(participant=cast.trainer.participant, cohort=cohort)
    with pytest.raises(services.MayNotJudge):
        judge(cast.trainer, own, "Strip test", True)
    own = factories.EnrolmentFactory(participant=cast.organiser.participant, cohort=cohort)
    with pytest.raises(services.MayNotWaive):
        waive(cast.organiser, own)
    with pytest.raises(services.MayNotJudge):
        judge(cast.organiser, own, "Strip test", True)
    assert not TaskResult.objects.exists()


def test_a_task_of_another_course_is_not_judged_here(cast, enrolment):
    other = PracticalTask.objects.create(course=factories.CourseFactory(), kind="skill", titles={"en": "Other"})
    with pytest.raises(services.MayNotJudge):
        record_results(
            actor=cast.trainer,
            cohort=enrolment.cohort,
            task=other,
            judgements={enrolment.participant_id: Judgement(True)},
        )


@pytest.mark.parametrize("who", ["learner", "trainer", "other_organiser", "focal_point", "outsider"])
def test_only_an_organiser_of_the_programme_waives(cast, enrolment, who):
    with pytest.raises(services.MayNotWaive):
        waive(getattr(cast, who), enrolment)


def test_a_waiver_says_why_by_whom_and_on_what_day(cast, enrolment):
    waiver = waive(cast.organiser, enrolment)
    words = whys(enrolment)["Strip test"]
    assert words.startswith("Waived on ")
    assert str(cast.organiser) in words
    assert "Works in the laboratory." in words
    assert AuditEntry.objects.filter(action="catalogue.grant_waiver", object_id=str(waiver.pk)).count() == 1
    assert waiver.title == "Strip test"


def test_a_recognised_certificate_names_its_issuer_and_its_evidence(cast, enrolment):
    with pytest.raises(services.CannotWaive):
        waive(cast.organiser, enrolment, basis="recognised", issuer="University of Nairobi")
    waive(cast.organiser, enrolment, basis="recognised", issuer="University of Nairobi", evidence="Certificate 17/2025")
    words = whys(enrolment)["Strip test"]
    assert "University of Nairobi" in words
    assert "17/2025" in words


def test_a_waiver_needs_a_reason_a_requirement_of_the_rule_and_is_given_once(cast, enrolment):
    with pytest.raises(services.CannotWaive):
        waive(cast.organiser, enrolment, reason="  ")
    with pytest.raises(services.CannotWaive):
        grant_waiver(actor=cast.organiser, enrolment=enrolment, kind="quiz", ref="77", reason="Because")
    waive(cast.organiser, enrolment)
    with pytest.raises(services.CannotWaive):
        waive(cast.organiser, enrolment)
    assert RequirementWaiver.objects.count() == 1


def test_a_waiver_that_ends_leaves_its_record_and_what_was_earned(cast, enrolment):
    waiver = waive(cast.organiser, enrolment)
    waive(cast.organiser, enrolment, "A plan for the port")
    enrolment.refresh_from_db()
    assert enrolment.completed_at is not None
    services.end_waiver(actor=cast.organiser, waiver=waiver, reason="Given to the wrong person.")
    with pytest.raises(services.CannotWaive):
        services.end_waiver(actor=cast.organiser, waiver=waiver, reason="Again")
    waiver.refresh_from_db()
    assert waiver.end_reason == "Given to the wrong person."
    assert whys(enrolment)["Strip test"] == "No trainer has seen it yet."
    found = completion_of(enrolment.cohort.course, [enrolment])[enrolment.pk]
    assert found.complete
    assert found.outgrown


def test_when_two_records_of_a_person_are_merged_what_either_has_shown_stays(cast, enrolment, cohort):
    twice = factories.EnrolmentFactory(cohort=cohort)
    judge(cast.trainer, enrolment, "Strip test", False)
    judge(cast.trainer, twice, "Strip test", True)
    waive(cast.organiser, twice, "A plan for the port")
    merge_participants(actor=None, source=twice.participant, into=enrolment.participant)
    enrolment.refresh_from_db()
    assert all(r.met for r in completion_of(cohort.course, [enrolment])[enrolment.pk].requirements)


def test_the_same_number_of_queries_for_one_person_and_for_many(cast, cohort, enrolment, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from courses.catalogue.models import Enrolment

    def load():
        return list(Enrolment.objects.filter(cohort=cohort).select_related("participant__user"))

    waive(cast.organiser, enrolment)
    with CaptureQueriesContext(connection) as few:
        Standings(cohort.course).of(load())
    for _ in range(20):
        other = factories.EnrolmentFactory(cohort=cohort)
        waive(cast.organiser, other)
        judge(cast.trainer, other, "A plan for the port", True)
    with django_assert_num_queries(len(few)):
        Standings(cohort.course).of(load())
