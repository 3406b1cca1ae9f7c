"""Lists and durations in the reader's language."""

import pytest
from django.utils import translation

from core.wording import duration, language_names, listed


@pytest.mark.parametrize(("language", "words"), [("en", "a, b"), ("fr", "a, b"), ("ar", "a، b"), ("zh-hans", "a、b")])
def test_a_list_is_divided_as_its_language_does_it(language, words):
    with translation.override(language):
        assert listed(["a", "b"]) == words


def test_languages_are_named_in_the_readers_language():
    with translation.override("fr"):
        assert language_names(["en", "ar"]) == "Anglais, Arabe"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 minutes"), (1, "1 minute"), (119, "119 minutes"), (120, "2 hours"), (390, "6 hours"), (395, "7 hours")],
)
def test_a_duration_is_told_in_minutes_then_in_whole_hours(minutes, words):
    assert duration(minutes) == words
