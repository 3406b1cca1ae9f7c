"""Extra time and its reasons belong to who organises what the learner takes the quiz for, and to nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from courses.catalogue import services as catalogue
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments import services
from modules.assessments.models import TimeAllowance
from tests import factories

pytestmark = pytest.mark.django_db
REASON = "Dyslexia, see the medical note."


@pytest.fixture
def course(programme):
    return factories.CourseFactory(programme=programme)


@pytest.fixture
def quiz(course):
    module = factories.ItemFactory(kind="module", titles={"en": "A module"})
    factories.SyllabusEntryFactory(course=course, item=module)
    return factories.QuizFactory(item__parent=module, item__titles={"en": "A quiz"}, time_limit=30)


@pytest.fixture
def enrolment(cast, course):
    return factories.EnrolmentFactory(
        participant=cast.learner.participant, cohort=factories.CohortFactory(course=course)
    )


@pytest.fixture
def elsewhere(cast, quiz):
    """The other organiser has a course with the same module, in which the learner is not."""
    where = cast.other_organiser.role_assignments.get().programme
    course = factories.CourseFactory(programme=where)
    factories.SyllabusEntryFactory(course=course, item=quiz.item.parent)
    return course


def grant(actor, quiz, learner):
    return services.grant_time(actor=actor, quiz=quiz, learner=learner, minutes=5, reason=REASON)


def seen_by(user):
    return list(TimeAllowance.objects.visible_to(user))


def test_organisers_of_another_programme_neither_see_nor_change_it(client, cast, quiz, enrolment, elsewhere):
    allowance = grant(cast.organiser, quiz, cast.learner)
    assert seen_by(cast.organiser) == [allowance]
    assert seen_by(cast.other_organiser) == []
    with pytest.raises(services.InvalidAllowance, match="for a course that you organise"):
        grant(cast.other_organiser, quiz, cast.learner)
    with pytest.raises(services.InvalidAllowance):
        services.withdraw_time(actor=cast.other_organiser, allowance=allowance)
    client.force_login(cast.other_organiser)
    assert REASON not in client.get(reverse("extra_time:index")).content.decode()
    assert client.get(reverse("extra_time:edit", args=[allowance.pk])).status_code == 404
    allowance.refresh_from_db()
    assert allowance.granted_by == cast.organiser


def test_a_learner_of_no_course_belongs_to_who_organises_one_with_the_module(cast, quiz, elsewhere):
    allowance = grant(cast.other_organiser, quiz, cast.learner)
    assert seen_by(cast.organiser) == seen_by(cast.other_organiser) == [allowance]


def test_who_enrols_elsewhere_is_seen_there_and_no_longer_here(cast, quiz, elsewhere, enrolment):
    cohort = factories.CohortFactory(course=elsewhere)
    allowance = grant(cast.organiser, quiz, cast.learner)
    factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
    assert seen_by(cast.other_organiser) == [allowance]
    catalogue.withdraw(actor=cast.learner, enrolment=enrolment)
    assert seen_by(cast.organiser) == []


def test_who_has_left_is_still_of_the_course_they_left_and_of_no_other(cast, quiz, elsewhere, enrolment):
    allowance = grant(cast.organiser, quiz, cast.learner)
    catalogue.withdraw(actor=cast.learner, enrolment=enrolment)
    assert (seen_by(cast.organiser), seen_by(cast.other_organiser)) == ([allowance], [])


def test_the_refusal_keeps_what_was_typed_and_writes_nothing(client, cast, quiz, enrolment, elsewhere):
    client.force_login(cast.other_organiser)
    form = {"quiz": quiz.pk, "email": "learner@example.org", "minutes": "", "percent": 50, "reason": REASON}
    body = client.post(reverse("extra_time:add"), form).content.decode()
    assert "for a course that you organise" in body and REASON in body
    assert not TimeAllowance.objects.exists()


def test_organisers_of_all_give_time_to_everybody(cast, quiz, enrolment):
    head = factories.UserFactory()
    grant_role(actor=None, user=head, role=Role.ORGANISER)
    allowance = grant(head, quiz, cast.learner)
    assert seen_by(head) == [allowance]
