"""Grades, for completion rules."""

from decimal import Decimal

import pytest
from django.utils import timezone

from modules.assessments.facts import QuizFact, best_grades, failures
from modules.assessments.models import Attempt
from modules.assessments.outline import passed_quizzes
from tests.factories import ItemFactory, QuizFactory

pytestmark = pytest.mark.django_db


def graded(user, quiz, *percents, state="graded"):
    for percent in percents:
        number = Attempt.objects.filter(quiz=quiz, learner_key=user.key).count() + 1
        Attempt.objects.create(
            learner=user,
            learner_key=user.key,
            quiz=quiz,
            number=number,
            seed=1,
            state=state,
            percent=Decimal(percent) if state == "graded" else None,
        )


@pytest.fixture
def module():
    return ItemFactory(kind="module")


def fact(user, module):
    return best_grades([user.key], [module.pk]).get(user.key, {}).get(module.pk)


@pytest.mark.parametrize(
    ("rule", "percent", "passed"), [("best", "90.00", True), ("last", "40.00", False), ("mean", "65.00", False)]
)
def test_the_quizs_own_rule_makes_the_grade(cast, module, rule, percent, passed):
    quiz = QuizFactory(item__parent=module, grade_rule=rule, pass_mark=80)
    graded(cast.learner, quiz, 90, 40)
    assert fact(cast.learner, module) == QuizFact(Decimal(percent), passed, 2)


def test_a_pass_mark_raised_later_takes_nobodys_pass(cast, module):
    quiz, other = (QuizFactory(item__parent=module, pass_mark=60) for _ in range(2))
    for one in (quiz, other):
        graded(cast.learner, one, 66, 40)
        graded(cast.outsider, one, 40)
    Attempt.objects.filter(percent=66).update(passed=True)
    Attempt.objects.filter(percent=40).update(passed=False)
    quiz.pass_mark = 80
    quiz.save()
    assert fact(cast.learner, module) == QuizFact(Decimal("66.00"), True, 4)
    assert best_grades([cast.learner.key], [module.pk], each_quiz=True)[cast.learner.key][quiz.item_id].passed
    assert passed_quizzes([quiz.item.key, other.item.key], cast.learner) == {quiz.item.key, other.item.key}
    assert passed_quizzes([quiz.item.key], cast.outsider) == set()
    assert failures([cast.learner.key, cast.outsider.key], [module.pk]) == {cast.outsider.key: 1}


def test_nothing_is_said_of_somebody_who_handed_nothing_in(cast, module):
    quiz = QuizFactory(item__parent=module)
    graded(cast.learner, quiz, 50, state="open")
    assert best_grades([cast.learner.key, cast.outsider.key], [module.pk]) == {}


def test_a_module_with_two_quizzes_is_passed_by_both(cast, module):
    first, second = (QuizFactory(item__parent=module, pass_mark=80) for _ in range(2))
    graded(cast.learner, first, 100)
    assert fact(cast.learner, module) == QuizFact(Decimal("50.00"), False, 1)
    graded(cast.learner, second, 80)
    assert fact(cast.learner, module) == QuizFact(Decimal("90.00"), True, 2)


def test_a_retired_quiz_is_asked_of_nobody(cast, module):
    quiz, retired = (QuizFactory(item__parent=module) for _ in range(2))
    graded(cast.learner, quiz, 100)
    retired.item.retired_at = timezone.now()
    retired.item.save()
    assert fact(cast.learner, module) == QuizFact(Decimal("100.00"), True, 1)


def test_a_module_whose_quizzes_are_all_gone_keeps_the_grade_of_those_it_had(cast, module):
    quiz = QuizFactory(item__parent=module)
    graded(cast.learner, quiz, 100)
    module.children.update(retired_at=timezone.now())
    assert fact(cast.learner, module) == QuizFact(Decimal("100.00"), True, 1)
    assert fact(cast.outsider, module) is None


def test_each_quiz_has_a_grade_of_its_own_when_asked_for_live_or_not(cast, module):
    first, second = (QuizFactory(item__parent=module) for _ in range(2))
    for quiz, percent in ((first, 100), (second, 60)):
        graded(cast.learner, quiz, percent)
    assert best_grades([cast.learner.key], [module.pk])[cast.learner.key].keys() == {module.pk}
    second.item.retired_at = timezone.now()
    second.item.save()
    grades = best_grades([cast.learner.key], [module.pk], each_quiz=True)[cast.learner.key]
    percents = {item_id: one.percent for item_id, one in grades.items()}
    assert percents == {module.pk: Decimal(100), first.item_id: Decimal(100), second.item_id: Decimal(60)}


def test_anothers_grade_is_not_mine(cast, module):
    graded(cast.outsider, QuizFactory(item__parent=module), 100)
    assert fact(cast.learner, module) is None


def test_two_queries_for_many_learners(cast, module, django_assert_num_queries):
    quiz = QuizFactory(item__parent=module)
    people = [cast.learner, cast.outsider, cast.trainer]
    for person in people:
        graded(person, quiz, 10, 20)
    with django_assert_num_queries(2):
        assert len(best_grades([person.key for person in people], [module.pk])) == 3
