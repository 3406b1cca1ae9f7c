"""Lessons done, for completion rules."""

import pytest
from django.utils import timezone

from modules.lessons.facts import lessons_done
from modules.lessons.services import mark_done
from tests.factories import ItemFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def modules():
    made = []
    for count in (3, 0):
        module = ItemFactory(kind="module")
        made.append((module, [ItemFactory(parent=module, order=n, minutes=10) for n in range(count)]))
    return made


def test_counts_every_module_of_everybody_asked_for(cast, modules):
    (first, lessons), (second, _none) = modules
    mark_done(actor=cast.learner, item=lessons[0])
    mark_done(actor=cast.learner, item=lessons[2])
    found = lessons_done([cast.learner.key, cast.outsider.key], [first.pk, second.pk])
    assert found == {
        cast.learner.key: {first.pk: (2, 3, 20), second.pk: (0, 0, 0)},
        cast.outsider.key: {first.pk: (0, 3, 0), second.pk: (0, 0, 0)},
    }


def test_a_retired_lesson_counts_neither_as_done_nor_in_all(cast, modules):
    module, lessons = modules[0]
    for lesson in lessons:
        mark_done(actor=cast.learner, item=lesson)
    lessons[0].retired_at = timezone.now()
    lessons[0].save()
    assert lessons_done([cast.learner.key], [module.pk]) == {cast.learner.key: {module.pk: (2, 2, 20)}}


def test_a_module_whose_lessons_are_all_gone_stays_done_for_who_did_them(cast, modules, django_assert_num_queries):
    module, lessons = modules[0]
    for lesson in lessons[:2]:
        mark_done(actor=cast.learner, item=lesson)
    module.children.update(retired_at=timezone.now())
    with django_assert_num_queries(2):
        found = lessons_done([cast.learner.key, cast.outsider.key], [module.pk])
    assert found == {cast.learner.key: {module.pk: (2, 3, 20)}, cast.outsider.key: {module.pk: (0, 3, 0)}}


def test_two_queries_for_many_learners(modules, django_assert_num_queries):
    people = [UserFactory() for _ in range(5)]
    for person in people:
        mark_done(actor=person, item=modules[0][1][0])
    with django_assert_num_queries(2):
        found = lessons_done([person.key for person in people], [module.pk for module, _lessons in modules])
    assert [len(modules) for modules in found.values()] == [2] * 5
