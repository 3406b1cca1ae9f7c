"""Regrading: previewed, explained, on record; nobody loses a pass unless that is wanted."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from jobs.models import Job, OutboxMail
from modules.assessments import services
from modules.assessments.models import Attempt, Question
from modules.assessments.regrading import outcome, summary
from modules.assessments.services import regrading
from tests import factories


def points(*numbers: float) -> list[Decimal]:
    return [Decimal(str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("old", "new", "keep", "after", "passed", "kept"),
    [
        ((1, 0), (1, 1), True, 100, True, False),
        ((1, 1), (1, 0), True, 100, True, True),
        ((1, 1), (1, 0), False, 50, False, False),
        ((1, 0), (0, 0), True, 0, False, False),
        ((1, 1), (1, 1), True, 100, True, False),
    ],
)
def test_who_passed_keeps_what_they_had_unless_wanted_otherwise(old, new, keep, after, passed, kept):
    found = outcome(points(*old), points(*new), points(1, 1), pass_mark=80, keep_passed=keep)
    assert (found.after, found.passed, found.kept) == (after, passed, kept)


marks = st.lists(st.tuples(*[st.decimals(0, 1, places=2)] * 2), min_size=1, max_size=6)


@given(st.lists(marks, max_size=8), st.integers(0, 100))
def test_nobody_who_passed_fails_where_passes_are_kept(attempts, pass_mark):
    some = [
        outcome(
            [old for old, _new in one],
            [new for _old, new in one],
            points(*[1] * len(one)),
            pass_mark=pass_mark,
            keep_passed=True,
        )
        for one in attempts
    ]
    counts = summary(some)
    assert counts.no_longer_pass == 0
    assert counts.gain + counts.lose + counts.kept <= counts.attempts == len(attempts)


# --- the act ------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(quiz) -> Question:
    return quiz.slots.first().question


def correct(question: Question, right: str = "b"):
    """An editor finds out that another choice is right: a new version."""
    return services.put_question(
        actor=None,
        key=question.key,
        type="single",
        language="en",
        text=f"<p>Question {question.pk}?</p>",
        feedback="<p>Corrected.</p>",
        choices=[{"id": id, "text": f"Choice {id}", "correct": id == right} for id in "abc"],
    )


def answer_all(attempt, first: str, question: Question) -> Attempt:
    answers = {
        one.pk: [first if one.version.question_id == question.pk else "a"]
        for one in attempt.questions.select_related("version")
    }
    services.save_answers(actor=attempt.learner, attempt=attempt, answers=answers)
    return services.submit_attempt(actor=attempt.learner, attempt=attempt, submission_key=uuid.uuid4())


@pytest.fixture
def regrade(cast, question):
    """Regrade by the newest version, as the organiser does, and let the worker do it."""

    def done(actor=None, **fields) -> Job:
        asked = {"version": question.versions.last(), "key": question.versions.first(), "reason": "The law changed."}
        job = services.start_regrade(actor=actor or cast.organiser, **asked | fields)
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
        job.refresh_from_db()
        regrading.regrade(job)
        return job

    return done


@pytest.fixture
def gained_and_lost(begin, question, learner, stranger):
    """The learner chose what is right now, the stranger what was right then."""
    gained = answer_all(begin(), "b", question)
    lost = answer_all(begin(user=stranger), "a", question)
    assert (gained.passed, lost.passed) == (False, True)
    correct(question)
    return gained, lost


@pytest.fixture
def learner(cast):
    return cast.learner


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


def test_an_attempt_that_is_running_is_graded_by_the_corrected_answers(begin, question, regrade, answer):
    attempt = begin()
    correct(question)
    regrade()
    assert answer_all(attempt, "b", question).percent == 100


def test_nobody_regrades_their_own_attempts(begin, question, cast, regrade):
    own = answer_all(begin(user=cast.organiser), "b", question)
    correct(question)
    regrade()
    own.refresh_from_db()
    assert own.passed is False


def test_regrading_back_gives_the_old_results_again(begin, question, regrade, learner):
    attempt = answer_all(begin(), "b", question)
    correct(question)
    regrade()
    correct(question, right="a")
    regrade(key=question.versions.first(), keep_passed=False)
    attempt.refresh_from_db()
    assert (float(attempt.percent), attempt.passed) == (66.67, False)


@pytest.mark.parametrize("who", ["learner", "trainer", "focal_point"])
def test_only_organisers_regrade(client, gained_and_lost, cast, question, who):
    with pytest.raises(services.CannotRegrade):
        services.preview_regrade(
            actor=getattr(cast, who), version=question.versions.last(), key=question.versions.first()
        )
    client.force_login(getattr(cast, who))
    assert client.get(reverse("questions:regrade", args=[question.pk])).status_code in (302, 403, 404)


def test_versions_must_fit_each_other(cast, question, begin):
    begin()
    other = factories.make_question().versions.get()
    mine = question.versions.get()
    for key in (mine, other):
        with pytest.raises(services.CannotRegrade):
            services.preview_regrade(actor=cast.organiser, version=mine, key=key)


# --- the screen ---------------------------------------------------------------------------


@pytest.fixture
def groups(db):
    from core.permissions import synchronise_groups

    synchronise_groups()


def test_the_screen_shows_the_preview_first_and_then_acts(client, groups, gained_and_lost, cast, question):
    client.force_login(cast.organiser)
    url = reverse("questions:regrade", args=[question.pk])
    assert "Show what will change" in client.get(url).content.decode()
    form = {"version": question.versions.last().pk, "key": question.versions.first().pk, "reason": "The law changed."}
    html = client.post(url, form | {"act": "preview"}).content.decode()
    assert "Regrade now" in html and "Had passed and keep their points" in html
    assert not Job.objects.exists()
    assert "This field is required." in client.post(url, form | {"act": "confirm", "reason": ""}).content.decode()
    response = client.post(url, form | {"act": "confirm"})
    assert response.url == reverse("job_status", args=[Job.objects.get().key])


def test_a_question_with_one_version_has_nothing_to_grade_by(client, groups, cast, question):
    client.force_login(cast.organiser)
    assert "only one version" in client.get(reverse("questions:regrade", args=[question.pk])).content.decode()


@pytest.mark.parametrize("number", [2, 12])
def test_the_preview_takes_a_constant_number_of_queries(begin, cast, question, number, django_assert_max_num_queries):
    for _ in range(number):
        answer_all(begin(user=factories.UserFactory()), "b", question)
    correct(question)
    asked = {"actor": cast.organiser, "version": question.versions.last(), "key": question.versions.first()}
    with django_assert_max_num_queries(14):
        services.preview_regrade(**asked)
