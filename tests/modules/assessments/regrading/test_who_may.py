"""Who regrades whose attempts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jobs.models import Job
from modules.assessments import services
from modules.assessments.models import AttemptQuestion
from modules.assessments.services import regrading
from tests import factories

from ..test_figures import took
from .correcting import answer_all, correct

pytestmark = pytest.mark.django_db


def test_nobody_regrades_their_own_attempts(begin, question, cast, regrade):
    own = answer_all(begin(user=cast.organiser), "b", question)
    correct(question)
    regrade()
    own.refresh_from_db()
    assert own.passed is False


@pytest.mark.parametrize("who", ["learner", "trainer", "focal_point"])
def test_only_organisers_regrade(client, gained_and_lost, cast, question, who):
    with pytest.raises(services.CannotRegrade):
        services.preview_regrade(
            actor=getattr(cast, who), version=question.versions.last(), key=question.versions.first()
        )
    client.force_login(getattr(cast, who))
    assert client.get(reverse("questions:regrade", args=[question.pk])).status_code in (302, 403, 404)


def test_an_organiser_of_another_programme_changes_nothing(gained_and_lost, cast, question, regrade):
    other = cast.other_organiser
    asked = {"actor": other, "version": question.versions.last(), "key": question.versions.first()}
    assert services.preview_regrade(**asked, keep_passed=False).attempts == 0
    job = regrade(actor=other, keep_passed=False)
    assert job.total == 0
    for attempt, percent in zip(gained_and_lost, (66.67, 100), strict=True):
        attempt.refresh_from_db()
        assert float(attempt.percent) == percent
    assert not AttemptQuestion.objects.filter(regraded_by__isnull=False).exists()


def test_of_one_learner_only_the_attempts_of_ones_own_courses_are_regraded(question, quiz, cast, regrade, learner):
    alone = took(quiz, "baa", learner=learner)
    course = factories.CourseFactory(programme=cast.other_organiser.role_assignments.get().programme)
    factories.SyllabusEntryFactory(course=course, item=quiz.item.parent)
    enrolment = factories.EnrolmentFactory(
        participant=learner.participant, cohort=factories.CohortFactory(course=course)
    )
    theirs = took(quiz, "baa", number=2, learner=learner, context=enrolment.context)
    correct(question)
    AttemptQuestion.objects.filter(version__question=question).update(version=question.versions.last())
    regrade()
    alone.refresh_from_db(), theirs.refresh_from_db()
    assert (float(alone.percent), round(float(theirs.percent), 2)) == (100, 66.67)


def test_who_is_no_organiser_any_more_when_the_worker_comes_changes_nothing(gained_and_lost, cast, question):
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    job = services.start_regrade(**asked, reason="The law changed.")
    cast.organiser.role_assignments.all().delete()
    with pytest.raises(services.CannotRegrade):
        regrading.regrade(Job.objects.get(pk=job.pk))
    assert not AttemptQuestion.objects.filter(regraded_by__isnull=False).exists()
