"""Two accounts of one person become one: nothing earned is lost, nothing counts twice, nothing is lower."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.joining import accounts_of
from accounts.models import User
from courses.catalogue.models import Enrolment
from courses.catalogue.services import put_rule
from courses.participants import services
from courses.participants.models import Merge, Participant
from modules.assessments import scoring
from modules.assessments.facts import best_grades, failures
from modules.assessments.models import Attempt, TimeAllowance
from modules.assessments.outline import passed_quizzes
from modules.assessments.rules import attempts_used, rules_for
from modules.assessments.services import NoAttemptsLeft, start_attempt, submit_attempt
from modules.lessons.facts import lessons_done
from modules.lessons.models import LessonProgress
from modules.lessons.services import mark_done, note_seen
from modules.records.models import Event
from tests.factories import (
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    ItemFactory,
    ParticipantFactory,
    QuizFactory,
    SyllabusEntryFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SIDES = ["source", "into"]
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def merge(chief, people, **options):
    services.merge_participants(actor=chief, source=people[0], into=people[1], **options)
    return Merge.objects.latest("pk")


def graded(user, quiz, *percents, at=MARCH):
    """Attempts a day apart, each with what it reached; ``None`` for one that is running."""
    for percent in percents:
        number = Attempt.objects.filter(quiz=quiz, learner_key=user.key).count() + 1
        row = Attempt.objects.create(
            learner=user,
            learner_key=user.key,
            quiz=quiz,
            number=number,
            seed=1,
            state="open" if percent is None else "graded",
            percent=percent if percent is None else Decimal(percent),
            passed=percent if percent is None else percent >= quiz.pass_mark,
        )
        Attempt.objects.filter(pk=row.pk).update(started_at=at + timedelta(days=number))


def test_a_lesson_done_in_either_is_done_and_counts_once(chief, people, module):
    both, mine, theirs = (ItemFactory(kind="lesson", parent=module, minutes=10) for _each in range(3))
    for user, items in ((people[0].user, (both, theirs)), (people[1].user, (both, mine))):
        for item in items:
            mark_done(actor=user, item=item)
    early = LessonProgress.objects.get(item=both, learner=people[0].user)
    LessonProgress.objects.filter(pk=early.pk).update(done_at=MARCH)
    merge(chief, people)
    assert lessons_done([people[1].user.key], [module.pk])[people[1].user.key][module.pk] == (3, 3, 30)
    assert LessonProgress.objects.filter(item=both).count() == 1
    assert LessonProgress.objects.get(item=both).done_at == MARCH


def test_what_was_done_in_one_is_not_undone_by_the_other_having_opened_it_only(chief, people, module):
    lesson = ItemFactory(kind="lesson", parent=module)
    mark_done(actor=people[0].user, item=lesson)
    note_seen(actor=people[1].user, item_id=lesson.pk)
    merge(chief, people)
    assert LessonProgress.objects.get(learner_key=people[1].user.key).done_at is not None


PERCENT = st.decimals(0, 100, places=2)
RESULTS = st.lists(st.tuples(PERCENT, st.booleans()), max_size=5)


@given(RESULTS, RESULTS, st.sampled_from(["best", "last", "mean"]), st.integers(1, 100))
def test_no_grade_and_no_pass_is_ever_lower_by_merging_nor_a_grade_above_100(one, other, rule, pass_mark):
    series = [[(percent, passed, number) for percent, passed in some] for number, some in enumerate((one, other))]
    alone = [scoring.standing(rule, some, pass_mark) for some in series]
    grade, passed = scoring.standing(rule, series[0] + series[1], pass_mark)
    assert grade == max(grade for grade, _passed in alone) <= 100
    assert passed == any(passed for _grade, passed in alone)


@pytest.mark.parametrize("account", SIDES)
@pytest.mark.parametrize("rule", ["best", "last", "mean"])
def test_the_better_result_holds_whatever_the_quizs_rule(chief, people, module, rule, account):
    quiz = QuizFactory(item__parent=module, grade_rule=rule, pass_mark=80)
    graded(people[0].user, quiz, 95, 85)
    graded(people[1].user, quiz, 20, 40, at=MARCH + timedelta(hours=1))
    key = people[0].user.key
    before = best_grades([key], [module.pk])[key][module.pk]
    assert before.passed
    merge(chief, people, account=account)
    kept = people[1].user if account == "into" else people[0].user
    after = best_grades([kept.key], [module.pk])[kept.key][module.pk]
    assert (after.percent, after.passed, after.attempts) == (before.percent, True, 4)
    assert passed_quizzes([quiz.item.key], kept) == {quiz.item.key}
    assert failures([kept.key], [module.pk]) == {}
    numbers = Attempt.objects.filter(quiz=quiz).order_by("started_at").values_list("number", "learner_key")
    assert list(numbers) == [(number, kept.key) for number in (1, 2, 3, 4)]


def test_three_accounts_keep_three_results_apart(chief, people, module):
    quiz = QuizFactory(item__parent=module, grade_rule="mean", pass_mark=80)
    third = ParticipantFactory(name="Amina", user=UserFactory())
    for user, percent in ((people[0].user, 90), (people[1].user, 40), (third.user, 30)):
        graded(user, quiz, percent)
    merge(chief, people)
    merge(chief, (Participant.objects.get(pk=people[1].pk), third))
    key = third.user.key
    assert best_grades([key], [module.pk])[key][module.pk].percent == 90
    assert accounts_of(third.user) == [people[0].user, people[1].user, third.user]


def test_attempts_used_up_in_either_stay_used_up(chief, people, module):
    quiz = QuizFactory(item__parent=module, attempts_allowed=3)
    graded(people[0].user, quiz, 10, 20)
    graded(people[1].user, quiz, 30)
    merge(chief, people)
    kept = User.objects.get(pk=people[1].user_id)
    assert attempts_used(kept, quiz, rules_for(kept, quiz)).number == 3
    with pytest.raises(NoAttemptsLeft):
        start_attempt(actor=kept, quiz=quiz, language="en")


def test_a_running_attempt_moves_and_can_be_handed_in(chief, people, module):
    quiz = QuizFactory(item__parent=module)
    running = start_attempt(actor=people[0].user, quiz=quiz, language="en")
    merge(chief, people)
    kept = User.objects.get(pk=people[1].user_id)
    assert start_attempt(actor=kept, quiz=quiz, language="en") == running
    submit_attempt(actor=kept, attempt=running, submission_key=uuid4())
    assert Attempt.objects.get().state == "graded"


def test_of_two_running_attempts_that_of_the_kept_account_goes_on(chief, people, module):
    quiz = QuizFactory(item__parent=module)
    left, goes_on = (start_attempt(actor=person.user, quiz=quiz, language="en") for person in people)
    done = merge(chief, people)
    kept = User.objects.get(pk=people[1].user_id)
    assert start_attempt(actor=kept, quiz=quiz, language="en") == goes_on
    left.refresh_from_db()
    assert (left.learner, left.state) == (people[0].user, "open")
    submit_attempt(actor=kept, attempt=goes_on, submission_key=uuid4())
    again = start_attempt(actor=kept, quiz=quiz, language="en")
    services.undo_merge(actor=chief, merge=done)
    assert start_attempt(actor=User.objects.get(pk=people[0].user_id), quiz=quiz, language="en") == left
    again.refresh_from_db()
    assert again.learner == people[1].user


@pytest.mark.parametrize(
    ("theirs", "mine", "stays"),
    [
        ({"minutes": 20}, {"minutes": 10}, (20, None)),
        ({"minutes": 10}, {"minutes": 20}, (20, None)),
        ({"percent": 50}, {"minutes": 20}, (None, 50)),
        ({"minutes": 31}, {"percent": 50}, (31, None)),
    ],
)
def test_of_two_allowances_the_greater_holds_and_a_running_attempt_ends_later(
    chief, people, module, theirs, mine, stays
):
    quiz = QuizFactory(item__parent=module, time_limit=60)
    running = start_attempt(actor=people[1].user, quiz=quiz, language="en")
    for person, extra in zip(people, (theirs, mine), strict=True):
        TimeAllowance.objects.create(
            quiz=quiz, learner=person.user, learner_key=person.user.key, reason="Asked", **extra
        )
    merge(chief, people)
    held = TimeAllowance.objects.get(learner=people[1].user)
    assert (held.minutes, held.percent) == stays
    assert list(TimeAllowance.objects.visible_to(chief)) == [held]
    running.refresh_from_db()
    assert running.deadline_at - running.started_at > timedelta(minutes=60 + max(20, stays[0] or 0) - 1)


def test_what_was_learned_since_stays_with_the_account_that_was_kept(chief, people, module):
    before, since = (ItemFactory(kind="lesson", parent=module) for _each in range(2))
    quiz = QuizFactory(item__parent=module)
    mark_done(actor=people[0].user, item=before)
    graded(people[0].user, quiz, 50)
    done = merge(chief, people)
    kept = User.objects.get(pk=people[1].user_id)
    mark_done(actor=kept, item=since)
    later = start_attempt(actor=kept, quiz=quiz, language="en")
    services.undo_merge(actor=chief, merge=done)
    assert LessonProgress.objects.get(item=before).learner == people[0].user
    assert LessonProgress.objects.get(item=since).learner == people[1].user
    later.refresh_from_db()
    assert (later.learner, later.number) == (people[1].user, 2)
    assert Attempt.objects.get(learner=people[0].user).number == 1


def test_what_was_half_done_with_each_completes_the_course_and_the_way_back_says_so(
    chief, people, module, django_capture_on_commit_callbacks
):
    course = CourseFactory()
    SyllabusEntryFactory(course=course, item=module)
    lessons = [ItemFactory(kind="lesson", parent=module) for _each in range(2)]
    spec = {"all": [{"kind": "lessons", "ref": str(module.pk), "at_least": 100}]}
    put_rule(actor=None, course=course, spec=spec)
    cohort = CohortFactory(course=course)
    enrolments = [EnrolmentFactory(participant=person, cohort=cohort) for person in people]
    for person, lesson in zip(people, lessons, strict=True):
        with django_capture_on_commit_callbacks(execute=True):
            mark_done(actor=person.user, item=lesson)
    assert not Enrolment.objects.filter(completed_at__isnull=False).exists()
    with django_capture_on_commit_callbacks(execute=True):
        done = merge(chief, people)
    assert Enrolment.objects.get(pk=enrolments[1].pk).completed_at is not None
    assert any("was completed after the merge" in one.text for one in services.before_undo(done))
    services.undo_merge(actor=chief, merge=done)
    assert Enrolment.objects.get(pk=enrolments[0].pk).completed_at is None


def test_the_learning_record_keeps_under_which_account_it_happened(chief, people, module):
    mark_done(actor=people[0].user, item=ItemFactory(kind="lesson", parent=module))
    events = list(Event.objects.values())
    merge(chief, people)
    assert list(Event.objects.values()) == events
