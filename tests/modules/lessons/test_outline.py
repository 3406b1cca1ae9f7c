"""The outline of a module, and where to go on."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from modules.lessons.models import LessonProgress
from modules.lessons.outline import Skeleton, SkeletonLesson, module_outline, next_step, outlines
from modules.lessons.registry import OutlineEntry
from modules.lessons.resume import resumes_of
from modules.lessons.routing import State
from modules.lessons.services import mark_done, note_place
from modules.records.models import Item
from tests.modules import content

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MODULE = Skeleton(
    1, uuid4(), "M", "/m/", "abs", tuple(SkeletonLesson(n, uuid4(), f"L{n}", f"/m/l{n}/", 5) for n in (1, 2, 3))
)
QUIZ = OutlineEntry("Q", "/q/", kind="quiz")


def state(done: bool, hour: int, place: str = "") -> State:
    at = NOON + timedelta(hours=hour)
    return State(at if done else None, at, place)


@pytest.mark.parametrize(
    ("mine", "others", "expected"),
    [
        ({}, [], ("/m/l1/", False)),
        ({1: state(True, 1)}, [], ("/m/l2/", True)),
        ({2: state(True, 1)}, [], ("/m/l3/", True)),
        ({2: state(True, 1), 3: state(True, 2)}, [], ("/m/l1/", True)),
        ({1: state(True, 1), 2: state(False, 2, "ab-12")}, [], ("/m/l2/#block-ab-12", True)),
        ({1: state(False, 5), 3: state(False, 2, "ab")}, [], ("/m/l1/", True)),
        ({1: state(True, 1), 2: state(True, 2), 3: state(True, 3)}, [QUIZ], ("/q/", True)),
        ({1: state(True, 1), 2: state(True, 2), 3: state(True, 3)}, [], None),
        ({}, [QUIZ], ("/m/l1/", False)),
    ],
)
def test_the_next_step(mine, others, expected):
    step = next_step(MODULE, mine, others)
    assert (step and (step.url, step.started)) == expected


pytestmark = pytest.mark.django_db


def test_a_visitor_sees_every_lesson_open(module):
    outline = module_outline(module, AnonymousUser())
    assert [(entry.title, entry.state, entry.minutes) for entry in outline.lessons] == [
        ("Lesson 1", "open", 7),
        ("Lesson 2", "open", 7),
        ("Lesson 3", "open", 7),
    ]
    assert outline.resume_url == outline.entries[0].url == f"/en/abs/{module.slug}/lesson-1/"


def test_done_in_french_is_done_in_arabic(cast, module, lessons):
    content.translate(lessons[0], "fr", "Leçon 1")
    mark_done(actor=cast.learner, item=Item.objects.get(key=lessons[0].translation_key), language="fr")
    with translation.override("ar"):
        outline = module_outline(module, cast.learner)
    assert (outline.done, outline.total) == (1, 3)
    assert outline.entries[0].state == "done"


def test_titles_and_addresses_are_in_the_language_asked_for_with_fallback(cast, module, lessons):
    content.translate(lessons[1], "fr", "Leçon 2")
    outline = outlines([module.translation_key], cast.learner, "fr")[module.translation_key]
    assert [entry.title for entry in outline.lessons] == ["Lesson 1", "Leçon 2", "Lesson 3"]
    assert all(entry.url.startswith("/fr/") for entry in outline.entries)


def test_a_change_is_seen_at_once(cast, module, lessons):
    module_outline(module, cast.learner)
    lessons[0].title = "New title"
    content.publish(lessons[0])
    assert module_outline(module, cast.learner).entries[0].title == "New title"
    content.make_lesson(module, title="Fourth")
    assert module_outline(module, cast.learner).total == 4
    topic = module.get_parent().specific
    topic.slug = "other"
    content.publish(topic)
    assert module_outline(module, cast.learner).entries[0].url.startswith("/en/other/")


def test_the_same_queries_for_many_modules_and_lessons(cast, topic, django_assert_max_num_queries):
    modules = [content.make_module(topic, lessons=2) for _ in range(3)]
    keys = [module.translation_key for module in modules]
    outlines(keys, cast.learner)
    with django_assert_max_num_queries(3):  # the modules, the learner's state, the quizzes
        assert len(outlines(keys, cast.learner)) == 3


def resume_of(user, *modules):
    """Where somebody goes on in a course of these modules."""
    items = [Item.objects.get(key=module.translation_key) for module in modules]
    return resumes_of(user, {0: items}, "en").get(0)


def test_one_goes_on_in_the_module_last_read(cast, topic):
    first, second = (content.make_module(topic, lessons=2) for _ in range(2))
    lesson = content.lessons_of(second)[1]
    place = lesson.body[1].id
    note_place(actor=cast.learner, item=Item.objects.get(key=lesson.translation_key), place=place)
    step = resume_of(cast.learner, first, second)
    assert step is not None
    assert (step.url, step.title, step.started) == (f"{content.url(lesson)}#block-{place}", "Lesson 2", True)


def test_nothing_is_left_when_everything_is_done(cast, module, lessons):
    for lesson in lessons:
        mark_done(actor=cast.learner, item=Item.objects.get(key=lesson.translation_key))
    assert resume_of(cast.learner, module) is None
    assert LessonProgress.objects.done().count() == 3


def test_a_newcomer_starts_at_the_first_lesson(cast, module):
    step = resume_of(SimpleNamespace(is_authenticated=True, key=uuid4()), module)
    assert step is not None
    assert (step.title, step.started) == ("Lesson 1", False)
