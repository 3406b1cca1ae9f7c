"""Essays and files: handed in, marked by a person, released. Nobody marks themselves."""

from __future__ import annotations

import io
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
from PIL import Image

from core.models import AuditEntry
from institutions.models import Role
from institutions.services import grant_role
from jobs.models import OutboxMail
from modules.assessments import registry, services, signals
from modules.assessments.facts import best_grades
from modules.assessments.models import AnswerFile, Mark, QuizQuestion
from modules.assessments.types.marked import rubric_share
from modules.records.models import Event
from tests import factories

from .types.samples import BY_TYPE

BOTH = {"c1": "c1.2", "c2": "c2.2"}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def trainer(db):
    return factories.UserFactory(email="trainer@example.org")


@pytest.fixture
def may_mark(monkeypatch, trainer):
    """The room above lets the trainer mark everything, also what is their own."""
    monkeypatch.setattr(registry, "_markers", [lambda user: Q(pk__isnull=False) if user == trainer else Q(pk__in=[])])


@pytest.fixture
def ask(quiz):
    """Let the quiz ask one question of a type, and one that is graded by itself."""

    def asked(type: str, points: int = 2) -> Any:
        slot = quiz.slots.first()
        quiz.slots.exclude(pk=slot.pk).delete()
        QuizQuestion.objects.create(quiz=quiz, question=BY_TYPE[type].put().question, order=9, points=points)
        return quiz

    return asked


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


def test_a_mark_given_again_after_release_changes_the_result(handed_in, trainer, may_mark):
    attempt = handed_in()
    services.give_mark(actor=trainer, question=essay(attempt), levels={"c1": "c1.1", "c2": "c2.1"})
    services.release_marks(actor=trainer, attempt=attempt)
    assert (attempt.percent, attempt.passed) == (Decimal("33.33"), False)
    services.give_mark(actor=trainer, question=essay(attempt), levels=BOTH)
    services.release_marks(actor=trainer, attempt=attempt)
    assert (attempt.percent, attempt.passed) == (Decimal(100), True)
    with pytest.raises(services.CannotMark, match="no new mark"):
        services.release_marks(actor=trainer, attempt=attempt)


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


# --- files --------------------------------------------------------------------------------


def picture(format: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, format)
    return out.getvalue()


@pytest.fixture
def uploading(ask, begin, client, learner):
    ask("upload")
    client.force_login(learner)
    return begin()


def send(client: Any, attempt: Any, *files: tuple[str, bytes], act: str = "stay", kept: Any = ()) -> Any:
    question = essay(attempt)
    data: dict[str, Any] = {"act": act, "submission_key": str(uuid.uuid4()), f"q{question.pk}": list(kept)}
    data[f"q{question.pk}-new"] = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("attempt", args=[attempt.key]), data)


def answer_of(attempt: Any) -> Any:
    return attempt.questions.with_answers().get(version__type="upload").answer


def test_a_file_is_kept_privately_and_named_in_the_answer(client, uploading):
    assert send(client, uploading, ("terms.pdf", PDF)).status_code == 302
    kept = AnswerFile.objects.get()
    assert answer_of(uploading) == [str(kept.key)]
    assert kept.file.storage.location.endswith("private") and str(kept.key) in kept.file.name
    page = client.get(reverse("attempt", args=[uploading.key])).content.decode()
    assert "multipart/form-data" in page and "terms.pdf" in page
    reply = client.get(reverse("answer_file", args=[kept.key]))
    assert b"".join(reply.streaming_content) == PDF
    assert reply["Content-Disposition"] == 'attachment; filename="terms.pdf"'


def test_files_are_added_and_taken_back_up_to_the_number_allowed(client, uploading):
    send(client, uploading, ("one.pdf", PDF))
    one = answer_of(uploading)
    send(client, uploading, ("two.png", picture()), kept=one)
    both = answer_of(uploading)
    assert len(both) == 2 and both[:1] == one
    html = send(client, uploading, ("three.txt", b"Three"), kept=both).content.decode()
    assert "Hand in 2 files at most." in html
    assert answer_of(uploading) == both
    send(client, uploading, kept=both[1:])
    assert answer_of(uploading) == both[1:]
    send(client, uploading)
    assert answer_of(uploading) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("terms.exe", b"MZ", "accepted are"),
        ("terms.xlsx", b"PK", "accepted are"),  # a kind that this question does not take
        ("terms.pdf", b"not a PDF", "not what its name says"),
        ("map.png", b"\x89PNG\r\n\x1a\nbroken", "not what its name says"),
        ("map.png", picture("JPEG"), "not what its name says"),
        ("terms.txt", b"", "empty"),
        ("terms.txt", b"x" * (1024 * 1024 + 1), "too big"),
        ("page.txt", b"<html><script>", "not what its name says"),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_refused_by_name(client, uploading, name, content, said):
    html = send(client, uploading, (name, content)).content.decode()
    assert name in html and said in html
    assert not AnswerFile.objects.exists()


def test_not_endless_files_are_kept(client, uploading):
    for number in range(20):
        send(client, uploading, (f"{number}.txt", b"text"))
    assert "too many files" in send(client, uploading, ("more.txt", b"text")).content.decode()
    assert AnswerFile.objects.count() == 20


def test_the_file_of_another_cannot_be_named_or_read(client, uploading, begin, stranger, trainer, may_mark):
    send(client, uploading, ("terms.pdf", PDF))
    kept = AnswerFile.objects.get()
    other = begin(user=stranger)
    client.force_login(stranger)
    assert "does not belong" in send(client, other, kept=[str(kept.key)]).content.decode()
    url = reverse("answer_file", args=[kept.key])
    assert client.get(url).status_code == 404
    client.force_login(trainer)
    assert client.get(url).status_code == 404  # not handed in yet
    services.submit_attempt(actor=uploading.learner, attempt=uploading, submission_key=uuid.uuid4())
    assert client.get(url).status_code == 200
    client.logout()
    assert client.get(url).status_code == 302


def test_after_handing_in_no_file_is_taken(client, uploading, learner):
    question = essay(uploading)
    services.submit_attempt(actor=learner, attempt=uploading, submission_key=uuid.uuid4())
    with pytest.raises(services.AttemptOver):
        services.add_file(actor=learner, question=question, upload=SimpleUploadedFile("a.txt", b"x"))


def test_only_the_learner_adds_a_file(uploading, stranger):
    with pytest.raises(services.NotYourAttempt):
        services.add_file(actor=stranger, question=essay(uploading), upload=SimpleUploadedFile("a.txt", b"x"))


def test_a_question_without_files_takes_none(begin, learner):
    question = begin().questions.first()
    with pytest.raises(services.RefusedFile):
        services.add_file(actor=learner, question=question, upload=SimpleUploadedFile("a.txt", b"x"))
