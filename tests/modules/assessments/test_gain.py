"""What was gained between a pre-test and a post-test."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments.facts import best_grades, gains
from modules.assessments.gain import Gain, cohort_gain
from modules.assessments.models import Attempt
from modules.assessments.outline import passed_quizzes
from tests import factories


def of(*pairs: tuple[int, int]) -> list[Gain]:
    return [Gain(Decimal(before), Decimal(after)) for before, after in pairs]


@pytest.mark.parametrize(
    ("pairs", "normalised"),
    [
        ([(40, 70)], "0.50"),
        ([(40, 100), (60, 100)], "1.00"),
        ([(50, 60), (50, 60)], "0.20"),
        ([(50, 30)], "-0.40"),
        ([(0, 30)], "0.30"),
        ([(0, 70)], "0.70"),
    ],
)
def test_the_normalised_gain_is_the_part_gained_of_what_there_was_to_gain(pairs, normalised):
    assert cohort_gain(of(*pairs)).normalised == Decimal(normalised)


def test_nothing_is_left_to_gain_for_those_who_knew_everything():
    found = cohort_gain(of((100, 90), (100, 100)))
    assert (found.normalised, found.learners) == (None, 2)


def test_nobody_has_no_gain():
    assert cohort_gain([]) is None


percents = st.decimals(0, 100, places=2)


@given(st.lists(st.builds(Gain, percents, percents), min_size=1, max_size=20))
def test_a_gain_is_never_above_the_whole_and_the_order_does_not_matter(some):
    found = cohort_gain(some)
    assert found.normalised is None or found.normalised <= 1
    assert found == cohort_gain(some[::-1])


# --- of the records -----------------------------------------------------------------------


@pytest.fixture
def pair(quiz):
    """A post-test whose pre-test is ``quiz``."""
    return factories.QuizFactory(pretest=quiz, item__parent=quiz.item.parent, item__titles={"en": "Post"})


@pytest.mark.django_db
def test_the_first_pre_test_and_the_grade_of_the_post_test_count(pair, quiz, hand_in, learner, stranger):
    hand_in(right=1)
    hand_in(right=3)  # again, after the lesson: does not count
    hand_in(right=0, of=pair)
    hand_in(right=3, of=pair)
    hand_in(right=3, of=pair, user=stranger)  # took no pre-test
    assert gains([learner.key, stranger.key], pair) == {learner.key: Gain(Decimal("33.33"), Decimal("100.00"))}
    assert gains([learner.key], quiz) == {}


@pytest.mark.django_db
def test_a_pre_test_begun_after_the_post_test_measures_no_gain(pair, hand_in, learner):
    hand_in(right=1, of=pair)
    hand_in(right=2)
    hand_in(right=3, of=pair)
    assert gains([learner.key], pair) == {}


@pytest.mark.django_db
def test_a_post_test_that_is_marked_only_later_still_came_first(pair, hand_in, learner):
    first = hand_in(right=1, of=pair)
    Attempt.objects.filter(pk=first.pk).update(state="submitted", percent=None)  # as if it waited for marks
    hand_in(right=2)
    hand_in(right=3, of=pair)
    assert gains([learner.key], pair) == {}


@pytest.mark.django_db
def test_while_the_first_pre_test_waits_for_its_marks_no_later_one_takes_its_place(pair, hand_in, learner):
    first = hand_in(right=1)
    hand_in(right=3)
    hand_in(right=3, of=pair)
    Attempt.objects.filter(pk=first.pk).update(state="submitted", percent=None)
    assert gains([learner.key], pair) == {}
    Attempt.objects.filter(pk=first.pk).update(state="graded", percent=50)
    assert gains([learner.key], pair) == {learner.key: Gain(Decimal(50), Decimal(100))}


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 30])
def test_gains_take_one_query_whatever_the_learners(pair, number, django_assert_num_queries):
    with django_assert_num_queries(1):
        gains([uuid.uuid4() for _ in range(number)], pair)


@pytest.mark.django_db
def test_a_pre_test_is_never_needed_to_pass_its_module(pair, quiz, hand_in, learner):
    hand_in(right=0)
    hand_in(right=3, of=pair)
    module = quiz.item.parent_id
    assert best_grades([learner.key], [module])[learner.key][module].passed
    assert passed_quizzes([quiz.item.key, pair.item.key], learner) == {quiz.item.key, pair.item.key}
