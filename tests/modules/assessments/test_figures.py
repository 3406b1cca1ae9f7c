"""The statistics of quizzes and questions, from attempts as they were frozen."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.figures import Which, question_figures, quiz_figures, summaries
from modules.assessments.models import Attempt, AttemptQuestion, QuestionText, QuestionVersion, Response
from tests import factories

pytestmark = pytest.mark.django_db


def took(
    quiz, answers: str, *, number: int = 1, learner=None, language: str = "en", seconds: int = 20, **more
) -> Attempt:
    """An attempt as it is when it is over; ``"ab-"``: a is right, b is wrong, - is nothing."""
    started = timezone.now() - timedelta(hours=1)
    right = sum(answer == "a" for answer in answers)
    attempt = Attempt.objects.create(
        quiz=quiz,
        learner=learner,
        learner_key=learner.key if learner else uuid.uuid4(),
        number=number,
        seed=1,
        state="graded",
        language=language,
        points=right,
        max_points=len(answers),
        percent=Decimal(100 * right) / len(answers),
        passed=right * 100 >= quiz.pass_mark * len(answers),
        **more,
    )
    Attempt.objects.filter(pk=attempt.pk).update(started_at=started)
    versions = more.get("versions") or [slot.question.versions.first() for slot in quiz.slots.all()]
    for order, (version, answer) in enumerate(zip(versions, answers, strict=True)):
        asked = AttemptQuestion.objects.create(
            attempt=attempt, version=version, order=order, points=int(answer == "a"), max_points=1
        )
        if answer != "-":
            at = started + timedelta(seconds=seconds * (order + 1))
            Response.objects.create(question=asked, answer=[answer], given_at=at)
    return attempt


def of(quiz, which=Which.FIRST, attempts=None):
    return quiz_figures(quiz, Attempt.objects.measured() if attempts is None else attempts, which, "en")


@pytest.fixture
def first_question(quiz):
    return quiz.slots.first().question


# --- a quiz -------------------------------------------------------------------------------


def test_scores_and_questions_of_a_quiz(quiz):
    for answers in ("aaa", "aab", "abb", "bbb", "aab"):
        took(quiz, answers)
    found = of(quiz)
    assert (found.summary.people, found.summary.attempts, found.summary.passed) == (5, 5, 0.2)
    assert found.summary.mean == pytest.approx(53.333, abs=0.01)
    assert [round(one.item.facility, 2) for one in found.questions] == [0.8, 0.6, 0.2]
    assert [one.item.time for one in found.questions] == [20, 20, 20]
    assert (found.consistency.alpha, found.consistency.why) == (None, "few")
    assert [one.text for one in found.questions] == [f"Question {slot.question_id}?" for slot in quiz.slots.all()]


@pytest.mark.parametrize(("which", "mean", "attempts"), [("first", 0, 6), ("last", 100, 6), ("all", 50, 12)])
def test_which_attempts_count_is_chosen(quiz, which, mean, attempts):
    for _ in range(6):
        learner = factories.UserFactory()
        took(quiz, "bbb", learner=learner)
        took(quiz, "aaa", learner=learner, number=2)
    found = of(quiz, Which(which)).summary
    assert (found.mean, found.attempts, found.people) == (mean, attempts, 6)


def test_an_address_that_names_no_choice_means_the_first_attempt():
    assert (Which.asked("all"), Which.asked("best"), Which.asked(None)) == (Which.ALL, Which.FIRST, Which.FIRST)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER, Role.TRAINER])
def test_what_staff_only_tried_does_not_count(quiz, role):
    user = factories.UserFactory()
    grant_role(actor=None, user=user, role=role)
    took(quiz, "aaa", learner=user)
    took(quiz, "aaa", learner=factories.UserFactory(is_superuser=True))
    assert of(quiz).summary.attempts == 0
    took(quiz, "aaa", learner=user, number=2, context="enrolment:7")  # as a participant of a course
    assert of(quiz).summary.attempts == 1


def test_only_attempts_with_a_result_count(quiz, begin, hand_in, learner):
    begin()
    assert of(quiz).summary.attempts == 0
    attempt = took(quiz, "aaa")
    Attempt.objects.filter(pk=attempt.pk).update(state="submitted", percent=None, passed=None)
    assert of(quiz).summary.attempts == 0


def test_attempts_of_people_whose_account_is_gone_stay(quiz):
    for _ in range(5):
        took(quiz, "aab", learner=None)
    assert of(quiz).summary.people == 5


def test_a_version_is_a_question_of_its_own(quiz, first_question):
    for _ in range(5):
        took(quiz, "bab")
    old = first_question.versions.first()
    new = QuestionVersion.objects.create(question=first_question, number=2, type=old.type, body=old.body)
    for _ in range(6):
        took(quiz, "aab")
    found = of(quiz).questions
    assert [(one.version.number, one.people, one.item.facility) for one in found[:2]] == [(2, 6, 1.0), (1, 5, 0.0)]
    assert new.pk == found[0].version.pk


def test_of_a_few_people_nothing_but_their_number_is_told(quiz, first_question):
    for _ in range(4):
        took(quiz, "aab")
    found = of(quiz)
    assert (found.summary.people, found.summary.mean, found.summary.bins) == (4, None, ())
    assert not any(one.told for one in found.questions)
    (version,) = question_figures(first_question, Attempt.objects.measured(), Which.FIRST, "en")
    assert (version.people, version.told, version.answers) == (4, False, [])
    assert not any(one.told for one in version.languages)


def test_many_attempts_of_one_person_tell_nothing(quiz, first_question):
    learner = factories.UserFactory()
    for number in range(1, 9):
        took(quiz, "aab", learner=learner, number=number)
    assert of(quiz, Which.ALL).summary.mean is None
    (version,) = question_figures(first_question, Attempt.objects.measured(), Which.ALL, "en")
    assert not version.told


def test_summaries_of_many_quizzes_come_in_one_query(quiz, django_assert_num_queries):
    other = factories.QuizFactory()
    for _ in range(5):
        took(quiz, "aaa")
        took(other, "bbb")
    with django_assert_num_queries(1):
        found = summaries(Attempt.objects.measured())
    assert {pk: one.mean for pk, one in found.items()} == {quiz.pk: 100, other.pk: 0}


@pytest.mark.parametrize("number", [1, 12])
def test_the_queries_are_the_same_for_few_and_for_many(quiz, first_question, number, django_assert_num_queries):
    for _ in range(number):
        took(quiz, "aab")
    with django_assert_num_queries(6):
        of(quiz)
    with django_assert_num_queries(6):
        question_figures(first_question, Attempt.objects.measured(), Which.FIRST, "en")


# --- a question ---------------------------------------------------------------------------


def answers_of(question, which=Which.FIRST):
    return question_figures(question, Attempt.objects.measured(), which, "en")


def test_which_answers_were_taken_and_which_by_nobody(quiz, first_question):
    for answer in "aaab-":
        took(quiz, f"{answer}ab")
    (found,) = answers_of(first_question)
    assert [(one.row.label, one.row.count, one.row.right) for one in found.answers] == [
        ("Choice a", 3, True),
        ("Choice b", 1, False),
        ("Choice c", 0, False),
    ]
    assert (found.empty, found.left, found.item.time) == (1, ["Choice c"], None)


def test_the_last_answer_counts_and_one_that_came_late_does_not(quiz, first_question):
    for _ in range(5):
        asked = took(quiz, "baa").questions.first()
        Response.objects.create(question=asked, answer=["c"])
        Response.objects.create(question=asked, answer=["b"], late=True)
    (found,) = answers_of(first_question)
    assert [one.row.count for one in found.answers] == [0, 0, 5]


def test_a_bad_translation_shows(quiz, first_question):
    QuestionText.objects.create(
        record=first_question.versions.first(), language="fr", text="<p>Laquelle ?</p>", parts={}
    )
    for number in range(40):
        took(quiz, "aab" if number else "bab", language="en")
        took(quiz, "bab" if number % 4 else "aab", language="fr")
    (found,) = answers_of(first_question)
    assert {one.language: (one.told, one.stands_out) for one in found.languages} == {
        "en": (True, False),
        "fr": (True, True),
    }
    assert [line.languages for line in found.answers] == [[0.975, 0.25], [0.025, 0.75], [0, 0]]


def test_few_readers_of_a_language_are_kept_back(quiz, first_question):
    for language, number in {"en": 9, "fr": 6, "ar": 3}.items():
        for _ in range(number):
            took(quiz, "aab", language=language)
    (found,) = answers_of(first_question)
    assert {one.language: one.told for one in found.languages} == {"en": True, "fr": False, "ar": False}


def test_a_wrong_answer_that_one_person_typed_is_not_shown(quiz):
    question = factories.make_question()
    version = question.versions.first()
    version.type, version.body = "short_answer", {"answers": [{"id": "a", "weight": "1"}]}
    version.save()
    quiz.slots.all().delete()
    quiz.slots.create(question=question)
    for typed in ("choice a", "Choice  A", "protocol", "protocol", "my name is Ada"):
        attempt = took(quiz, "b")
        attempt.questions.get().responses.all().delete()
        Response.objects.create(question=attempt.questions.get(), answer=typed)
    (found,) = answers_of(question)
    assert {one.row.label: one.row.count for one in found.answers} == {"Choice  A": 2, "protocol": 2}
    assert found.once == 1
