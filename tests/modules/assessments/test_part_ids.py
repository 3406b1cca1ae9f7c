"""An id never comes to mean something else: neither in answers, nor in translations, nor in regrading."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.permissions import synchronise_groups
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.models import Question
from modules.assessments.part_ids import kept_ids, letters, numbers
from modules.assessments.services import put_question
from tests import factories
from tests.modules.assessments.types.test_contract import as_posted


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["x", "y", "z"], ["a", "b", "c"]),
        (["z", "x", "y"], ["c", "a", "b"]),
        (["x", "new", "z"], ["a", "b", "c"]),  # reworded
        (["new", "x", "z"], ["b", "a", "c"]),
        (["x", "new", "y", "z"], ["a", "d", "b", "c"]),
        (["new", "newer", "z"], ["d", "e", "c"]),
        (["x"], ["a"]),
        (["x", "x"], ["a", "d"]),
        ([], []),
    ],
)
def test_a_text_keeps_its_id(texts, expected):
    assert kept_ids(texts, {"a": "x", "b": "y", "c": "z"}, letters("abc")) == expected


def test_names_never_run_out():
    assert [*letters()][25:28] == ["z", "aa", "ab"]
    assert next(numbers("c", {"c1", "c2"})) == "c3"


@pytest.fixture
def save(db, client):
    """Save a question's form with changes, as a browser sends it."""
    synchronise_groups()
    user = factories.UserFactory()
    grant_role(actor=None, user=user, role=Role.EDITOR)
    client.force_login(user)

    def saved(key: str, **changes: str):
        url = reverse("questions:edit", args=[Question.objects.get(key=key).pk])
        form = as_posted(client.get(url).context["form"]) | changes
        response = client.post(url, form)
        assert response.status_code == 302, response.context["form"].errors
        return Question.objects.get(key=key).versions.first()

    return saved


def test_a_new_order_of_the_choices_of_a_gap_keeps_every_translation_right(save):
    body = {"gaps": [{"id": "1", "choices": ["a", "b"], "right": "a"}]}
    for language, mat, pic in (("en", "MAT", "PIC"), ("fr", "CCA", "CPCC")):
        parts = {"1.a": {"text": mat}, "1.b": {"text": pic}}
        put_question(actor=None, key="g", type="gaps", language=language, text="[[1]]", body=body, parts=parts)
    version = save("g", text="[[1: PIC|=MAT]]")
    assert version.body["gaps"] == [{"id": "1", "choices": ["b", "a"], "right": "a"}]
    assert version.texts.get(language="fr").parts["1.a"]["text"] == "CCA"


def test_the_id_of_a_choice_that_is_gone_does_not_come_back(save):
    body = {"choices": [{"id": id, "correct": id == "a"} for id in "abc"]}
    for language in ("en", "fr"):
        parts = {id: {"text": f"{language} {id}"} for id in "abc"}
        put_question(actor=None, key="c", type="single", language=language, text="Which?", body=body, parts=parts)
    save("c", text_c="")
    version = save("c", text_d="new")
    assert [choice["id"] for choice in version.body["choices"]] == ["a", "b", "d"]


def test_a_level_put_between_others_leaves_their_ids(save):
    body = {"criteria": [{"id": "c1", "levels": [{"id": "c1.1", "points": "2"}, {"id": "c1.2", "points": "0"}]}]}
    parts = {"c1": {"text": "Law"}, "c1.1": {"text": "good"}, "c1.2": {"text": "poor"}}
    put_question(actor=None, key="e", type="essay", language="en", text="Why?", body=body, parts=parts)
    version = save("e", levels_c1="2: good\n1: fair\n0: poor")
    assert [level["id"] for level in version.body["criteria"][0]["levels"]] == ["c1.1", "c1.3", "c1.2"]
