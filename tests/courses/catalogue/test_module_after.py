"""After a module comes the one that follows it in the learner's own course."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from courses.catalogue.access import module_after
from modules.assessments import registry
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def items():
    return [factories.ItemFactory(kind=Item.Kind.MODULE) for _number in range(3)]


def enrol(user, *modules):
    course = factories.CourseFactory()
    for order, item in enumerate(modules):
        factories.SyllabusEntryFactory(course=course, item=item, order=order)
    return factories.EnrolmentFactory(participant=user.participant, cohort__course=course)


def test_it_is_the_next_of_the_syllabus_not_of_the_page_tree(cast, items):
    enrol(cast.learner, items[2], items[0], items[1])
    assert registry.module_after(cast.learner, items[2].key) == items[0].key
    assert registry.module_after(cast.learner, items[0].key) == items[1].key


def test_there_is_none_after_the_last_nor_outside_a_course(cast, items):
    enrol(cast.learner, *items)
    assert module_after(cast.learner, items[2].key) is None
    assert module_after(cast.outsider, items[0].key) is None
    assert module_after(AnonymousUser(), items[0].key) is None


def test_a_course_that_was_left_does_not_lead_on(cast, items):
    enrolment = enrol(cast.learner, *items)
    enrolment.state = "withdrawn"
    enrolment.save()
    assert module_after(cast.learner, items[0].key) is None


def test_it_costs_two_queries(cast, items, django_assert_num_queries):
    enrol(cast.learner, *items)
    with django_assert_num_queries(2):
        module_after(cast.learner, items[0].key)
