"""Nobody decides, judges or certifies for themselves, whichever of their records and addresses they use."""

from __future__ import annotations

from datetime import date, time

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from courses.catalogue import services as catalogue
from courses.catalogue.models import Application, Cohort, Enrolment, PracticalTask
from courses.certificates.eligibility import eligible
from courses.certificates.models import Batch
from courses.certificates.permissions import can_approve
from courses.participants.models import FocalPointDesignation
from courses.participants.permissions import can_confirm, is_own, is_self
from courses.participants.services import create_participant
from courses.workshops import services as workshops
from courses.workshops.errors import OwnAttendance, OwnRegistration
from courses.workshops.models import Registration, WorkshopTrainer
from tests import factories

pytestmark = pytest.mark.django_db
SECOND = "second@example.org"


@pytest.fixture(params=["first", "second"])
def address(request, cast):
    """An address that the organiser has proved: the one they sign in with, or another one of theirs."""
    if request.param == "first":
        return cast.organiser.email.upper()
    EmailAddress.objects.create(user=cast.organiser, email=SECOND, verified=True)
    return SECOND


@pytest.fixture
def double(address):
    """A second record of the organiser, without an account."""
    return create_participant(actor=None, name="The Boss", email=address)


@pytest.fixture
def cohort(programme):
    course = factories.CourseFactory(programme=programme)
    module = factories.ItemFactory(kind="module")
    factories.ItemFactory(parent=module)
    factories.SyllabusEntryFactory(course=course, item=module)
    return factories.CohortFactory(course=course)


@pytest.fixture
def workshop(programme, cast):
    made = factories.WorkshopFactory(programme=programme)
    made.starts_on = made.ends_on = made.today
    made.save()
    WorkshopTrainer.objects.create(workshop=made, user=cast.trainer)
    return made


def test_a_second_record_is_ones_own_but_gives_no_rights(cast, double):
    assert is_own(cast.organiser, double)
    assert not is_self(cast.organiser, double)
    assert not is_own(cast.trainer, double)


def test_an_address_that_was_not_proved_makes_nobody_the_person(cast):
    EmailAddress.objects.create(user=cast.organiser, email=SECOND, verified=False)
    assert not is_own(cast.organiser, create_participant(actor=None, name="Somebody", email=SECOND))


def test_a_record_with_another_account_is_that_persons_whatever_address_stands_there(cast):
    person = cast.learner.participant
    person.email = cast.organiser.email
    person.save()
    assert not is_own(cast.organiser, person)


def test_nobody_enrols_their_second_record(cast, cohort, double):
    with pytest.raises(catalogue.OwnEnrolment):
        catalogue.enrol_for(actor=cast.organiser, participant=double, cohort=cohort)
    assert catalogue.enrol_many(actor=cast.organiser, participants=[double], cohort=cohort, source="import") == set()
    assert not cohort.enrolments.exists()


def test_nobody_accepts_the_application_of_their_second_record(cast, cohort, double):
    application = Application.objects.create(cohort=cohort, participant=double)
    with pytest.raises(catalogue.OwnEnrolment):
        catalogue.accept(actor=cast.organiser, application=application)


def test_nobody_waives_for_their_second_record(cast, cohort, double):
    enrolment = factories.EnrolmentFactory(cohort=cohort, participant=double)
    module = cohort.course.syllabus.get().item
    with pytest.raises(catalogue.MayNotWaive):
        catalogue.grant_waiver(
            actor=cast.organiser, enrolment=enrolment, kind="lessons", ref=str(module.pk), reason="Knows it."
        )
    enrolment.refresh_from_db()
    assert enrolment.completed_at is None


def test_nobody_judges_their_second_record(cast, cohort, double):
    factories.EnrolmentFactory(cohort=cohort, participant=double)
    task = PracticalTask.objects.create(course=cohort.course, kind="skill", titles={"en": "Strip test"})
    with pytest.raises(catalogue.MayNotJudge):
        catalogue.record_results(
            actor=cast.organiser, cohort=cohort, task=task, judgements={double.pk: catalogue.Judgement(True)}
        )


def test_nobody_certifies_or_approves_for_their_second_record(cast, cohort, double):
    factories.EnrolmentFactory(cohort=cohort, participant=double)
    assert eligible(cohort, "completion", actor=cast.organiser)[0].refused
    assert not eligible(cohort, "completion", actor=cast.trainer)[0].refused
    batch = Batch(cohort=cohort, subject_key=f"cohort:{cohort.pk}", participants=[double.pk])
    assert not can_approve(cast.organiser, batch)


def test_nobody_confirms_the_designation_of_their_second_record(cast, double):
    designation = FocalPointDesignation(participant=double, country_id="KE", treaty="nagoya", starts_on=date.today())
    cast.organiser.is_superuser = True
    assert not can_confirm(cast.organiser, designation)


def test_nobody_records_the_attendance_of_their_second_record(cast, workshop, double):
    session = workshops.add_session(
        actor=None, workshop=workshop, titles={"en": "Opening"}, day=workshop.today, begins=time(9), finishes=time(10)
    )
    Registration.objects.create(workshop=workshop, participant=double)
    with pytest.raises(OwnAttendance):
        workshops.record_attendance(actor=cast.organiser, session=session, marks={double.pk: "present"})


def test_who_runs_a_workshop_gives_no_place_to_themselves(cast, workshop):
    workshop.state = "closed"
    workshop.save()
    with pytest.raises(OwnRegistration):
        workshops.register(
            actor=cast.trainer, participant=cast.trainer.participant, workshop=workshop, source="walk_in"
        )
    with pytest.raises(OwnRegistration):
        workshops.register_at_the_door(actor=cast.trainer, workshop=workshop, name="Me", email=cast.trainer.email)
    assert not workshop.registrations.exists()


def test_the_desk_offers_nothing_on_ones_second_record(client, cast, cohort, double):
    enrolment = factories.EnrolmentFactory(cohort=cohort, participant=double)
    client.force_login(cast.organiser)
    page = client.get(reverse("cohort_desk", args=[cohort.pk])).content.decode()
    assert reverse("enrolment_transfer", args=[enrolment.pk]) not in page
    assert client.get(reverse("enrolment_transfer", args=[enrolment.pk])).status_code == 404


class TestInvitations:
    @pytest.fixture(autouse=True)
    def by_invitation(self, cohort):
        cohort.entry = Cohort.Entry.INVITATION
        cohort.save()

    def test_nobody_invites_an_address_of_their_own(self, cast, cohort, address):
        with pytest.raises(catalogue.OwnEnrolment):
            catalogue.invite(actor=cast.organiser, cohort=cohort, email=address)

    def test_nobody_comes_in_by_an_invitation_they_sent(self, cast, cohort):
        """The address was proved after the invitation had gone out."""
        invitation = catalogue.invite(actor=cast.organiser, cohort=cohort, email=SECOND)
        EmailAddress.objects.create(user=cast.organiser, email=SECOND, verified=True)
        with pytest.raises(catalogue.OwnEnrolment):
            catalogue.accept_invitation(participant=cast.organiser.participant, invitation=invitation)
        assert not Enrolment.objects.exists()

    def test_somebody_else_may_be_invited(self, cast, cohort):
        invitation = catalogue.invite(actor=cast.organiser, cohort=cohort, email=cast.learner.email)
        assert catalogue.accept_invitation(participant=cast.learner.participant, invitation=invitation)
