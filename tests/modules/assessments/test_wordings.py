"""A wording that the original accepts no more is accepted in no translation either."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.permissions import synchronise_groups
from modules.assessments import services
from modules.assessments.models import Attempt, AttemptQuestion, Question
from modules.assessments.services import put_question
from modules.assessments.types import type_of
from modules.assessments.wordings import followed
from modules.assessments.words import content_of
from tests import factories

pytestmark = pytest.mark.django_db


def parts(**lines: str) -> dict[str, dict[str, str]]:
    return {id.removeprefix("gap_"): {"text": text} for id, text in lines.items()}


@pytest.mark.parametrize(
    ("before", "after", "translation", "left"),
    [
        ("2014", "2010", "2014", "2010"),
        ("2014", "2010", "٢٠١٤", "2010"),  # as the type compares them
        ("2014\nMAT", "2014", "mat\nCCCA", "CCCA"),
        ("2014", "2010", "deux mille quatorze", "deux mille quatorze"),
        ("2014", "2014\n2010", "2014", "2014"),
        ("MAT", "mat", "Mat", "Mat"),
        ("2014", "2010", "", ""),
    ],
)
def test_a_translation_follows_the_original(before, after, translation, left):
    kind, body = type_of("short_answer"), {"answers": [{"id": "a"}]}
    assert followed(kind, body, parts(a=before), parts(a=after), parts(a=translation)) == parts(a=left)


def test_where_capital_letters_matter_they_tell_wordings_apart():
    kind, body = type_of("short_answer"), {"answers": [{"id": "a"}], "case": True}
    assert followed(kind, body, parts(a="MAT"), parts(a="mat"), parts(a="MAT\nMat")) == parts(a="Mat")


def test_choices_and_feedback_are_left_as_they_are():
    kind = type_of("gaps")
    body = {"gaps": [{"id": "1"}, {"id": "2", "choices": ["a", "b"], "right": "a"}]}
    own = {"1": {"text": "2014", "feedback": "Lisez."}, "2.a": {"text": "yes"}}
    found = followed(kind, body, {"1": {"text": "2014"}, "2.a": {"text": "yes"}}, {"1": {"text": "2010"}}, own)
    assert found == {"1": {"text": "2010", "feedback": "Lisez."}, "2.a": {"text": "yes"}}


TYPES = {
    "short_answer": ({"answers": [{"id": "1"}]}, "When?", "1", "2014", "2010", lambda typed: typed),
    "gaps": ({"gaps": [{"id": "1"}]}, "In [[1]].", "1", "2014", "2010", lambda typed: {"1": typed}),
    "numeric": (
        {"answers": [{"id": "a", "value": "5"}], "unit": "required", "units": [{"id": "u", "factor": "1"}]},
        "How much?",
        "u",
        "lb",
        "kg",
        lambda typed: {"number": f"5 {typed}"},
    ),
}


def put(type: str, wording: str, language: str = "en", **more):
    body, text, part, *_rest = TYPES[type]
    return put_question(
        actor=None,
        key="when",
        type=type,
        language=language,
        text=text,
        body=body,
        parts={part: {"text": wording}},
        **more,
    )


def ask(version) -> None:
    """Somebody is asked this version."""
    user = factories.UserFactory()
    attempt = Attempt.objects.create(
        quiz=factories.QuizFactory(), learner=user, learner_key=user.key, number=1, seed=1, language="en"
    )
    AttemptQuestion.objects.create(attempt=attempt, version=version, order=0)


def share(version, type: str, typed: str) -> int:
    fresh = version.question.versions.prefetch_related("texts").get(pk=version.pk)
    return version.kind.grade(content_of(fresh), TYPES[type][5](typed))


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("asked", [True, False])
def test_a_wrong_wording_that_is_corrected_earns_nothing_in_any_language(type, asked):
    _body, _text, _part, wrong, right, _answer = TYPES[type]
    first = put(type, wrong)
    put(type, wrong, "fr")
    if asked:
        ask(first)
    newer = put(type, right)
    assert newer.number == (2 if asked else 1)
    assert (share(newer, type, wrong), share(newer, type, right)) == (0, 1)
    assert content_of(newer).in_language("fr", newer.kind.needed(newer.body)).language == "fr"
    if asked:
        assert share(first, type, wrong) == 1  # what was asked stays what it was


def test_what_a_translator_takes_out_stays_in_the_original():
    put("short_answer", "2014")
    put("short_answer", "2014\nMAT", "fr")
    version = put("short_answer", "MAT", "fr")
    assert version.text_in("en").parts["1"]["text"] == "2014"


def test_a_correction_is_graded_again_without_what_translations_held(begin, quiz, learner):
    first = put("short_answer", "2014")
    put("short_answer", "2014", "fr")
    services.add_questions(actor=None, quiz=quiz, questions=[first.question])
    attempt = begin()
    asked = attempt.questions.get(version=first)
    newer = put("short_answer", "2010")
    services.save_answers(actor=learner, attempt=attempt, answers={asked.pk: "2014"})
    AttemptQuestion.objects.filter(pk=asked.pk).update(regraded_by=newer)
    services.submit_attempt(actor=learner, attempt=attempt, submission_key=attempt.key)
    asked.refresh_from_db()
    assert asked.points == 0


def test_the_author_reads_which_languages_lost_what(client, cast):
    synchronise_groups()
    put("short_answer", "2014")
    version = put("short_answer", "2014\n2015", "fr")
    ask(version)
    client.force_login(cast.editor)
    form = {
        "language": "en",
        "type": "short_answer",
        "name": "When",
        "text": "When?",
        "text_1": "2010",
        "weight_1": "1",
    }
    url = reverse("questions:edit", args=[version.question.pk])
    html = client.post(url, form, follow=True).content.decode()
    assert "Not accepted in français any more either: 2014. Look at the translation." in html
    assert Question.objects.get(key="when").versions.first().text_in("fr").parts["1"]["text"] == "2015"
    assert "any more either" not in client.post(url, form | {"text_1": "2010\n2011"}, follow=True).content.decode()
