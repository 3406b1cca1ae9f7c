"""The starter files keep their promises: form, length, feedback for every answer, translations that pair."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from home.starter import files
from home.starter.records import asked
from modules.assessments.services.authoring import check_question

COURSES = files.courses()
MODULES = [name for course in COURSES for name in course["modules"]]
LESSONS = [(name, lesson) for name in MODULES for lesson in files.read(f"modules/{name}")["lessons"]]
QUESTIONS = [question for name in MODULES for question in files.read(f"modules/{name}")["quiz"]["questions"]]
TRANSLATED = [(name, language) for name in MODULES for language in files.translations(f"modules/{name}")]
UNSPACED = {"zh-hans"}  # words are not set apart
ALLOWED = {"p", "ul", "ol", "li", "b", "i", "a"}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _value in attrs}


def strings(value) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, part in value.items() if key not in ("kind", "file") for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return []


def words(lesson) -> int:
    return len(re.sub(r"<[^>]+>", " ", " ".join(strings(lesson["body"]))).split())


def test_the_three_courses_of_the_mission_are_there():
    assert {course["field"]: len(course["modules"]) for course in COURSES} == {"abs": 8, "customs": 1, "lmo": 1}


def test_no_key_is_used_twice():
    keys = [*MODULES, *(lesson["key"] for _name, lesson in LESSONS), *(question["key"] for question in QUESTIONS)]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_lessons_an_exercise_and_an_honest_time(name):
    module = files.read(f"modules/{name}")
    assert len(module["lessons"]) >= (2 if module["field"] == "abs" else 3)
    kinds = [
        value["kind"]
        for lesson in module["lessons"]
        for block in lesson["body"]
        for key, value in block.items()
        if key == "callout"
    ]
    assert "exercise" in kinds
    assert "example" in kinds
    assert sum(lesson["minutes"] for lesson in module["lessons"]) <= module["minutes"]


@pytest.mark.parametrize(("name", "lesson"), LESSONS, ids=[lesson["key"] for _name, lesson in LESSONS])
def test_a_lesson_has_500_to_900_words_and_names_its_sources(name, lesson):
    assert 500 <= words(lesson) <= 900
    assert lesson["sources"]
    assert len(lesson["summary"]) <= 300


@pytest.mark.parametrize(("name", "language"), [pair for pair in TRANSLATED if pair[1] not in UNSPACED])
def test_a_translated_lesson_has_500_to_900_words_too(name, language):
    lessons = files.read(f"modules/{name}.{language}")["lessons"]
    long_or_short = {lesson["key"]: words(lesson) for lesson in lessons if not 500 <= words(lesson) <= 900}
    assert long_or_short == {}


@pytest.mark.parametrize(("name", "lesson"), LESSONS, ids=[lesson["key"] for _name, lesson in LESSONS])
def test_a_lesson_uses_only_the_tags_editors_have(name, lesson):
    for text in strings(lesson["body"]):
        parsed = Tags(text)
        assert set(parsed.tags) <= ALLOWED
        assert parsed.attributes <= {("a", "href")}


@pytest.mark.parametrize("name", MODULES)
def test_a_quiz_has_at_least_six_questions(name):
    assert len(files.read(f"modules/{name}")["quiz"]["questions"]) >= 6


CHOICES = [question for question in QUESTIONS if "choices" in question]
OTHERS = [question for question in QUESTIONS if "choices" not in question]


@pytest.mark.parametrize("question", OTHERS, ids=[question["key"] for question in OTHERS])
def test_a_question_of_another_type_can_be_asked_and_explains_itself(question):
    given = asked(question, question)
    check_question(type=question["type"], language="en", **given)
    assert question["feedback"].strip()
    explained = [part.get("feedback", "").strip() for part in given["parts"].values()]
    assert question["type"] == "gaps" or any(explained)


def test_the_quizzes_show_the_types_that_there_are():
    shown = {question["type"] for question in QUESTIONS}
    assert shown >= {"matching", "ordering", "categorising", "short_answer", "numeric", "gaps"}


@pytest.mark.parametrize("question", CHOICES, ids=[question["key"] for question in CHOICES])
def test_every_answer_of_a_question_has_feedback(question):
    right = [choice["correct"] for choice in question["choices"]].count(True)
    assert question["feedback"].strip()
    assert all(choice["feedback"].strip() and choice["text"].strip() for choice in question["choices"])
    assert {
        "single": right == 1 and len(question["choices"]) >= 3,
        "multiple": right >= 2 and right < len(question["choices"]),
        "truefalse": right == 1 and [c["text"] for c in question["choices"]] == ["True", "False"],
    }[question["type"]]


def shape(value):
    """The structure that a translation must share: keys, lengths, tags of every text."""
    if isinstance(value, str):
        return [tag for tag in Tags(value).tags if tag in {"p", "ul", "ol", "li"}]
    if isinstance(value, dict):
        return {key: (part if key in ("kind", "file", "key", "type") else shape(part)) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return type(value).__name__


@pytest.mark.parametrize(("name", "language"), TRANSLATED)
def test_a_translation_pairs_with_its_source_block_by_block(name, language):
    source, text = files.read(f"modules/{name}"), files.read(f"modules/{name}.{language}")
    for own, theirs in zip(source["lessons"], text["lessons"], strict=True):
        assert shape(own["body"]) == shape(theirs["body"]), own["key"]
    assert shape(source["quiz"]["questions"]) == shape(text["quiz"]["questions"])


def test_one_module_is_there_in_french_and_arabic():
    assert {("abs-policy", "fr"), ("abs-policy", "ar")} <= set(TRANSLATED)


def test_a_question_leaves_it_to_the_page_to_say_that_several_may_be_chosen():
    texts = [
        read
        for name in MODULES
        for read in [files.read(f"modules/{name}"), *files.translations(f"modules/{name}").values()]
    ]
    asked = [question["text"] for text in texts for question in text["quiz"]["questions"]]
    assert [text for text in asked if "all that apply" in text or "كل ما ينطبق" in text] == []
