"""Regrading: previewed, explained, on record; nobody loses a pass unless that is wanted."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import AuditEntry
from jobs.models import OutboxMail
from modules.assessments import services
from modules.assessments.figure_words import version_name
from modules.assessments.figures import Which, question_figures, quiz_figures
from modules.assessments.models import Attempt, AttemptQuestion, QuestionVersion
from modules.assessments.services import regrading
from tests import factories

from ..test_figures import took
from .correcting import answer_all, correct

pytestmark = pytest.mark.django_db


def test_the_preview_says_who_gains_and_loses_and_changes_nothing(gained_and_lost, cast, question):
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    kept = services.preview_regrade(**asked)
    assert (kept.attempts, kept.gain, kept.lose, kept.now_pass, kept.no_longer_pass, kept.kept) == (2, 1, 0, 1, 0, 1)
    hard = services.preview_regrade(**asked, keep_passed=False)
    assert (hard.gain, hard.lose, hard.now_pass, hard.no_longer_pass, hard.kept) == (1, 1, 1, 1, 0)
    gained, lost = gained_and_lost
    gained.refresh_from_db(), lost.refresh_from_db()
    assert (gained.passed, lost.passed) == (False, True)


def test_who_gains_passes_and_who_passed_stays_so(gained_and_lost, regrade):
    gained, lost = gained_and_lost
    regrade()
    gained.refresh_from_db(), lost.refresh_from_db()
    assert (gained.percent, gained.passed) == (100, True)
    assert (lost.percent, lost.passed) == (100, True)


@pytest.mark.parametrize(("rule", "second"), [("mean", 66.67), ("best", 33.33), ("last", 33.33)])
def test_who_had_passed_by_the_grade_that_counts_has_passed_still(begin, question, regrade, quiz, cast, rule, second):
    """100 % and 66.67 %: the mean had passed; both attempts would lose a third."""
    quiz.grade_rule = rule
    quiz.save()
    attempts = [answer_all(begin(), "a", question), answer_all(begin(), "a", question, wrong=1)]
    correct(question)
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    told = services.preview_regrade(**asked)
    assert (told.kept, told.lose) == ((2, 0) if rule == "mean" else (1, 1))
    for _twice in range(2):
        regrade()
        for attempt in attempts:
            attempt.refresh_from_db()
        assert [float(attempt.percent) for attempt in attempts] == [100, second]


def test_who_had_passed_by_the_pass_mark_of_that_day_has_passed_still(begin, question, regrade, quiz):
    quiz.pass_mark = 60
    quiz.save()
    attempt = answer_all(begin(), "a", question, wrong=1)
    quiz.pass_mark = 80
    quiz.save()
    correct(question)
    regrade()
    attempt.refresh_from_db()
    assert (float(attempt.percent), attempt.passed) == (66.67, True)


def test_the_organiser_may_change_their_mind_and_take_the_pass_later(gained_and_lost, regrade):
    _gained, lost = gained_and_lost
    regrade()
    regrade(keep_passed=False)
    lost.refresh_from_db()
    assert (float(lost.percent), lost.passed) == (66.67, False)


def test_the_organiser_may_take_the_pass(gained_and_lost, regrade):
    _gained, lost = gained_and_lost
    regrade(keep_passed=False)
    lost.refresh_from_db()
    assert (float(lost.percent), lost.passed) == (66.67, False)


def test_only_those_whose_result_changed_get_a_mail_and_once(gained_and_lost, regrade):
    job = regrade()
    regrading.regrade(job)  # the worker died and another went on
    assert [mail.to for mail in OutboxMail.objects.filter(key__startswith="attempt-regraded")] == [
        "learner@example.org"
    ]


def test_it_is_on_record_with_its_reason(gained_and_lost, regrade, cast):
    regrade()
    entry = AuditEntry.objects.get(action="assessments.regrade")
    assert entry.actor == cast.organiser
    assert (entry.data["reason"], entry.data["version"], entry.data["by"]) == ("The law changed.", 1, 2)
    assert entry.data["now_pass"] == 1


def test_the_result_shows_what_was_asked_and_what_is_right_now(client, gained_and_lost, regrade, learner):
    gained, _lost = gained_and_lost
    regrade()
    client.force_login(learner)
    html = client.get(reverse("attempt_result", args=[gained.key])).content.decode()
    assert "was corrected after it was asked" in html and "Corrected." in html
    assert html.count("Not right") == 0
    one = gained.questions.get(regraded_by__isnull=False)
    assert (one.version.number, one.regraded_by.number) == (1, 2)


def test_statistics_show_the_answers_that_graded_beside_the_points(gained_and_lost, question, regrade, quiz):
    for _ in range(4):
        took(quiz, "bab")
    AttemptQuestion.objects.filter(version=question.versions.first()).update(version=question.versions.last())
    regrade()
    answers = question_figures(question, Attempt.objects.graded(), Which.ALL, "en")
    (found,) = [one for one in answers if one.key]
    assert (found.version.number, found.key.number, found.anchor) == (1, 2, "version-1-by-2")
    assert {line.row.label: line.row.right for line in found.answers}["Choice b"] is True
    assert {line.row.label: line.row.right for line in found.answers}["Choice a"] is False
    rows = quiz_figures(quiz, Attempt.objects.graded(), Which.ALL, "en").questions
    assert "1, graded by 2" in [version_name(one) for one in rows]
    assert found.item.facility == next(one for one in rows if one.key).item.facility


def test_who_was_not_regraded_is_counted_by_the_answers_of_then(gained_and_lost, question, regrade, quiz, cast):
    took(quiz, "abb", learner=cast.organiser)
    AttemptQuestion.objects.filter(version=question.versions.first()).update(version=question.versions.last())
    regrade(actor=cast.organiser)
    keys = [one.key for one in question_figures(question, Attempt.objects.graded(), Which.ALL, "en")]
    assert len(keys) == 2 and keys[0] is None and keys[1].number == 2


def test_a_choice_that_the_key_has_no_more_is_neither_right_nor_wrong(quiz, question):
    for _ in range(5):
        took(quiz, "cab")
    body = {"choices": [{"id": id, "correct": id == "b"} for id in "ab"]}
    key = QuestionVersion.objects.create(question=question, number=2, type="single", body=body)
    AttemptQuestion.objects.filter(version__question=question).update(regraded_by=key)
    (found,) = question_figures(question, Attempt.objects.graded(), Which.ALL, "en")
    assert [(line.row.label, line.row.count, line.row.right) for line in found.answers][-1] == ("Choice c", 5, None)


def test_regrading_back_gives_the_old_results_again(begin, question, regrade, learner):
    attempt = answer_all(begin(), "b", question)
    correct(question)
    regrade()
    correct(question, right="a")
    regrade(key=question.versions.first(), keep_passed=False)
    attempt.refresh_from_db()
    assert (float(attempt.percent), attempt.passed) == (66.67, False)


def test_versions_must_fit_each_other(cast, question, begin):
    begin()
    other = factories.make_question().versions.get()
    mine = question.versions.get()
    for key in (mine, other):
        with pytest.raises(services.CannotRegrade):
            services.preview_regrade(actor=cast.organiser, version=mine, key=key)


@pytest.mark.parametrize("number", [2, 12])
def test_the_preview_takes_a_constant_number_of_queries(begin, cast, question, number, django_assert_max_num_queries):
    for _ in range(number):
        answer_all(begin(user=factories.UserFactory()), "b", question)
    correct(question)
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    with django_assert_max_num_queries(14):
        services.preview_regrade(**asked)
