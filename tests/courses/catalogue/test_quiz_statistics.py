"""Trainers see how the quizzes of their own cohorts went, and nothing of others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.catalogue.models import CohortTrainer
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.models import Attempt
from tests import factories
from tests.modules.assessments.test_figures import took

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(db):
    module = factories.ItemFactory(kind="module", titles={"en": "A module"})
    cohort = factories.CohortFactory()
    factories.SyllabusEntryFactory(course=cohort.course, item=module)
    cohort.quiz = factories.QuizFactory(item__parent=module, item__titles={"en": "A quiz"})
    cohort.question = cohort.quiz.slots.first().question
    return cohort


@pytest.fixture
def trainer(client, cohort):
    user = factories.UserFactory(email="trainer@example.org")
    grant_role(actor=None, user=user, role=Role.TRAINER)
    CohortTrainer.objects.create(cohort=cohort, user=user)
    client.force_login(user)
    return user


def enrolled(cohort, number, answers="aab"):
    for _ in range(number):
        took(cohort.quiz, answers, context=factories.EnrolmentFactory(cohort=cohort).context)


def of_quiz(client, cohort, **asked):
    return client.get(reverse("cohort_quiz", args=[cohort.pk, cohort.quiz.pk]), asked)


def of_question(client, cohort, question=None):
    return client.get(reverse("cohort_question", args=[cohort.pk, cohort.quiz.pk, (question or cohort.question).pk]))


def test_only_attempts_done_for_the_cohort_count(client, cohort, trainer):
    other = factories.CohortFactory(course=cohort.course)
    other.quiz = cohort.quiz
    enrolled(cohort, 6, "aaa")
    enrolled(other, 9, "bbb")
    for _ in range(5):
        took(cohort.quiz, "bbb")  # on their own
    assert of_quiz(client, cohort).context["facts"][0].value == "6"
    assert of_quiz(client, cohort).context["facts"][3].value == "100.0\u00a0%"
    assert "100\u00a0%" in of_question(client, cohort).content.decode()
    body = client.get(reverse("cohort_quizzes", args=[cohort.pk])).content.decode()
    assert "100.0\u00a0%" in body


def test_another_cohort_of_the_same_course_does_not_exist_for_a_trainer(client, cohort, trainer):
    other = factories.CohortFactory(course=cohort.course)
    other.quiz, other.question = cohort.quiz, cohort.question
    enrolled(other, 6)
    assert client.get(reverse("cohort_quizzes", args=[other.pk])).status_code == 404
    assert of_quiz(client, other).status_code == 404
    assert of_question(client, other).status_code == 404


def test_a_quiz_of_another_course_does_not_exist_in_a_cohort(client, cohort, trainer):
    cohort.quiz = factories.QuizFactory(item__parent=factories.ItemFactory(kind="module"))
    assert of_quiz(client, cohort).status_code == 404


def test_a_question_that_the_cohort_was_not_asked_does_not_exist(client, cohort, trainer):
    enrolled(cohort, 6)
    assert of_question(client, cohort, factories.make_question()).status_code == 404
    other = factories.CohortFactory(course=cohort.course)
    question = factories.make_question()
    attempt = took(cohort.quiz, "aab", context=factories.EnrolmentFactory(cohort=other).context)
    attempt.questions.create(version=question.versions.get(), order=9, points=1)
    assert of_question(client, cohort, question).status_code == 404


def test_of_a_few_people_nothing_is_told(client, cohort, trainer):
    enrolled(cohort, 4)
    for response in (of_quiz(client, cohort), of_question(client, cohort)):
        body = response.content.decode()
        assert "Too few to tell" in body
        assert "66" not in body.split("<main")[1]
        assert "Choice" not in body


@pytest.mark.parametrize(("both", "only_after", "told"), [(5, 0, True), (4, 0, False), (6, 5, True), (6, 2, False)])
def test_what_a_cohort_gained_is_told_where_nobody_can_be_told_by_it(client, cohort, trainer, both, only_after, told):
    cohort.quiz.pretest = factories.QuizFactory(item__parent=cohort.quiz.item.parent)
    cohort.quiz.save()
    for place in range(both + only_after):
        learner, context = factories.UserFactory(), factories.EnrolmentFactory(cohort=cohort).context
        if place < both:
            before = took(cohort.quiz.pretest, "abb", learner=learner, context=context)
            Attempt.objects.filter(pk=before.pk).update(started_at=timezone.now() - timedelta(days=1))
        took(cohort.quiz, "aab", learner=learner, context=context)
    facts = {fact.label: fact.value for fact in of_quiz(client, cohort).context["facts"]}
    expected = {"Mean before and after": "33.3\u00a0% – 66.7\u00a0%", "Normalised gain": "0.50"}
    assert {label: facts.get(label) for label in expected} == (expected if told else dict.fromkeys(expected))


@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize("own", [None, "active", "completed", "withdrawn", "in another course"])
def test_the_table_of_who_reads_the_right_answers(client, cohort, trainer, own, writes):
    """Who is in a course with the quiz does not, nor who left it and could come back; who writes quizzes knows them."""
    enrolled(cohort, 6)
    if writes:
        grant_role(actor=None, user=trainer, role=Role.EDITOR)
    if own:
        theirs = factories.CohortFactory(**({} if own == "in another course" else {"course": cohort.course}))
        factories.EnrolmentFactory(
            cohort=theirs,
            participant=factories.ParticipantFactory(user=trainer),
            state="withdrawn" if own == "withdrawn" else "active",
            withdrawn_at=timezone.now() if own == "withdrawn" else None,
            completed_at=timezone.now() if own == "completed" else None,
        )
    sees = writes or own in (None, "in another course")
    assert of_question(client, cohort).status_code == (200 if sees else 404)
    body = of_quiz(client, cohort).content.decode()
    assert (reverse("cohort_question", args=[cohort.pk, cohort.quiz.pk, cohort.question.pk]) in body) == sees


def test_no_name_stands_on_any_page_or_table(client, cohort, trainer):
    enrolment = factories.EnrolmentFactory(cohort=cohort, participant__name="Wanjiru Kamau")
    took(cohort.quiz, "aab", context=enrolment.context, learner=factories.UserFactory(name="Wanjiru Kamau"))
    enrolled(cohort, 6)
    pages = [of_quiz(client, cohort).content, of_question(client, cohort).content]
    pages.append(b"".join(of_quiz(client, cohort, export="csv").streaming_content))
    assert not any(b"Wanjiru" in page for page in pages)


@pytest.mark.parametrize("number", [6, 20])
def test_queries_do_not_grow_with_attempts(client, cohort, trainer, number, django_assert_max_num_queries):
    enrolled(cohort, number)
    for _ in range(number - 6):
        cohort.quiz.slots.create(question=factories.make_question())
    of_quiz(client, cohort)
    with django_assert_max_num_queries(20):
        of_quiz(client, cohort)
    with django_assert_max_num_queries(20):
        client.get(reverse("cohort_quizzes", args=[cohort.pk]))


def test_the_page_of_a_cohort_leads_to_its_statistics(client, cohort, trainer):
    body = client.get(reverse("cohort_progress", args=[cohort.pk])).content.decode()
    assert reverse("cohort_quizzes", args=[cohort.pk]) in body
