"""Completion is written down when it happens, whether or not anybody looks."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.catalogue import services
from courses.catalogue.models import Enrolment
from courses.catalogue.services import put_rule
from courses.catalogue.services.noticing import notice
from courses.catalogue.tasks import notice_completions
from modules.assessments.models import Attempt
from modules.assessments.services import save_answers, start_attempt, submit_attempt
from modules.lessons.services import mark_done
from modules.records.models import Item
from tests import factories

from .test_rules import leaf

pytestmark = pytest.mark.django_db


def completed(enrolment):
    return Enrolment.objects.get(pk=enrolment.pk).completed_at is not None


def test_the_last_lesson_done_completes_the_course(cast, school, django_capture_on_commit_callbacks):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    for number, before in ((0, False), (1, True)):
        with django_capture_on_commit_callbacks(execute=True):
            mark_done(actor=cast.learner, item=school.lessons[number])
        assert completed(school.enrolment) is before


def test_a_lesson_added_later_takes_nothing_from_who_had_done_all(cast, school, django_capture_on_commit_callbacks):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    with django_capture_on_commit_callbacks(execute=True):
        for number in (0, 1):
            mark_done(actor=cast.learner, item=school.lessons[number])
    factories.ItemFactory(parent=school.lessons[0].parent, minutes=30)
    standing = services.completion_of(school.course, [Enrolment.objects.get(pk=school.enrolment.pk)])
    assert standing[school.enrolment.pk].percent == 100


def test_a_passed_quiz_completes_the_course(cast, school, django_capture_on_commit_callbacks):
    quiz = factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=school.lessons[2].parent))
    put_rule(actor=None, course=school.course, spec={"all": [leaf(f"quiz:{quiz.item.parent_id}", 80)]})
    with django_capture_on_commit_callbacks(execute=True):
        attempt = start_attempt(actor=cast.learner, quiz=quiz, language="en")
        save_answers(
            actor=cast.learner, attempt=attempt, answers={asked.pk: ["a"] for asked in attempt.questions.all()}
        )
        submit_attempt(actor=cast.learner, attempt=attempt, submission_key=uuid4())
    assert completed(school.enrolment)


def test_who_had_done_it_all_before_has_completed_on_enrolling(cast, school, django_capture_on_commit_callbacks):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.outsider, 0, 1)
    with django_capture_on_commit_callbacks(execute=True):
        enrolment = services.enrol(actor=cast.outsider, participant=cast.outsider.participant, cohort=school.cohort)
    assert completed(enrolment)


def test_leaving_with_everything_met_keeps_the_completion(cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.learner, 0, 1)
    services.withdraw(actor=cast.learner, enrolment=school.enrolment)
    assert completed(school.enrolment)


def test_the_scheduler_makes_up_for_what_a_crash_left_out(cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.learner, 0, 1)
    notice_completions()
    assert completed(school.enrolment)


def test_a_failure_to_judge_undoes_nothing_and_is_logged(
    cast, school, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    put_rule(actor=None, course=school.course, spec={"all": [{"kind": "lessons", "ref": "1", "at_least": 100}]})
    school.course.rules.update(spec={"all": "broken"})
    with django_capture_on_commit_callbacks(execute=True):
        progress = mark_done(actor=cast.learner, item=school.lessons[0])
    assert progress.done_at
    assert "Completion could not be judged" in caplog.text


def test_many_people_of_a_course_cost_the_queries_of_one(school, django_assert_num_queries):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first), leaf(school.quiz, 80)]})
    with CaptureQueriesContext(connection) as one:
        assert notice(Enrolment.objects.all()) == 1
    for _ in range(20):
        school.enrol()
    with django_assert_num_queries(len(one)):
        assert notice(Enrolment.objects.all()) == 21


def test_a_module_with_two_quizzes_asks_for_each_by_its_own_pass_mark(cast, school):
    module = school.lessons[0].parent
    easy, hard = (
        factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=module), pass_mark=mark)
        for mark in (50, 80)
    )
    module.children.filter(kind=Item.Kind.QUIZ).exclude(pk__in=[easy.item_id, hard.item_id]).update(
        retired_at=timezone.now()
    )

    def passed(**percents):
        person = school.enrol()
        for quiz, percent in ((easy, percents["easy"]), (hard, percents["hard"])):
            Attempt.objects.create(
                quiz=quiz,
                learner=person.participant.user,
                learner_key=person.participant.user.key,
                number=1,
                seed=1,
                state=Attempt.State.GRADED,
                percent=percent,
                submitted_at=timezone.now(),
            )
        found = services.completion_of(school.course, [person])[person.pk]
        return [one.met for one in found.requirements if one.outcome.kind == "quiz"]

    assert passed(easy=60, hard=90) == [True, True]
    assert passed(easy=100, hard=70) == [True, False]
