"""A running course without a rule of its own gets the one that follows from its syllabus, written down once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue.models import Cohort, SyllabusEntry
from courses.catalogue.services import completion_of
from courses.catalogue.services.rules import freeze_rules
from courses.catalogue.services.standing import rule_of
from courses.catalogue.tasks import notice_completions
from modules.assessments.models import Quiz
from modules.records.models import Item
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db


def add_module(course):
    module = factories.ItemFactory(kind=Item.Kind.MODULE)
    factories.ItemFactory(parent=module)
    factories.SyllabusEntryFactory(course=course, item=module, order=9)


def test_a_later_change_of_syllabus_or_pass_mark_lowers_nobodys_progress(cast, school):
    school.read(cast.learner, 0, 1)
    school.grade(cast.learner, 85)
    notice_completions()
    before = completion_of(school.course, [school.enrolment])[school.enrolment.pk].percent
    add_module(school.course)
    Quiz.objects.update(pass_mark=100)
    assert completion_of(school.course, [school.enrolment])[school.enrolment.pk].percent == before


def test_it_is_version_one_audited_and_made_once(school):
    spec, version = rule_of(school.course)
    assert (version, freeze_rules(), freeze_rules()) == (0, 1, 0)
    assert rule_of(school.course) == (spec, 1)
    assert AuditEntry.objects.get(action="catalogue.put_rule").data["version"] == 1


@pytest.mark.parametrize(
    "change",
    [{"starts_on": coming(5)}, {"starts_on": past(5), "nobody": True}],
    ids=["not begun", "nobody is enrolled"],
)
def test_until_people_are_on_their_way_the_rule_follows_the_syllabus(school, change):
    if change.pop("nobody", False):
        school.cohort.enrolments.update(state="withdrawn", withdrawn_at=timezone.now())
    Cohort.objects.filter(pk=school.cohort.pk).update(**change)
    before = len(rule_of(school.course)[0]["all"])
    assert freeze_rules() == 0
    add_module(school.course)
    assert len(rule_of(school.course)[0]["all"]) == before + 1


def test_an_empty_syllabus_is_not_written_down(school):
    SyllabusEntry.objects.all().delete()
    assert freeze_rules() == 0
    assert rule_of(school.course)[1] == 0
