"""Trying a quiz or a question out: the same questions, answers and grades as for a learner, and nothing is kept."""

from __future__ import annotations

import re
import uuid

import pytest
from django.apps import apps
from django.urls import reverse

from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.services import put_question, put_quiz
from modules.records.models import Item
from tests import factories
from tests.modules import content

pytestmark = pytest.mark.django_db

WRITES = ("records.Event", "core.AuditEntry", "jobs.Job", "jobs.OutboxMail", "lessons.LessonProgress")


def rows() -> dict[str, int]:
    """How many rows each table has in which learning, or an act, would leave a trace."""
    models = [*apps.get_app_config("assessments").get_models(), *map(apps.get_model, WRITES)]
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.fixture
def editor(db):
    user = factories.UserFactory(email="editor@example.org")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    return user


@pytest.fixture
def kept(quiz, editor):
    """Fails the test if anything was written meanwhile."""
    before = rows()
    yield
    assert rows() == before


@pytest.fixture
def trying(client, editor, quiz):
    """Open the quiz to try, and press its buttons: the form as it stands with other answers."""
    client.force_login(editor)
    url = reverse("quiz_try", args=[quiz.item.key])

    class Trying:
        html = client.get(url).content.decode()

        def press(self, act, **answers):
            fields = re.findall(r'<input type="hidden" name="(seed|checked|q[\w-]+)" value="(.*?)"', self.html)
            data: dict[str, list[str]] = {"act": [act]}
            for name, value in [*fields, *answers.items()]:
                data.setdefault(name, []).append(value)
            self.html = client.post(url, data).content.decode()
            return self.html

        @property
        def names(self):
            return list(dict.fromkeys(re.findall(r'type="radio" name="(q\d+)"', self.html)))

    return Trying()


def test_an_editor_tries_a_quiz_and_nothing_of_it_is_kept(kept, trying, quiz):
    first, second, third = trying.names
    assert "Nothing is saved" in trying.html and "Right" not in trying.html
    html = trying.press("hand_in", **{first: "a", second: "a", third: "b"})
    assert "You reached 66.67 %" in html and f"{quiz.pass_mark} % is needed" in html
    assert html.count("Not right") == 1 and html.count("Correct answer") == 3
    assert "Try again" in html and 'value="hand_in"' not in html


def test_the_order_stays_while_it_is_tried(trying):
    order = trying.names
    trying.press("stay", **{order[0]: "b"})
    assert trying.names == order
    assert re.search(rf'name="{order[0]}" value="b" checked', trying.html)


def test_an_answer_is_checked_at_once_where_the_quiz_allows_it(kept, client, trying, quiz):
    assert "Check this answer" not in trying.html
    quiz.feedback = "at_once"
    quiz.save()
    first, second, _third = trying.names
    html = trying.press(f"check:{first[1:]}", **{first: "b", second: "a"})
    assert html.count("Not right") == 1 and html.count("disabled") >= 2
    html = trying.press(f"check:{second[1:]}", **{second: "a"})
    assert html.count("Not right") == 1 and html.count("Check this answer") == 1
    assert "You reached 33.33 %" in trying.press("hand_in")


def test_what_a_person_marks_has_no_points_and_no_row(client, editor):
    version = put_question(actor=None, key="an-essay", type="essay", language="en", text="Why?", body={})
    before = rows()
    client.force_login(editor)
    url = reverse("question_try", args=[version.question.pk])
    html = client.post(url, {"act": "hand_in", f"q{version.pk}": "Because."}).content.decode()
    assert "A trainer will mark this answer" in html
    assert rows() == before


def test_an_answer_that_is_not_offered_is_refused_in_words(trying):
    html = trying.press("hand_in", **{trying.names[0]: "zz"})
    assert "does not belong to the question" in html and "Not right" not in html


@pytest.mark.parametrize("name", ["learner", "trainer", "focal_point"])
def test_for_others_it_is_not_there(client, cast, quiz, name):
    client.force_login(getattr(cast, name))
    question = quiz.slots.first().question
    for url in (reverse("quiz_try", args=[quiz.item.key]), reverse("question_try", args=[question.pk])):
        assert client.get(url).status_code == client.post(url, {"act": "hand_in"}).status_code == 404


WRITTEN = {"language": "en", "type": "single", "key": "never-saved", "text": "Is this a draft?", "feedback": "It is."}
WRITTEN |= {"text_a": "Yes", "correct_a": "on", "text_b": "No", "feedback_b": "Look again."}


def test_a_question_is_tried_as_it_stands_in_the_form(kept, client, editor, quiz):
    client.force_login(editor)
    url = reverse("question_try_new")
    html = client.post(url, WRITTEN).content.decode()
    assert "Is this a draft?" in html and "Nothing is saved" in html and "Look again." not in html
    hidden = dict(re.findall(r'name="(draft|seed)" value="(.*?)"', html))
    html = client.post(url, {**hidden, "act": "hand_in", "q0": "b"}).content.decode()
    assert "Not right" in html and "Look again." in html and "It is." in html


def test_a_change_of_a_question_is_tried_before_it_is_saved(kept, client, editor, quiz):
    client.force_login(editor)
    question = quiz.slots.first().question
    written = WRITTEN | {"language": "fr", "text_c": "?", "text_d": "?", "text": "Est-ce un brouillon ?"}
    html = client.post(reverse("question_try", args=[question.pk]), written).content.decode()
    assert '<html lang="fr"' in html and "Est-ce un brouillon ?" in html


def test_a_draft_that_was_tampered_with_is_not_there(client, editor):
    client.force_login(editor)
    assert client.post(reverse("question_try_new"), {"draft": "made:up:here", "act": "hand_in"}).status_code == 404


def test_a_question_that_cannot_be_asked_says_why(kept, client, editor, quiz):
    client.force_login(editor)
    html = client.post(reverse("question_try_new"), {"language": "en", "type": "single", "text": ""}).content.decode()
    assert "cannot be asked yet" in html and "required" in html


def test_the_preview_of_a_lesson_and_a_module_leads_to_trying_its_quiz(client, rf, cast, module, lessons):
    item = Item.objects.get(key=module.translation_key)
    own = put_quiz(actor=None, key=uuid.uuid4(), module_item=item, language="en", title="Check yourself")
    url = reverse("quiz_try", args=[own.item.key])
    for page in (lessons[0], module):
        request = rf.get(content.url(page))
        request.user = cast.organiser
        for mode, _label in page.preview_modes:
            response = page.make_preview_request(request, mode)
            html = (response if response.is_rendered else response.render()).content.decode()
            assert (url in html) == (mode != "visitor")
        client.force_login(cast.organiser)
        assert url not in client.get(content.url(page)).content.decode()
