"""Starting, answering, handing in: nothing is lost, nothing counts twice, nothing after the deadline."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from modules.assessments import services, signals
from modules.assessments.models import Attempt, QuestionVersion, Response
from modules.assessments.tasks import close_overdue
from modules.records.models import Event
from tests import factories

pytestmark = pytest.mark.django_db


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def heard():
    """The attempts that ``attempt_graded`` told of."""
    told = []

    def hear(sender, attempt, **kwargs):
        told.append(attempt)

    signals.attempt_graded.connect(hear)
    yield told
    signals.attempt_graded.disconnect(hear)


def save(attempt, number=0, answer=("a",), key=None, actor=None):
    question = attempt.questions.all()[number]
    return services.save_response(
        actor=actor or attempt.learner, question=question, answer=list(answer), key=key or uuid.uuid4()
    )


def submit(attempt, key=None, actor=None):
    return services.submit_attempt(actor=actor or attempt.learner, attempt=attempt, submission_key=key or uuid.uuid4())


# --- starting -----------------------------------------------------------------------------


def test_an_attempt_freezes_what_is_asked(begin, quiz, learner):
    quiz.slots.update(points=2)
    attempt = begin(language="fr")
    assert (attempt.learner_key, attempt.number, attempt.state, attempt.language) == (learner.key, 1, "open", "fr")
    assert {row.version.question for row in attempt.questions.all()} == {slot.question for slot in quiz.slots.all()}
    assert [row.order for row in attempt.questions.all()] == [0, 1, 2]
    assert {row.max_points for row in attempt.questions.all()} == {Decimal(2)}


def test_a_second_open_attempt_is_never_made(begin):
    assert begin() == begin()
    assert Attempt.objects.count() == 1


def test_the_database_refuses_a_second_open_attempt(begin, quiz, learner):
    begin()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(quiz=quiz, learner=learner, learner_key=learner.key, number=2, seed=1)


def test_two_clicks_at_once_begin_one_attempt(begin, quiz, learner, monkeypatch):
    """The second request looked before the first had begun."""
    first = begin()
    empty = Attempt.objects.none()
    real = Attempt.objects.visible_to
    looked = []

    def blind_once(user):
        looked.append(user)
        return empty if len(looked) == 1 else real(user)

    monkeypatch.setattr(type(Attempt.objects), "visible_to", lambda manager, user: blind_once(user))
    assert services.start_attempt(actor=learner, quiz=quiz, language="en") == first
    assert Attempt.objects.count() == 1


def test_the_newest_version_is_asked_and_the_old_one_stays(begin, quiz, hand_in):
    old = hand_in()
    question = quiz.slots.first().question
    services.put_question(
        actor=None,
        key=question.key,
        type="single",
        language="en",
        text="New?",
        choices=[{"id": "a", "text": "A", "correct": True}, {"id": "b", "text": "B", "correct": False}],
    )
    asked = {row.version.question_id: row.version.number for row in begin().questions.all()}
    assert asked[question.pk] == 2
    assert {row.version.number for row in old.questions.all()} == {1}


def test_a_retired_question_is_not_asked(begin, quiz):
    services.retire_question(actor=None, question=quiz.slots.first().question)
    assert begin().questions.count() == 2


def test_the_authors_order_is_kept_where_it_matters(begin, quiz):
    quiz.shuffle = False
    quiz.save()
    attempt = begin()
    assert attempt.seed == 0
    assert [row.version.question_id for row in attempt.questions.all()] == [s.question_id for s in quiz.slots.all()]


def test_a_quiz_before_its_opening_is_not_open(begin, quiz):
    quiz.opens_at = in_days(1)
    quiz.save()
    with pytest.raises(services.QuizNotOpen, match="opens on"):
        begin()


def test_a_quiz_after_the_deadline_is_refused_with_the_date_in_the_viewers_time_zone(begin, quiz):
    quiz.closes_at = timezone.datetime(2026, 3, 1, 22, 30, tzinfo=timezone.get_fixed_timezone(0))
    quiz.save()
    with timezone.override("Africa/Nairobi"), pytest.raises(services.QuizClosed) as refused:
        begin()
    assert "2 March 2026, 01:30" in str(refused.value)
    assert "Africa/Nairobi" in str(refused.value)


def test_a_quiz_without_questions_is_not_open(begin, quiz):
    quiz.slots.all().delete()
    with pytest.raises(services.QuizNotOpen, match="no questions"):
        begin()


@pytest.mark.parametrize("which", ["quiz", "module"])
def test_a_quiz_out_of_use_is_not_open(begin, quiz, which):
    item = quiz.item if which == "quiz" else quiz.item.parent
    item.retired_at = timezone.now()
    item.save()
    with pytest.raises(services.QuizNotOpen, match="no longer in use"):
        begin()


def test_one_attempt_too_many_is_refused(begin, hand_in, quiz):
    quiz.attempts_allowed = 1
    quiz.save()
    hand_in(0)
    with pytest.raises(services.NoAttemptsLeft, match="the 1 attempt"):
        begin()


def test_the_context_sets_limits_and_deadlines_in_place_of_the_quiz(begin, hand_in, quiz, context):
    quiz.attempts_allowed, quiz.closes_at, quiz.time_limit = 1, in_days(-1), 20
    quiz.save()
    context(context="enrolment:12", attempts_allowed=2, closes_at=in_days(1), extra_minutes=10)
    first = hand_in(0)
    assert first.context == "enrolment:12"
    assert first.deadline_at - first.started_at < timedelta(minutes=30, seconds=5)
    assert first.deadline_at - first.started_at > timedelta(minutes=29, seconds=55)
    hand_in(0)
    with pytest.raises(services.NoAttemptsLeft):
        begin()


def test_attempts_for_another_course_do_not_use_up_those_for_this_one(begin, hand_in, quiz, context):
    context(context="enrolment:1", attempts_allowed=1)
    hand_in(0)
    context(context="enrolment:2", attempts_allowed=1)
    assert begin().number == 2


def test_the_closing_cuts_the_time_limit_short(begin, quiz):
    quiz.closes_at, quiz.time_limit = timezone.now() + timedelta(minutes=5), 60
    quiz.save()
    assert begin().deadline_at == quiz.closes_at


def test_an_attempt_whose_time_is_over_is_graded_before_a_new_one_begins(begin, answer, quiz):
    quiz.time_limit = 10
    quiz.save()
    first = begin()
    answer(first, right=3)
    with time_machine.travel(in_days(1)):
        second = begin()
    first.refresh_from_db()
    assert (first.state, first.percent, second.number) == ("graded", Decimal(100), 2)


# --- answering ----------------------------------------------------------------------------


def test_answers_are_only_ever_added(begin):
    attempt = begin()
    save(attempt, answer="a")
    save(attempt, answer="b")
    assert [response.answer for response in Response.objects.all()] == [["a"], ["b"]]
    assert attempt.questions.with_answers()[0].answer == ["b"]


def test_a_saved_answer_is_never_changed(begin):
    response = save(begin())
    response.answer = ["b"]
    with pytest.raises(TypeError):
        response.save()


def test_an_answer_sent_twice_is_saved_once(begin):
    attempt, key = begin(), uuid.uuid4()
    assert save(attempt, key=key) == save(attempt, key=key)
    assert Response.objects.count() == 1


def test_the_key_of_one_question_does_not_save_another(begin):
    attempt, key = begin(), uuid.uuid4()
    save(attempt, 0, key=key)
    with pytest.raises(services.UnknownAnswer):
        save(attempt, 1, key=key)


@pytest.mark.parametrize("wrong", [["z"], ["a", "z"], ["a", "b"], ["<script>"], [""]])
def test_an_answer_the_question_does_not_offer_is_refused(begin, wrong):
    attempt = begin()
    with pytest.raises(services.UnknownAnswer):
        save(attempt, answer=wrong)
    assert not Response.objects.exists()


def test_an_answer_can_be_taken_back(begin):
    attempt = begin()
    save(attempt, answer="a")
    save(attempt, answer="")
    assert attempt.questions.with_answers()[0].answer == []


def test_a_question_of_another_attempt_is_refused(begin, stranger):
    attempt, other = begin(), begin(user=stranger)
    with pytest.raises(services.UnknownAnswer):
        services.save_answers(actor=attempt.learner, attempt=attempt, answers={other.questions.all()[0].pk: ["a"]})
    with pytest.raises(services.NotYourAttempt):
        save(other, actor=attempt.learner)


def test_saving_a_whole_form_again_adds_nothing(begin):
    attempt = begin()
    answers = {question.pk: ["a"] for question in attempt.questions.all()}
    assert services.save_answers(actor=attempt.learner, attempt=attempt, answers=answers) == 3
    assert services.save_answers(actor=attempt.learner, attempt=attempt, answers=answers) == 0


def test_an_answer_after_the_deadline_is_refused(begin, quiz):
    quiz.time_limit = 10
    quiz.save()
    attempt = begin()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        with pytest.raises(services.AttemptOver, match="time for this attempt ended"):
            save(attempt)
        with pytest.raises(services.AttemptOver):
            services.save_answers(actor=attempt.learner, attempt=attempt, answers={})
    assert not Response.objects.exists()


def test_an_answer_after_handing_in_is_refused(hand_in):
    with pytest.raises(services.AttemptOver, match="handed in"):
        save(hand_in(1))


# --- handing in ---------------------------------------------------------------------------


def test_handing_in_grades_with_the_answers_saved_last(begin, answer, quiz, heard, django_capture_on_commit_callbacks):
    attempt = begin()
    answer(attempt, wrong=3)
    answer(attempt, right=2)
    with django_capture_on_commit_callbacks(execute=True):
        done = submit(attempt)
    assert (done.state, done.points, done.max_points, done.percent) == ("graded", 2, 3, Decimal("66.67"))
    assert done.passed is False
    assert [question.points for question in done.questions.all()] == [1, 1, 0]
    assert heard == [attempt]


@pytest.mark.parametrize(("right", "mark", "passed"), [(3, 100, True), (2, 67, False), (2, 66, True), (0, 0, True)])
def test_the_pass_mark_decides(hand_in, quiz, right, mark, passed):
    quiz.pass_mark = mark
    quiz.save()
    assert hand_in(right).passed is passed


def test_handing_in_twice_counts_once(begin, answer, heard, django_capture_on_commit_callbacks):
    attempt, key = begin(), uuid.uuid4()
    answer(attempt, right=3)
    with django_capture_on_commit_callbacks(execute=True):
        first, second, third = submit(attempt, key), submit(attempt, key), submit(attempt)
    assert first.submission_key == second.submission_key == third.submission_key == key
    assert first.submitted_at == second.submitted_at
    assert heard == [attempt]
    assert Event.objects.filter(verb="passed").count() == 1


def test_the_form_of_one_attempt_does_not_hand_in_another(begin, stranger):
    key = uuid.uuid4()
    submit(begin(), key)
    other = begin(user=stranger)
    with pytest.raises(services.AttemptOver):
        submit(other, key)
    other.refresh_from_db()
    assert other.is_open


def test_an_empty_attempt_earns_nothing(begin):
    done = submit(begin())
    assert (done.percent, done.passed, done.points) == (0, False, 0)


def test_somebody_elses_attempt_cannot_be_handed_in(begin, stranger):
    attempt = begin()
    with pytest.raises(services.NotYourAttempt):
        submit(attempt, actor=stranger)
    attempt.refresh_from_db()
    assert attempt.is_open


def test_the_learning_record_tells_of_start_and_result(hand_in, quiz, context):
    context(context="enrolment:12")
    attempt = hand_in(3, language="fr")
    events = list(Event.objects.filter(item=quiz.item).order_by("id"))
    assert [(event.verb, event.context, event.language) for event in events] == [
        ("attempted", "enrolment:12", "fr"),
        ("passed", "enrolment:12", "fr"),
    ]
    assert events[1].result["attempt"] == str(attempt.key)
    assert events[1].result["percent"] == "100.00"
    hand_in(0)
    assert Event.objects.filter(verb="failed").count() == 1


def test_the_scheduler_grades_what_is_overdue_with_the_answers_saved(begin, answer, quiz, stranger, heard):
    quiz.time_limit = 10
    quiz.save()
    attempt = begin()
    answer(attempt, right=2)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        fresh = begin(user=stranger)
        close_overdue()
        close_overdue()
    attempt.refresh_from_db()
    fresh.refresh_from_db()
    assert (attempt.state, attempt.percent) == ("graded", Decimal("66.67"))
    assert attempt.submitted_at == attempt.deadline_at
    assert fresh.is_open


def test_an_attempt_handed_in_late_counts_what_was_saved_in_time(begin, answer, quiz):
    quiz.time_limit = 10
    quiz.save()
    attempt = begin()
    answer(attempt, right=3)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        done = submit(attempt)
    assert (done.percent, done.submitted_at) == (100, attempt.deadline_at)


def test_attempts_outlive_the_account(hand_in, learner):
    attempt = hand_in()
    learner.delete()
    attempt.refresh_from_db()
    assert (attempt.learner, attempt.passed) == (None, True)


def test_an_attempt_that_cannot_be_graded_holds_up_nobody(begin, quiz, caplog):
    other = factories.QuizFactory(item__parent=quiz.item.parent)
    broken, sound = begin(), begin(of=other)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))
    QuestionVersion.objects.filter(asked__attempt=broken).update(type="no-such-type")
    close_overdue()
    assert Attempt.objects.get(pk=sound.pk).state == Attempt.State.GRADED
    assert f"Attempt {broken.pk} is over" in caplog.text


def test_the_overdue_attempt_of_a_deleted_account_is_still_graded(begin, quiz, learner):
    quiz.time_limit = 10
    quiz.save()
    attempt = begin()
    learner.delete()
    with time_machine.travel(in_days(1)):
        close_overdue()
    attempt.refresh_from_db()
    assert attempt.state == "graded"


def test_several_choices_earn_parts(learner):
    quiz = factories.QuizFactory(questions=1)
    quiz.slots.update(question=factories.make_question(type="multiple", right=("a", "b"), ids="abcd"))
    attempt = services.start_attempt(actor=learner, quiz=quiz, language="en")
    save(attempt, answer=["b"])
    assert submit(attempt).percent == 50
