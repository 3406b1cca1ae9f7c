"""Who may see which course screen: every address x every role."""

from __future__ import annotations

import pytest

from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE = ["learner", "trainer", "other_trainer", "organiser", "other_organiser", "focal_point", "outsider", "anonymous"]


@pytest.fixture
def cohort(cast, programme):
    from courses.catalogue.models import CohortTrainer

    cohort = factories.CohortFactory(course=factories.CourseFactory(programme=programme))
    CohortTrainer.objects.create(cohort=cohort, user=cast.trainer)
    factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
    return cohort


def sign_in(client, cast, who):
    if who != "anonymous":
        client.force_login(getattr(cast, who))


@pytest.mark.parametrize("who", PEOPLE)
def test_progress_of_a_cohort_is_for_its_trainer_and_its_organiser(client, cast, cohort, who):
    sign_in(client, cast, who)
    status = client.get(f"/en/cohorts/{cohort.pk}/").status_code
    assert status == {"trainer": 200, "organiser": 200, "anonymous": 302}.get(who, 404)


@pytest.mark.parametrize("who", PEOPLE)
def test_the_list_of_cohorts_is_for_trainers_and_organisers(client, cast, cohort, who):
    sign_in(client, cast, who)
    response = client.get("/en/cohorts/")
    working = {"trainer", "other_trainer", "organiser", "other_organiser"}
    assert response.status_code == (200 if who in working else 302 if who == "anonymous" else 404)
    if who in working:
        assert (f"/en/cohorts/{cohort.pk}/" in response.content.decode()) == (who in {"trainer", "organiser"})


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_is_for_oneself_and_the_organiser(client, cast, cohort, who, method):
    enrolment = cohort.enrolments.get()
    sign_in(client, cast, who)
    response = getattr(client, method)(f"/en/enrolments/{enrolment.pk}/withdraw/")
    enrolment.refresh_from_db()
    if who in {"learner", "organiser"}:
        assert response.status_code == (200 if method == "get" else 302)
        assert enrolment.state == ("active" if method == "get" else "withdrawn")
    else:
        assert response.status_code == (302 if who == "anonymous" else 404)
        assert enrolment.state == "active"


def test_a_trainer_sees_only_people_of_own_cohorts(cast, cohort):
    from courses.participants.models import Participant

    stranger = factories.EnrolmentFactory().participant
    seen = Participant.objects.visible_to(cast.trainer)
    assert cast.learner.participant in seen
    assert stranger not in seen
    assert list(Participant.objects.visible_to(cast.learner)) == [cast.learner.participant]


@pytest.mark.parametrize("who", PEOPLE)
def test_answers_of_a_cohort_are_marked_by_its_trainer_and_its_organiser_only(client, cast, cohort, who):
    """What a file handed in shows to whom: the learner's own, those who mark it, and nobody else."""
    from django.core.files.base import ContentFile

    from modules.assessments.models import AnswerFile, Attempt, AttemptQuestion

    attempt = Attempt.objects.create(
        quiz=factories.QuizFactory(),
        learner=cast.learner,
        learner_key=cast.learner.key,
        number=1,
        seed=1,
        state="submitted",
        context=cohort.enrolments.get().context,
    )
    version = factories.make_question().versions.get()
    question = AttemptQuestion.objects.create(attempt=attempt, version=version, order=0)
    kept = AnswerFile.objects.create(question=question, name="a.txt", size=1, file=ContentFile(b"x", name="a.txt"))
    sign_in(client, cast, who)
    status = client.get(f"/en/answers/{kept.key}/").status_code
    assert status == {"learner": 200, "trainer": 200, "organiser": 200, "anonymous": 302}.get(who, 404)
    if who != "anonymous":
        may = Attempt.objects.to_mark_by(getattr(cast, who)).exists()
        assert may == (who in {"trainer", "organiser"})
