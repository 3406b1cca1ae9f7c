"""Plain words find the courses, and a course says truly in which languages it can be studied."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from courses.catalogue import search
from modules.lessons.models import LessonPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]


def keys(**asked):
    return {card.course.key for card in search.find(**{"language": "en", **asked})}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("genetic resources", "abs-legal-frameworks"),
        ("customs maize", "green-customs-lmo"),
        ("aduanas", "green-customs-lmo"),
        ("таможня", "green-customs-lmo"),
        ("海关", "green-customs-lmo"),
    ],
)
def test_a_plain_word_of_the_subject_finds_the_course(text, key):
    assert key in keys(text=text)


def test_a_word_of_no_course_finds_none():
    assert keys(text="xylophone") == set()


def test_lessons_found_are_not_called_nothing(client):
    asked = {"q": "genetic resources", "language": "zh-hans"}
    html = client.get(reverse("catalogue"), asked).content.decode()
    assert "Lessons that speak of it" in html
    assert "No course matches" not in html
    assert "No course matches" in client.get(reverse("catalogue"), {"q": "xylophone"}).content.decode()


def test_a_course_counts_as_taught_in_a_language_when_all_its_lessons_are():
    card = next(card for card in search.courses("en") if card.course.key == "abs-legal-frameworks")
    assert card.languages == ["en"]
    assert card.language_names == "English, Arabic (1 of 8 modules), French (1 of 8 modules)"
    assert keys(facets={"language": ["ar"]}) == set()
    assert keys(facets={"language": ["en"]}) >= {"abs-legal-frameworks", "green-customs-lmo", "lmo-detection"}


def test_a_module_with_a_lesson_missing_in_a_language_does_not_count_there():
    lesson = LessonPage.objects.filter(locale__language_code="fr").first()
    lesson.unpublish()
    card = next(card for card in search.courses("en") if card.course.key == "abs-legal-frameworks")
    assert card.language_names == "English, Arabic (1 of 8 modules)"


def test_the_course_page_tells_the_same(client):
    card = next(card for card in search.courses("fr") if card.course.key == "abs-legal-frameworks")
    with translation.override("fr"):
        words = card.language_names
    assert words in client.get(card.url).content.decode()
