"""Who may see and change what of a person: one table, held against every role, own and other cohort and country.

The person is the cast's learner, from Kenya, who enrolled by themselves in a cohort of ``programme``. The trainer
trains that cohort; the other trainer works for the same programme; the other organiser for another one.
"""

from __future__ import annotations

import hashlib

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from courses.catalogue.following.notes import write_note
from courses.catalogue.models import CohortTrainer, Enrolment, EnrolmentNote
from courses.catalogue.permissions import can_note, can_see_progress, can_withdraw, can_write_letters
from courses.certificates.models import Certificate
from courses.participants.models import Consent, FocalPointDesignation, Participant
from courses.participants.permissions import can_change_participant, can_link_account, can_merge
from courses.participants.trail import saw
from courses.privacy.models import DataExport, ErasureRequest
from courses.workshops.models import Attendance, Nomination, Registration
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.models import Attempt
from tests import factories
from tests.modules.assessments.test_figures import took

pytestmark = pytest.mark.django_db

ROLES = (
    "person",
    "trainer",
    "other_trainer",
    "organiser",
    "other_organiser",
    "organiser_of_all",
    "focal_point_of_the_country",
    "focal_point_elsewhere",
    "other_learner",
    "visitor",
)
NOBODY: set[str] = set()
PERSON = {"person"}
STAFF = {"trainer", "organiser", "organiser_of_all"}
ORGANISERS = {"organiser", "organiser_of_all"}

SEES = {
    "details": PERSON | STAFF,
    "enrolment": PERSON | STAFF,
    "nomination": PERSON | ORGANISERS | {"focal_point_of_the_country"},
    "registration": PERSON | ORGANISERS,
    "attendance": PERSON | ORGANISERS,
    "certificate": PERSON | ORGANISERS,
    "notes": STAFF,
    "consents": PERSON,
    "designation": PERSON | {"organiser_of_all"},
    "archive": PERSON,
    "erasure": PERSON,
    "who_saw_it": {"organiser_of_all"},  # the person reads it on a page of their own: see PAGES
}
MAY = {
    "change_details": PERSON | {"organiser_of_all"},
    "withdraw": PERSON | ORGANISERS,
    "see_progress": STAFF,
    "note": STAFF,
    "write_letters": STAFF,
    "link_account": NOBODY,  # the record has one
    "merge": {"organiser_of_all"},
}
PAGES = {
    "standing": PERSON | STAFF,
    "progress": STAFF,
    "at_risk": STAFF,
    "slips": STAFF,
    "notes": STAFF,
    "quiz_figures": STAFF,
    "right_answers": STAFF,  # of these who was never in a course with the quiz: see test_quiz_statistics.py
    "archive": PERSON,
    "certificate_file": PERSON | ORGANISERS,
}


@pytest.fixture
def roles(cast, life):
    """Everybody in the table, by role."""
    CohortTrainer.objects.create(cohort=life.cohort, user=cast.trainer)
    boss = User.objects.create_superuser("boss@example.org", factories.PASSWORD)
    elsewhere = factories.UserFactory()
    grant_role(actor=None, user=elsewhere, role=Role.FOCAL_POINT, country_id="UG")
    return {
        "person": life.user,
        "trainer": cast.trainer,
        "other_trainer": cast.other_trainer,
        "organiser": cast.organiser,
        "other_organiser": cast.other_organiser,
        "organiser_of_all": boss,
        "focal_point_of_the_country": cast.focal_point,
        "focal_point_elsewhere": elsewhere,
        "other_learner": cast.outsider,
        "visitor": AnonymousUser(),
    }


@pytest.fixture
def rows(life, cast):
    """One row of each kind about the person."""
    FocalPointDesignation.objects.create(
        participant=life.person, treaty="nagoya", country_id="KE", starts_on=factories.past(10)
    )
    factories.NominationFactory(participant=life.person, workshop=life.registration.workshop)
    DataExport.objects.create(user=life.user)
    ErasureRequest.objects.create(user=life.user)
    boss = User.objects.get(email="boss@example.org")
    write_note(actor=boss, enrolment=life.enrolment, text="A note about the way through the course")
    saw(boss, [life.person], "catalogue.view")
    return {
        "details": Participant.objects.filter(pk=life.person.pk),
        "enrolment": Enrolment.objects.all(),
        "nomination": Nomination.objects.all(),
        "registration": Registration.objects.all(),
        "attendance": Attendance.objects.all(),
        "certificate": Certificate.objects.all(),
        "notes": EnrolmentNote.objects.all(),
        "consents": Consent.objects.all(),
        "designation": FocalPointDesignation.objects.all(),
        "archive": DataExport.objects.all(),
        "erasure": ErasureRequest.objects.all(),
        "who_saw_it": AuditEntry.objects.of_seeing().exclude(actor=None).about(life.person),
    }


def test_the_table_of_who_sees_what(roles, rows):
    found = {
        what: {role for role, user in roles.items() if queryset.visible_to(user).exists()}
        for what, queryset in rows.items()
    }
    assert found == SEES


def test_the_table_of_who_may_do_what(roles, life):
    enrolment = Enrolment.objects.select_related("participant", "cohort__course").get(pk=life.enrolment.pk)
    person = Participant.objects.get(pk=life.person.pk)
    rules = {
        "change_details": lambda user: can_change_participant(user, person),
        "withdraw": lambda user: can_withdraw(user, enrolment),
        "see_progress": lambda user: can_see_progress(user, enrolment.cohort),
        "note": lambda user: can_note(user, enrolment),
        "write_letters": lambda user: can_write_letters(user, enrolment.cohort),
        "link_account": lambda user: can_link_account(user, person),
        "merge": lambda user: can_merge(user, person),
    }
    signed_in = {role: user for role, user in roles.items() if role != "visitor"}
    found = {what: {role for role, user in signed_in.items() if rule(user)} for what, rule in rules.items()}
    assert found == MAY


def test_the_table_of_pages(client, roles, life):
    export = DataExport.objects.create(user=life.user, expires_at=timezone.now() + timezone.timedelta(days=1))
    export.archive.save("mine.zip", ContentFile(b"PK"))
    quiz = life.attempt.quiz
    took(quiz, "aab", number=2, context=life.enrolment.context, learner=life.user)
    addresses = {
        "standing": reverse("enrolment_standing", args=[life.enrolment.pk]),
        "progress": reverse("cohort_progress", args=[life.cohort.pk]),
        "at_risk": reverse("cohort_at_risk", args=[life.cohort.pk]),
        "slips": reverse("cohort_slips", args=[life.cohort.pk]),
        "notes": reverse("enrolment_notes", args=[life.enrolment.pk]),
        "quiz_figures": reverse("cohort_quiz", args=[life.cohort.pk, quiz.pk]),
        "right_answers": reverse("cohort_question", args=[life.cohort.pk, quiz.pk, quiz.slots.first().question_id]),
        "archive": reverse("data_export", args=[export.key]),
        "certificate_file": reverse("certificate_download", args=[life.certificate.serial]),
    }
    life.certificate.sha256 = hashlib.sha256(b"%PDF the certificate").hexdigest()
    life.certificate.save()
    found: dict[str, set[str]] = {}
    refusals = set()
    for what, address in addresses.items():
        found[what] = set()
        for role, user in roles.items():
            client.logout()
            if user.is_authenticated:
                client.force_login(user)
            status = client.get(address).status_code
            if status == 200:
                found[what].add(role)
            else:
                refusals.add((role == "visitor", status))
    assert found == PAGES
    assert refusals == {(True, 302), (False, 404)}  # sign in first; for all others it does not exist


FIELDS_OF_A_RECORD = {
    "name", "name_latin", "title", "email", "organisation", "position", "country", "gender", "represents",
}  # fmt: skip


@pytest.mark.parametrize("role", [role for role in ROLES if role not in PERSON | {"organiser_of_all"}])
def test_no_field_of_the_record_is_changed_by_others(roles, life, role):
    from courses.participants.services import NotYourRecord, change_participant

    user = roles[role]
    if not user.is_authenticated:
        return
    for field in FIELDS_OF_A_RECORD:
        with pytest.raises(NotYourRecord):
            change_participant(actor=user, participant=life.person, **{field: "" if field == "country" else "Other"})


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("person", "visitor")])
def test_nobody_gives_or_takes_back_a_consent_for_another(roles, life, role):
    from courses.participants.services import NotYourRecord, give_consent, withdraw_consent

    for act in (give_consent, withdraw_consent):
        with pytest.raises(NotYourRecord):
            act(actor=roles[role], participant=life.person, purpose="news")


@pytest.mark.parametrize("role", ["focal_point_of_the_country", "focal_point_elsewhere"])
def test_a_focal_point_sees_nothing_of_who_enrolled_by_themselves(roles, rows, life, role):
    """Never grades, posts, evaluations, notes: the people of the country are not the focal point's pupils."""
    for what, queryset in rows.items():
        if what == "nomination":  # that is the focal point's own; of what came of it see test_nominees.py
            continue
        assert not queryset.visible_to(roles[role]).exists()
    assert not Attempt.objects.visible_to(roles[role]).exists()


def test_attempts_are_the_persons_own(roles, life):
    found = {role for role, user in roles.items() if Attempt.objects.visible_to(user).filter(pk=life.attempt.pk)}
    assert "person" in found
    assert found <= PERSON | STAFF
