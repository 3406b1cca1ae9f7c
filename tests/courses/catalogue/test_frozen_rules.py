"""A running course without a rule of its own gets the one that follows from its syllabus, written down once."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue.models import Cohort, SyllabusEntry
from courses.catalogue.services import StillAsked, completion_of, put_rule
from courses.catalogue.services.rules import freeze_rules
from courses.catalogue.services.standing import derived_rule, rule_of
from courses.catalogue.tasks import notice_completions
from modules.assessments.models import Quiz
from modules.assessments.services import retire_quiz
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


class TestAPartThatTheRuleAsksFor:
    """Whoever has done it loses nothing by what becomes of its pages, and it leaves the syllabus only with the rule."""

    @pytest.fixture(autouse=True)
    def running(self, school, cast):
        school.read(cast.learner, 0, 1)
        school.grade(cast.learner, 85)
        freeze_rules()
        assert self.percent(school) == 66

    def percent(self, school):
        return completion_of(school.course, [school.enrolment])[school.enrolment.pk].percent

    @pytest.mark.parametrize("kind", ["lesson", "quiz", "module", "all"])
    def test_counts_for_who_did_it_though_its_pages_are_gone(self, school, kind):
        Item.objects.filter(**({} if kind == "all" else {"kind": kind})).update(retired_at=timezone.now())
        assert self.percent(school) == 66

    def test_a_second_quiz_that_is_taken_away_again_leaves_the_first_as_it_was(self, school, cast):
        module = school.lessons[0].parent
        first = Item.objects.get(kind=Item.Kind.QUIZ, parent=module)
        second = factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=module))
        put_rule(actor=None, course=school.course, spec=derived_rule(school.course))
        before = self.percent(school)
        Item.objects.filter(pk=second.item_id).update(retired_at=timezone.now())
        assert self.percent(school) == before
        titles = [
            one.title for one in completion_of(school.course, [school.enrolment])[school.enrolment.pk].requirements
        ]
        assert f"Quiz: {first.title}" in titles

    def test_is_not_taken_out_of_the_syllabus(self, client, cast, school):
        client.force_login(cast.organiser)
        entry = school.course.syllabus.first()
        page = client.post(f"/admin/syllabus/delete/{entry.pk}/", follow=True)
        assert "The completion rule of the course asks for this part" in page.content.decode()
        assert school.course.syllabus.filter(pk=entry.pk).exists()

    def test_does_not_become_another_module(self, client, cast, school):
        client.force_login(cast.organiser)
        entry = school.course.syllabus.first()
        other = factories.ItemFactory(kind=Item.Kind.MODULE)
        form = {"course": school.course.pk, "order": 7, "kind": "module", "item": other.pk, "titles": "{}"}
        page = client.post(f"/admin/syllabus/edit/{entry.pk}/", form)
        assert "The completion rule of the course asks for this part" in page.content.decode()
        client.post(f"/admin/syllabus/edit/{entry.pk}/", form | {"item": entry.item_id})
        entry.refresh_from_db()
        assert (entry.item_id == other.pk, entry.order) == (False, 7)

    def test_is_not_taken_out_of_use_where_a_trainer_judges_it(self, client, cast, school):
        skill = {"kind": "skill", "ref": str(school.task.pk), "at_least": 100}
        put_rule(actor=None, course=school.course, spec={"all": [skill]})
        client.force_login(cast.organiser)
        address = f"/en/courses/port-course/tasks/{school.task.pk}/archive/"
        page = client.post(address, follow=True).content.decode()
        assert "The completion rule of the course asks for this part" in page
        assert school.course.tasks.offered().exists()

    def test_is_no_quiz_that_is_taken_out_of_use(self, client, cast, school):
        quiz = Quiz.objects.get()
        client.force_login(cast.organiser)
        page = client.post(reverse("quizzes:retire", args=[quiz.pk])).content.decode()
        assert "The completion rule of the course asks for this part" in page
        quiz.item.refresh_from_db()
        assert quiz.item.retired_at is None

    def test_is_a_module_that_keeps_another_quiz(self, school):
        quiz = Quiz.objects.get()
        factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=quiz.item.parent))
        asked = {"kind": "quiz", "ref": str(quiz.item.parent_id), "at_least": 80}
        put_rule(actor=None, course=school.course, spec={"all": [asked]})
        retire_quiz(actor=None, quiz=quiz)
        with pytest.raises(StillAsked):
            retire_quiz(actor=None, quiz=Quiz.objects.exclude(pk=quiz.pk).get())

    def test_holds_no_quiz_back_once_nobody_is_on_their_way(self, school):
        quiz = Quiz.objects.get()
        Cohort.objects.filter(pk=school.cohort.pk).update(ends_on=past(3))
        school.cohort.enrolments.update(deadline=coming(3))
        with pytest.raises(StillAsked):
            retire_quiz(actor=None, quiz=quiz)
        school.cohort.enrolments.update(deadline=None)
        retire_quiz(actor=None, quiz=quiz)
        assert quiz.item.retired_at is not None

    def test_goes_once_the_rule_asks_for_it_no_more(self, client, cast, school):
        client.force_login(cast.organiser)
        entry = school.course.syllabus.first()
        kept = {"kind": "lessons", "ref": str(school.course.syllabus.last().item_id), "at_least": 100}
        put_rule(actor=None, course=school.course, spec={"all": [kept]})
        client.post(f"/admin/syllabus/delete/{entry.pk}/")
        assert not school.course.syllabus.filter(pk=entry.pk).exists()
        assert AuditEntry.objects.filter(action="catalogue.delete_syllabusentry", actor=cast.organiser).exists()
