"""An organiser of one course or one workshop organises exactly that, and nothing else of its programme."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from core.permissions import ACTIVITY_ORGANISERS, ORGANISERS
from courses.catalogue.models import Cohort, Course, Enrolment
from courses.catalogue.permissions import can_change_course, organises
from courses.certificates.models import CertificateTemplate
from courses.certificates.permissions import can_issue
from courses.participants.models import Participant
from courses.workshops.models import Registration, Workshop
from courses.workshops.permissions import can_create_workshops, can_manage
from institutions.models import Role, RoleAssignment
from institutions.permissions import organises_a_programme
from institutions.roles import is_organiser
from institutions.services import (
    RoleHasTwoPlaces,
    RoleNotForActivity,
    RoleNotYours,
    grant_role,
    revoke_role,
)
from media.models import MediaTrack
from modules.assessments.models import Question
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(cast, programme):
    """The course (or workshop) that the outsider comes to organise."""
    return factories.CohortFactory(course__programme=programme).course


@pytest.fixture
def other(programme):
    """Another course of the same programme."""
    return factories.CohortFactory(course__programme=programme).course


@pytest.fixture
def of_course(cast, mine):
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER, activity=f"course:{mine.pk}")
    return cast.outsider


def test_sees_the_one_course_and_its_cohorts_people_and_workshops(of_course, mine, other, programme):
    theirs = factories.EnrolmentFactory(cohort=mine.cohorts.get())
    factories.EnrolmentFactory(cohort=other.cohorts.get())
    workshop = factories.WorkshopFactory(programme=programme, course=mine)
    foreign = [
        factories.WorkshopFactory(programme=programme, course=other),
        factories.WorkshopFactory(programme=programme),
    ]
    assert list(Course.objects.visible_to(of_course)) == [mine]
    assert list(Cohort.objects.visible_to(of_course)) == list(mine.cohorts.all())
    assert list(Enrolment.objects.visible_to(of_course)) == [theirs]
    assert list(Workshop.objects.visible_to(of_course)) == [workshop]
    assert set(Participant.objects.visible_to(of_course)) == {of_course.participant, theirs.participant}
    assert can_manage(of_course, workshop)
    assert not any(can_manage(of_course, one) for one in foreign)


def test_may_do_with_it_what_its_organisers_may(of_course, mine, other, programme):
    workshop = factories.WorkshopFactory(programme=programme, course=mine)
    assert organises(of_course, mine)
    assert can_change_course(of_course, mine)
    assert can_issue(of_course, mine.cohorts.get())
    assert can_issue(of_course, workshop)
    assert not organises(of_course, other)
    assert not can_issue(of_course, other.cohorts.get())
    assert not can_issue(of_course, factories.WorkshopFactory(programme=programme, course=other))


@pytest.mark.parametrize("address", ["/en/cohorts/{}/", "/en/certificates/issue/cohort/{}/"])
def test_the_pages_of_another_course_of_the_programme_are_404(client, of_course, mine, other, address):
    client.force_login(of_course)
    assert client.get(address.format(mine.cohorts.get().pk)).status_code == 200
    assert client.get(address.format(other.cohorts.get().pk)).status_code == 404


def test_an_organiser_of_one_workshop_sees_neither_its_course_nor_another_workshop(cast, mine, programme):
    workshop = factories.WorkshopFactory(programme=programme, course=mine)
    factories.WorkshopFactory(programme=programme, course=mine)
    registered = Registration.objects.create(workshop=workshop, participant=cast.learner.participant)
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER, activity=f"workshop:{workshop.pk}")
    assert list(Workshop.objects.visible_to(cast.outsider)) == [workshop]
    assert list(Registration.objects.visible_to(cast.outsider)) == [registered]
    assert not Course.objects.visible_to(cast.outsider).exists()
    assert not Cohort.objects.visible_to(cast.outsider).exists()
    assert can_issue(cast.outsider, workshop)


def test_a_course_and_a_workshop_of_the_same_number_are_not_confused(cast, programme):
    course = factories.CourseFactory(pk=7001, programme=programme)
    workshop = factories.WorkshopFactory(pk=7001, programme=programme)
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER, activity=f"course:{course.pk}")
    assert not Workshop.objects.visible_to(cast.outsider).exists()
    assert not can_issue(cast.outsider, workshop)


def test_nothing_of_the_programme_itself_nor_of_what_courses_share(of_course, mine, programme):
    assert not is_organiser(of_course, programme.pk)
    assert not organises_a_programme(of_course)
    assert not can_create_workshops(of_course)
    assert not Question.objects.visible_to(of_course).exists()
    assert not MediaTrack.objects.visible_to(of_course).exists()
    assert [group.name for group in of_course.groups.all()] == [ACTIVITY_ORGANISERS]
    assert not of_course.has_perm("wagtailcore.publish_page")
    assert not of_course.has_perm("institutions.add_roleassignment")


def test_the_templates_of_its_programme_can_be_printed_on(of_course, programme):
    own = CertificateTemplate.objects.create(key="own", programme=programme, signatory_name="A")
    CertificateTemplate.objects.create(key="other", programme=factories.ProgrammeFactory(), signatory_name="B")
    assert list(CertificateTemplate.objects.visible_to(of_course)) == [own]


def test_roles_of_single_activities_and_of_programmes_add_up(of_course, mine, other, programme):
    grant_role(actor=None, user=of_course, role=Role.ORGANISER, activity=f"course:{other.pk}")
    assert set(Course.objects.visible_to(of_course)) == {mine, other}
    grant_role(actor=None, user=of_course, role=Role.ORGANISER, programme=programme)
    assert {group.name for group in of_course.groups.all()} == {ORGANISERS, ACTIVITY_ORGANISERS}


def test_taking_the_last_one_away_leaves_the_group(of_course, mine, programme):
    grant_role(actor=None, user=of_course, role=Role.ORGANISER, programme=programme)
    revoke_role(actor=None, assignment=RoleAssignment.objects.get(activity=f"course:{mine.pk}"))
    assert [group.name for group in of_course.groups.all()] == [ORGANISERS]
    assert set(Course.objects.visible_to(of_course)) == {mine}, "by the programme now"


def test_it_is_said_by_its_title(of_course, mine):
    assignment = RoleAssignment.objects.get(activity=f"course:{mine.pk}")
    assert str(assignment) == f"Organiser, {mine}"


@pytest.mark.parametrize(
    ("role", "where", "error"),
    [
        (Role.TRAINER, {}, RoleNotForActivity),
        (Role.EDITOR, {}, RoleNotForActivity),
        (Role.ORGANISER, {"country_id": "KE"}, RoleHasTwoPlaces),
        (Role.ORGANISER, {"activity": "course:987654"}, RoleNotForActivity),
        (Role.ORGANISER, {"activity": "planet:1"}, RoleNotForActivity),
    ],
)
def test_only_an_organiser_is_limited_to_something_that_exists(cast, mine, role, where, error):
    with pytest.raises(error):
        grant_role(actor=None, user=cast.outsider, role=role, **{"activity": f"course:{mine.pk}", **where})


def test_the_database_refuses_what_the_service_refuses(cast, mine):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(user=cast.outsider, role=Role.TRAINER, activity=f"course:{mine.pk}")


@pytest.mark.parametrize("who", ["organiser", "trainer"])
def test_only_organisers_of_all_make_them(cast, mine, who):
    with pytest.raises(RoleNotYours):
        grant_role(actor=getattr(cast, who), user=cast.outsider, role=Role.ORGANISER, activity=f"course:{mine.pk}")


def test_organisers_of_all_give_it_in_the_admin(client, cast, mine):
    grant_role(actor=None, user=cast.editor, role=Role.ORGANISER)
    client.force_login(cast.editor)
    page = client.get("/admin/roles/new/")
    assert f'value="course:{mine.pk}"' in page.content.decode()
    given = {"email": cast.outsider.email, "role": "organiser", "activity": f"course:{mine.pk}"}
    assert client.post("/admin/roles/new/", given).status_code == 302
    assert list(Course.objects.visible_to(cast.outsider)) == [mine]
    assert str(mine) in client.get("/admin/roles/").content.decode()
