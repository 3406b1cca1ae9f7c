"""The form of a hotspot question: numbers in fields, and a preview of what they say. No script needed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file

from institutions.models import Role
from institutions.services import grant_role
from media.models import CampusImage
from modules.assessments.models import Question
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    from core.permissions import synchronise_groups

    synchronise_groups()
    user = factories.UserFactory(email="editor@example.org")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    client.force_login(user)
    return client


@pytest.fixture
def sack(db):
    return CampusImage.objects.create(title="A sack", file=get_test_image_file(size=(100, 90)))


def written(picture, **changes) -> dict:
    data = {"language": "en", "type": "hotspot", "text": "Where?", "picture": picture.pk, "description": "A sack"}
    regions = {"a": ("The label", "rect", "10, 20, 30, 40"), "b": ("The seal", "circle", "60 50 15")}
    for id, (words, shape, place) in regions.items():
        data |= {f"text_{id}": words, f"shape_{id}": shape, f"coords_{id}": place}
    return {**data, "correct_a": "on", "key": "sack", **changes}


def test_a_preview_is_drawn_from_what_was_saved(admin, sack):
    admin.post(reverse("questions:add"), written(sack))
    question = Question.objects.get(key="sack")
    html = admin.get(reverse("questions:edit", args=[question.pk])).content.decode()
    assert 'viewBox="0 0 100 90"' in html
    assert '<rect x="10" y="20" width="30" height="40" />' in html
    assert '<circle cx="60" cy="50" r="15" />' in html


def test_what_was_refused_is_drawn_as_far_as_it_can_be(admin, sack):
    html = admin.post(reverse("questions:add"), written(sack, coords_b="60")).content.decode()
    assert "Say where each region is" in html
    assert '<rect x="10" y="20" width="30" height="40" />' in html and "<circle" not in html
    assert 'value="60"' in html and 'value="The seal"' in html


def test_a_translator_sees_the_regions_but_cannot_move_them(admin, sack):
    admin.post(reverse("questions:add"), written(sack))
    question = Question.objects.get(key="sack")
    html = admin.get(reverse("questions:edit", args=[question.pk]) + "?language=fr").content.decode()
    assert '<rect x="10" y="20" width="30" height="40" />' in html
    assert "data-regions" not in html and 'name="coords_a"' not in html


def test_without_a_picture_the_form_says_what_comes_first(admin):
    assert "Choose a picture, then draw" in admin.get(reverse("questions:add") + "?type=hotspot").content.decode()


@pytest.mark.parametrize("asked", ["", "x", "-1", "0", "9" * 30])
def test_a_picture_that_is_not_there_is_not_found(admin, asked):
    assert admin.get(reverse("question_picture"), {"id": asked}).status_code == 404


def test_the_script_learns_the_size_of_a_chosen_picture(admin, sack):
    told = admin.get(reverse("question_picture"), {"id": sack.pk}).json()
    assert (told["width"], told["height"]) == (100, 90) and told["url"]
