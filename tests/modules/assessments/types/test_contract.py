"""What every type keeps, tried with one question of each."""

from __future__ import annotations

import inspect
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file

from core.permissions import synchronise_groups
from institutions.models import Role
from institutions.services import grant_role
from media.models import CampusImage
from modules.assessments import types
from modules.assessments.models import Question, QuizQuestion
from modules.assessments.services import start_attempt
from modules.assessments.types import TYPES
from modules.assessments.types.base import InvalidQuestion, UnknownAnswer
from modules.assessments.types.choice import Choice
from modules.records.models import Item
from tests import factories

from .samples import SAMPLES, Sample, names

every = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.type)
graded = pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if not one.kind.marked_by_person], ids=lambda sample: sample.type
)

typed = pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if not one.kind.takes_files], ids=lambda sample: sample.type
)


def test_there_is_a_sample_of_every_type():
    assert [sample.type for sample in SAMPLES] == [kind.name for kind in TYPES]


def test_a_type_is_found_by_its_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "scale").mkdir()
    (tmp_path / "scale/__init__.py").write_text(
        "from modules.assessments.types.short_answer import ShortAnswer\n\n"
        "class Scale(ShortAnswer):\n    name = 'scale'\n    label = 'Scale'\n    place = 75\n"
    )
    monkeypatch.setattr(types, "__path__", [*types.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "modules.assessments.types.scale", raising=False)
    found = {kind.name: kind for kind in types.found()}
    assert list(found) == [kind.name for kind in [*TYPES[:7], found["scale"], *TYPES[7:]]]
    assert found["scale"].template_name == "types/scale/fields.html"


@every
def test_all_that_a_type_consists_of_lies_among_the_types(sample: Sample):
    room = Path(types.__file__).parent
    template = get_template(sample.kind.template_name).origin.name
    files = [inspect.getfile(sample.kind.form_class()), template]
    files += [finders.find(sample.kind.script)] if sample.kind.script else []
    assert all(Path(file).is_relative_to(room) for file in files)


@every
def test_an_author_may_ask_it_in_both_languages(sample: Sample):
    for words in sample.content.words.values():
        sample.kind.check(sample.body, words)


@every
def test_nothing_given_is_no_answer_and_earns_nothing(sample: Sample):
    forms = [{}] if isinstance(sample.kind, Choice) else [{}, dict.fromkeys(sample.right, "")]
    for empty in map(sample.parse, forms):
        assert not empty
        assert sample.kind.grade(sample.content, empty) == 0
        assert sample.kind.answer_text(sample.content, empty, "en") == ""
    assert sample.kind.grade(sample.content, None) == 0


@graded
def test_right_earns_everything_and_wrong_nothing(sample: Sample):
    assert sample.grade(sample.right) == 1
    assert sample.grade(sample.wrong) == 0


@every
def test_an_answer_has_one_form_and_is_kept_as_json(sample: Sample):
    answer = sample.parse(sample.right)
    assert sample.kind.clean(sample.content, json.loads(json.dumps(answer))) == answer


@every
@pytest.mark.parametrize("wrong", [5, True, {"unknown": "x"}, ["unknown"], [["a"]], {"a": ["b"]}, "x" * 100_000])
def test_what_is_not_offered_is_refused_and_never_an_error(sample: Sample, wrong: Any):
    try:
        answer = sample.kind.clean(sample.content, wrong)
    except UnknownAnswer:
        return
    assert sample.kind.grade(sample.content, answer) == 0


@every
def test_the_card_gives_nothing_away_before_it_is_graded(sample: Sample):
    answer = sample.parse(sample.wrong)
    shown = sample.kind.card(sample.content, answer, language="en", seed=3, graded=False)
    told = json.dumps(shown, default=str)
    feedback = [part["feedback"] for part in sample.parts.values() if part.get("feedback")]
    assert not any(text in told for text in feedback)
    assert '"correct": true' not in told and '"correct": false' not in told
    shown = sample.kind.card(sample.content, sample.parse(sample.right), language="en", seed=3, graded=True)
    assert not feedback or any(text in json.dumps(shown, default=str) for text in feedback)


@every
def test_an_answer_reads_as_text(sample: Sample):
    assert sample.kind.answer_text(sample.content, sample.parse(sample.right), "en")


@graded
def test_the_statistics_tell_right_from_wrong(sample: Sample):
    right, wrong = sample.parse(sample.right), sample.parse(sample.wrong)
    rows = sample.kind.statistics(sample.content, [right, right, wrong, None], "en")
    assert any(row.right and row.count == 2 and row.share * 2 == 1 for row in rows)
    assert any(row.right is False and row.count == 1 for row in rows)
    assert all(0 <= row.share <= 1 for row in rows)
    assert all(row.count == 0 == row.share for row in sample.kind.statistics(sample.content, [], "en"))


@every
@pytest.mark.parametrize("body", [{}, {"choices": []}, {"items": [], "targets": []}, {"answers": []}, {"gaps": []}])
def test_an_empty_body_is_refused_in_words(sample: Sample, body: Any):
    if sample.kind.marked_by_person:
        return
    with pytest.raises(InvalidQuestion):
        sample.kind.check(body, sample.content.words["en"])


# --- the real form, without script --------------------------------------------------------


@pytest.fixture
def asked(db, client):
    """An attempt at a quiz of this one question; the learner is signed in."""

    def begun(sample: Sample, language: str = "en") -> Any:
        make_picture()
        learner = factories.UserFactory(email="learner@example.org")
        client.force_login(learner)
        module = factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": "A module"})
        quiz = factories.QuizFactory(item__parent=module, item__titles={"en": "A quiz"})
        version = sample.put()
        sample.put(language="ar")
        quiz.slots.all().delete()
        QuizQuestion.objects.create(quiz=quiz, question=version.question)
        return start_attempt(actor=learner, quiz=quiz, language=language)

    return begun


def make_picture() -> Any:
    """The picture that the sample of a hotspot names."""
    return CampusImage.objects.create(
        pk=1, title="Sack", file=get_test_image_file(size=(100, 90)), width=100, height=90
    )


def controls(html: str) -> set[str]:
    """The names of the answer's fields in a page."""
    return set(re.findall(r'<(?:input|select|textarea)[^>]*\sname="(q\d[^"]*)"', html))


@graded
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_answered_without_script(sample: Sample, asked, client, language):
    attempt = asked(sample, language)
    question = attempt.questions.get()
    url = f"/{language}/attempts/{attempt.key}/"
    given = names(sample.right, f"q{question.pk}")
    html = client.get(url).content.decode()
    assert set(given) <= controls(html)
    assert not re.search(r' (style|on\w+)="', html.split("<main")[1])
    form = {"submission_key": str(uuid.uuid4()), **given}
    assert client.post(url, {**form, "act": "save"}).status_code == 302
    again = client.get(url).content.decode()
    assert html != again
    response = client.post(url, {**form, "act": "hand_in"})
    assert response.url == f"{url}result/"
    attempt.refresh_from_db()
    assert attempt.percent == 100
    result = client.get(response.url).content.decode()
    assert all(" disabled" in field for field in re.findall(r'<(?:input|select|textarea)[^>]*name="q\d[^>]*>', result))


@typed
@pytest.mark.django_db
def test_it_is_saved_as_it_is_given(sample: Sample, asked, client):
    attempt = asked(sample)
    question = attempt.questions.get()
    body = {"question": question.pk, "key": uuid.uuid4().hex, **names(sample.right, f"q{question.pk}")}
    reply = client.post(reverse("attempt_save", args=[attempt.key]), body)
    assert reply.json()["saved"] is True
    assert attempt.questions.with_answers().get().answer == sample.parse(sample.right)


@graded
@pytest.mark.django_db
def test_a_wrong_answer_is_shown_with_what_was_right(sample: Sample, asked, client):
    attempt = asked(sample)
    question = attempt.questions.get()
    form = {"submission_key": str(uuid.uuid4()), "act": "hand_in", **names(sample.wrong, f"q{question.pk}")}
    html = client.post(f"/en/attempts/{attempt.key}/", form, follow=True).content.decode()
    assert "Not right" in html
    assert re.search("Correct answer|Right answer|Right place", html)


# --- the author's form --------------------------------------------------------------------


@pytest.fixture
def editor(db, client):
    synchronise_groups()
    make_picture()
    user = factories.UserFactory(email="editor@example.org")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    client.force_login(user)
    return user


def as_posted(form: Any) -> dict[str, Any]:
    """What a browser would send of an author's form that nobody touched."""
    found = {}
    for name, declared in form.fields.items():
        value = form[name].value()
        if declared.__class__.__name__ == "BooleanField":
            found |= {name: "on"} if value else {}
        elif value is not None and not declared.disabled:
            found[name] = str(value)
    return found


@every
def test_an_author_opens_and_saves_it_unchanged(sample: Sample, editor, client):
    version = sample.put()
    url = reverse("questions:edit", args=[version.question.pk])
    page = client.get(url)
    assert page.status_code == 200
    sent = as_posted(page.context["form"])
    response = client.post(url, sent)
    assert response.status_code == 302, response.context["form"].errors
    assert version.question.versions.count() == 1
    after = version.question.versions.get()
    english = after.texts.get(language="en")
    assert after.kind.grade(sample.content, sample.parse(sample.right)) == sample.kind.grade(
        sample.content, sample.parse(sample.right)
    )
    assert {id: part.get("text", "") for id, part in english.parts.items() if part.get("text")} == {
        id: part["text"] for id, part in sample.parts.items() if part.get("text")
    }


@every
def test_an_author_writes_it_anew(sample: Sample, editor, client):
    """What the form shows of a question, sent as a new one, makes the same question."""
    held = client.get(reverse("questions:edit", args=[sample.put().question.pk])).context["form"]
    form = as_posted(held) | {"key": "written-anew", "language": "en", "type": sample.type}
    page = client.get(reverse("questions:add") + f"?type={sample.type}")
    assert page.context["form"].initial["type"] == sample.type
    response = client.post(reverse("questions:add"), form)
    assert response.status_code == 302, response.context["form"].errors
    version = Question.objects.get(key="written-anew").versions.get()
    assert version.type == sample.type
    original = Question.objects.exclude(key="written-anew").get().versions.get()
    assert len(version.texts.get().parts) == len(original.texts.get(language="en").parts)


@every
def test_a_translator_writes_words_only(sample: Sample, editor, client):
    version = sample.put()
    sample.put(language="ar")
    url = reverse("questions:edit", args=[version.question.pk]) + "?language=ar"
    sent = as_posted(client.get(url).context["form"])
    response = client.post(url, sent | {"language": "ar"})
    assert response.status_code == 302, response.context["form"].errors
    version.refresh_from_db()
    assert version.body == sample.body
    kept = version.texts.get(language="ar").parts
    assert {id: part["text"] for id, part in kept.items() if part.get("text")} == sample.arabic


@every
def test_an_author_who_leaves_everything_empty_keeps_the_form(sample: Sample, editor, client):
    form = {"key": "x", "language": "en", "type": sample.type, "text": "", "unit": "none"}
    response = client.post(reverse("questions:add"), form)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert response.context["form"]["type"].value() == sample.type
