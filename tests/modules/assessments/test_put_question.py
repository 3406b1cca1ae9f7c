"""Writing questions: what somebody was asked is never changed."""

from __future__ import annotations

import pytest

from core.models import AuditEntry
from modules.assessments.models import Question
from modules.assessments.services import InvalidQuestion, put_question
from tests import factories

pytestmark = pytest.mark.django_db


def choices(right: str = "a", ids: str = "ab", word: str = "Choice") -> list[dict]:
    return [{"id": i, "text": f"{word} {i}", "correct": i in right, "feedback": f"About {i}"} for i in ids]


def put(**changes):
    values = {
        "actor": None,
        "key": "abs-q1",
        "type": "single",
        "language": "en",
        "text": "<p>Which?</p>",
        "feedback": "<p>In general.</p>",
        "choices": choices(),
        "source_language": "en",
    }
    return put_question(**{**values, **changes})


def ask(version) -> None:
    """Somebody is asked this version."""
    from modules.assessments.models import Attempt, AttemptQuestion

    user = factories.UserFactory()
    attempt = Attempt.objects.create(
        quiz=factories.QuizFactory(), learner=user, learner_key=user.key, number=1, seed=1, language="en"
    )
    AttemptQuestion.objects.create(attempt=attempt, version=version, order=0)


def test_the_first_call_makes_question_version_and_words():
    version = put()
    assert (version.question.key, version.number, version.question.source_language) == ("abs-q1", 1, "en")
    assert version.body == {"choices": [{"id": "a", "correct": True}, {"id": "b", "correct": False}]}
    assert version.text_in("en").parts["b"] == {"text": "Choice b", "feedback": "About b"}


def test_writing_the_same_again_changes_nothing():
    first = put()
    entries = AuditEntry.objects.count()
    assert put() == first
    assert (first.texts.count(), AuditEntry.objects.count()) == (1, entries)


def test_a_new_language_joins_the_newest_version_even_when_it_was_asked():
    version = put()
    ask(version)
    assert put(language="fr", text="<p>Lequel ?</p>", choices=choices(word="Choix")) == version
    assert version.text_in("fr").text == "<p>Lequel ?</p>"


def test_words_nobody_was_asked_are_replaced():
    version = put()
    assert put(text="<p>Which one?</p>") == version
    assert version.text_in("en").text == "<p>Which one?</p>"


def test_words_that_somebody_was_asked_stay_and_a_new_version_takes_over_the_other_languages():
    version = put()
    put(language="fr", text="<p>Lequel ?</p>")
    ask(version)
    newer = put(text="<p>Which one?</p>")
    assert (newer.number, newer.text_in("en").text, newer.text_in("fr").text) == (
        2,
        "<p>Which one?</p>",
        "<p>Lequel ?</p>",
    )
    assert version.text_in("en").text == "<p>Which?</p>"


@pytest.mark.parametrize(
    "change", [{"choices": choices(right="b")}, {"choices": choices(ids="abc")}, {"type": "truefalse"}]
)
def test_other_choices_make_a_new_version(change):
    version = put()
    newer = put(**change)
    assert newer.number == 2
    version.refresh_from_db()
    assert version.body == {"choices": [{"id": "a", "correct": True}, {"id": "b", "correct": False}]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"type": "riddle"}, "type of question"),
        ({"language": "xx"}, "language"),
        ({"text": "  "}, "Write the question"),
        ({"choices": choices(ids="a")}, "two choices or more"),
        ({"choices": [*choices(ids="a"), *choices(ids="a")]}, "two choices or more"),
        ({"choices": choices(right="")}, "one choice, and only one"),
        ({"choices": choices(right="ab")}, "one choice, and only one"),
        ({"type": "multiple", "choices": choices(right="")}, "at least one choice"),
        ({"type": "truefalse", "choices": choices(ids="abc")}, "two choices"),
        ({"choices": [{**choice, "text": " "} for choice in choices()]}, "every choice"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(wrong, said):
    with pytest.raises(InvalidQuestion, match=said):
        put(**wrong)
    assert not Question.objects.exists()


def test_the_author_is_kept():
    user = factories.UserFactory()
    assert put(actor=user).created_by == user
    assert AuditEntry.objects.get(action="assessments.create_question").actor == user
