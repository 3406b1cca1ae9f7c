"""Essays and files: handed in, marked by a person, released. Nobody marks themselves."""

from __future__ import annotations

import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from institutions.models import Role
from institutions.services import grant_role
from jobs.models import OutboxMail
from modules.assessments import registry, services, signals
from modules.assessments.facts import best_grades
from modules.assessments.models import Mark, QuizQuestion
from modules.assessments.types.marked import rubric_share
from modules.records.models import Event
from tests import factories

from .types.samples import BY_TYPE

BOTH = {"c1": "c1.2", "c2": "c2.2"}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def handed_in(ask, begin, learner):
    """An attempt with the choice right and the essay written."""

    def handed(text: str = "An essay.", user: Any = None) -> Any:
        ask("essay")
        attempt = begin(user=user)
        answers = {q.pk: ["a"] if q.version.type == "single" else text for q in attempt.questions.all()}
        services.save_answers(actor=attempt.learner, attempt=attempt, answers=answers)
        return services.submit_attempt(actor=attempt.learner, attempt=attempt, submission_key=uuid.uuid4())

    return handed


def essay(attempt: Any) -> Any:
    return attempt.questions.get(version__type__in=["essay", "upload"])


# --- the rubric ---------------------------------------------------------------------------


BODY = BY_TYPE["essay"].body


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (BOTH, 1),
        ({"c1": "c1.2", "c2": "c2.1"}, Fraction(3, 4)),
        ({"c1": "c1.1", "c2": "c2.2"}, Fraction(1, 4)),
        ({"c1": "c1.1", "c2": "c2.1"}, 0),
    ],
)
def test_levels_are_worth_their_points(levels, expected):
    assert rubric_share(BODY, levels) == expected


@pytest.mark.parametrize("levels", [{}, {"c1": "c1.2"}, {"c1": "c2.2", "c2": "c2.2"}, {**BOTH, "c3": "x"}])
def test_every_criterion_needs_one_of_its_levels(levels):
    with pytest.raises(ValueError):
        rubric_share(BODY, levels)


@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=4).filter(any), min_size=1, max_size=4), st.data())
def test_a_better_level_never_lowers_the_share(worth, data):
    body = {
        "criteria": [
            {"id": f"c{n}", "levels": [{"id": f"c{n}.{m}", "points": str(p)} for m, p in enumerate(sorted(points))]}
            for n, points in enumerate(worth)
        ]
    }
    given_levels = {f"c{n}": data.draw(st.integers(0, len(points) - 1)) for n, points in enumerate(worth)}
    name = {criterion: f"{criterion}.{level}" for criterion, level in given_levels.items()}
    share = rubric_share(body, name)
    assert 0 <= share <= 1
    better = {c: f"{c}.{min(level + 1, len(worth[int(c[1:])]) - 1)}" for c, level in given_levels.items()}
    assert rubric_share(body, better) >= share


# --- handing in and marking ---------------------------------------------------------------


def test_an_attempt_with_an_essay_waits_for_a_person(handed_in, learner):
    attempt = handed_in()
    assert (attempt.state, attempt.percent, attempt.passed) == ("submitted", None, None)
    assert essay(attempt).points is None
    assert attempt.questions.get(version__type="single").points == 1
    assert best_grades([learner.key], [attempt.quiz.item.parent_id]) == {}
    assert not Event.objects.filter(verb__in=[Event.Verb.PASSED, Event.Verb.FAILED]).exists()


def test_an_essay_left_empty_needs_nobody(handed_in):
    attempt = handed_in(text="  ")
    assert (attempt.state, attempt.percent) == ("graded", Decimal("33.33"))


def test_released_marks_make_the_result(handed_in, trainer, may_mark, learner):
    told = []
    signals.attempt_graded.connect(lambda sender, attempt, **kwargs: told.append(attempt.percent), weak=False)
    attempt = handed_in()
    mark = services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH, comment=" Well argued. ")
    attempt.refresh_from_db()
    assert (mark.points, mark.comment, mark.by, attempt.state) == (Decimal(2), "Well argued.", trainer, "submitted")
    assert services.release_marks(actor=trainer, attempt=attempt) == 1
    assert (attempt.state, attempt.percent, attempt.passed) == ("graded", Decimal(100), True)
    assert Event.objects.get(verb=Event.Verb.PASSED).actor_key == learner.key
    assert AuditEntry.objects.filter(action="assessments.release_marks", actor=trainer).exists()
    assert OutboxMail.objects.get(to=learner.email).subject.startswith("Your answers have been marked")


def test_a_mark_is_never_changed_and_the_newest_counts(handed_in, trainer, may_mark):
    attempt = handed_in()
    first = services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH)
    first.points = Decimal(0)
    with pytest.raises(TypeError):
        first.save()
    services.give_mark(actor=trainer, question=essay(attempt), levels={"c1": "c1.1", "c2": "c2.2"})
    services.release_marks(actor=trainer, attempt=attempt)
    assert essay(attempt).points == Decimal("0.50")
    assert [mark.released_at is not None for mark in Mark.objects.all()] == [False, True]


def test_a_mark_given_again_after_release_needs_a_reason_and_changes_the_result(handed_in, trainer, may_mark, learner):
    attempt = handed_in()
    services.give_mark(actor=trainer, question=essay(attempt), levels={"c1": "c1.1", "c2": "c2.1"})
    services.release_marks(actor=trainer, attempt=attempt)
    assert (attempt.percent, attempt.passed) == (Decimal("33.33"), False)
    with pytest.raises(services.InvalidMark, match="why"):
        services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH, reason=" ")
    services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH, reason="I had misread it.")
    entry = AuditEntry.objects.get(action="assessments.mark_again")
    assert entry.data == {
        "question": essay(attempt).order,
        "points": "2.00",
        "reason": "I had misread it.",
        "before": "0.00",
    }
    attempt.refresh_from_db()
    assert attempt.percent == Decimal("33.33")  # the learner sees the old mark until the new one is released
    services.release_marks(actor=trainer, attempt=attempt)
    assert (attempt.percent, attempt.passed) == (Decimal(100), True)
    assert OutboxMail.objects.filter(to=learner.email).count() == 2
    with pytest.raises(services.CannotMark, match="no new mark"):
        services.release_marks(actor=trainer, attempt=attempt)


def test_a_release_is_taken_back_with_a_reason_and_counts_nowhere_until_it_is_released_again(
    handed_in, trainer, may_mark, learner
):
    attempt = handed_in()
    services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH)
    with pytest.raises(services.CannotMark, match="released"):
        services.take_back_marks(actor=trainer, attempt=attempt, reason="The wrong one")
    services.release_marks(actor=trainer, attempt=attempt)
    module = attempt.quiz.item.parent_id
    assert best_grades([learner.key], [module])
    with pytest.raises(services.InvalidMark, match="reason"):
        services.take_back_marks(actor=trainer, attempt=attempt, reason=" ")
    services.take_back_marks(actor=trainer, attempt=attempt, reason="The wrong one")
    assert (attempt.state, attempt.percent, attempt.passed, attempt.points) == ("submitted", None, None, None)
    assert essay(attempt).points is None and best_grades([learner.key], [module]) == {}
    entry = AuditEntry.objects.get(action="assessments.take_back_marks")
    assert (entry.actor, entry.data["reason"], entry.data["percent"]) == (trainer, "The wrong one", "100.00")
    services.release_marks(actor=trainer, attempt=attempt)
    assert (attempt.percent, attempt.passed) == (Decimal(100), True)
    mails = [mail.subject for mail in OutboxMail.objects.filter(to=learner.email).order_by("pk")]
    assert [subject.partition(":")[0] for subject in mails] == [
        "Your answers have been marked",
        "Your result is looked at again",
        "Your answers have been marked",
    ]
    assert "The wrong one" not in OutboxMail.objects.filter(to=learner.email)[1].text


def test_only_who_may_mark_takes_a_release_back(handed_in, trainer, may_mark, learner, stranger):
    attempt = handed_in()
    services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH)
    services.release_marks(actor=trainer, attempt=attempt)
    for who in (learner, stranger):
        with pytest.raises(services.CannotMark):
            services.take_back_marks(actor=who, attempt=attempt, reason="Please")
    assert Mark.objects.get().released_at


def test_a_result_is_released_as_a_whole(quiz, ask, begin, learner, trainer, may_mark):
    ask("essay")
    QuizQuestion.objects.create(quiz=quiz, question=BY_TYPE["upload"].put().question, order=10)
    attempt = begin()
    answers = {q.pk: "An essay." for q in attempt.questions.filter(version__type="essay")}
    upload = attempt.questions.get(version__type="upload")
    kept = services.add_file(actor=learner, question=upload, upload=SimpleUploadedFile("a.txt", b"x"))
    services.save_answers(actor=learner, attempt=attempt, answers={**answers, upload.pk: [str(kept.key)]})
    services.submit_attempt(actor=learner, attempt=attempt, submission_key=uuid.uuid4())
    services.give_mark(actor=trainer, question=attempt.questions.get(version__type="essay"), levels=BOTH)
    with pytest.raises(services.CannotMark, match="still to be marked"):
        services.release_marks(actor=trainer, attempt=attempt)
    assert services.release_several(actor=trainer, attempts=[attempt]) == 0
    services.give_mark(actor=trainer, question=upload, levels={"c1": "c1.2"})
    assert services.release_marks(actor=trainer, attempt=attempt) == 2


def test_two_who_mark_at_once_overwrite_nothing_unseen(handed_in, trainer, may_mark, monkeypatch):
    attempt = handed_in()
    other = factories.UserFactory(name="The other")
    monkeypatch.setattr(registry, "_markers", [lambda user: Q(pk__isnull=False)])
    first = services.give_mark(actor=other, question=essay(attempt), levels=BOTH, comment="Good.", seen=0)
    mine = {"levels": {"c1": "c1.1", "c2": "c2.1"}, "comment": "Weak."}
    with pytest.raises(services.MarkedMeanwhile, match="The other gave this answer 2 points"):
        services.give_mark(actor=trainer, question=essay(attempt), seen=0, **mine)
    second = services.give_mark(actor=trainer, question=essay(attempt), seen=first.pk, **mine)
    again = services.give_mark(actor=trainer, question=essay(attempt), seen=first.pk, **mine)  # a double click
    assert again == second and Mark.objects.count() == 2


def test_nobody_marks_their_own_answers(handed_in, trainer, may_mark):
    attempt = handed_in(user=trainer)
    with pytest.raises(services.CannotMark, match="their own"):
        services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH)
    with pytest.raises(services.CannotMark, match="their own"):
        services.release_marks(actor=trainer, attempt=attempt)
    assert not Mark.objects.exists()


def test_who_may_not_mark_is_refused(handed_in, stranger, may_mark):
    attempt = handed_in()
    with pytest.raises(services.CannotMark, match="by others"):
        services.give_mark(actor=stranger, question=essay(attempt), levels=BOTH)


def test_organisers_mark_those_who_learn_a_module_of_theirs_on_their_own_and_no_others(handed_in, stranger, context):
    attempt = handed_in()
    course = factories.CourseFactory()
    grant_role(actor=None, user=stranger, role=Role.ORGANISER, programme=course.programme)
    with pytest.raises(services.CannotMark):
        services.give_mark(actor=stranger, question=essay(attempt), levels=BOTH)
    course.syllabus.create(kind="module", item=attempt.quiz.item.parent)
    assert services.give_mark(actor=stranger, question=essay(attempt), levels=BOTH)
    attempt.context = "enrolment:1"
    attempt.save()
    with pytest.raises(services.CannotMark):
        services.give_mark(actor=stranger, question=essay(attempt), levels=BOTH)


def test_an_open_attempt_and_a_question_graded_by_itself_are_not_marked(handed_in, begin, ask, trainer, may_mark):
    attempt = handed_in()
    with pytest.raises(services.CannotMark, match="graded by itself"):
        services.give_mark(actor=trainer, question=attempt.questions.get(version__type="single"), points=Decimal(1))
    with pytest.raises(services.CannotMark, match="not been handed in"):
        services.give_mark(actor=trainer, question=essay(begin()), levels=BOTH)


@pytest.mark.parametrize("levels", [None, {}, {"c1": "c1.2"}, {"c1": "nonsense", "c2": "c2.2"}])
def test_a_mark_needs_the_levels_of_the_rubric(handed_in, trainer, may_mark, levels):
    with pytest.raises(services.InvalidMark, match="every criterion"):
        services.give_mark(actor=trainer, question=essay(handed_in()), levels=levels, points=Decimal(2))


@pytest.mark.parametrize("points", [None, Decimal("-1"), Decimal("2.01")])
def test_without_a_rubric_the_points_stay_within_the_question(handed_in, trainer, may_mark, points):
    attempt = handed_in()
    essay(attempt).version.question.versions.update(body={})
    with pytest.raises(services.InvalidMark, match="0 to 2"):
        services.give_mark(actor=trainer, question=essay(attempt), points=points)
    assert services.give_mark(actor=trainer, question=essay(attempt), points=Decimal("1.5")).points == Decimal("1.5")


# --- what the learner sees ----------------------------------------------------------------


def test_the_learner_sees_that_it_waits_then_level_and_comment(handed_in, trainer, may_mark, client, learner):
    attempt = handed_in("Consent <b>first</b>.")
    client.force_login(learner)
    url = reverse("attempt_result", args=[attempt.key])
    services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH, comment="Well <i>argued</i>.")
    html = client.get(url).content.decode()
    assert "A trainer marks 1 of your answers." in html and "A trainer will mark this answer" in html
    assert "argued" not in html and "Not passed" not in html
    assert "Being marked" in client.get(reverse("quiz", args=[attempt.quiz.item.key])).content.decode()
    services.release_marks(actor=trainer, attempt=attempt)
    html = client.get(url).content.decode()
    assert "Well &lt;i&gt;argued&lt;/i&gt;." in html and "Consent &lt;b&gt;first&lt;/b&gt;." in html
    assert html.count("Given") == 2
    assert "You reached 100 %" in html
