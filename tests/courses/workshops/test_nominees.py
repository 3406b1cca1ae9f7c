"""What a focal point sees of own nominees, field by field; and every way by which more might slip through."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue.following.notes import write_note
from courses.catalogue.models import Enrolment, PracticalTask, RequirementWaiver, TaskResult
from courses.certificates.models import Certificate, CertificateTemplate
from courses.participants import services as people
from courses.privacy.erasing import erase_person
from courses.workshops.models import Attendance, Registration, Session
from courses.workshops.nominees import Award, Nominee, Sitting
from modules.assessments.models import Attempt
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/en/my/country/"

MAY_SEE = {
    Nominee: {
        "country", "name", "title", "starts_on", "state", "attendance", "sittings", "awards",
        "reason",  # why somebody was not selected
        "withdraw",  # the key of the nomination, while it can be taken back
    },
    Sitting: {"title", "day", "was_there"},
    Award: {"serial", "kind", "state", "issued_at"},
}  # fmt: skip
"""The whole of what the page is handed of a nominee. A field more is a decision about privacy: docs/privacy.md."""

NEVER = {
    "the address": "secret-address@example.org",
    "the organisation": "Secret Ministry",
    "the position": "Secret Office",
    "a note": "Secret note",
    "a practical task and its words": "Secret remark",
    "a waiver's reason": "Secret waiver",
    "a grade": "87",
    "why a certificate ended": "Secret end",
    "a course followed of one's own will": "Secret course",
    "a certificate of such a course": "PC-SECRET",
    "a workshop one came to by oneself": "Secret workshop",
}


def make_certificate(person, subject, serial, **values):
    template, _made = CertificateTemplate.objects.get_or_create(key="t", defaults={"signatory_name": "S"})
    kind = type(subject).__name__.lower()
    return Certificate.objects.create(
        serial=serial,
        kind="participation",
        participant=person,
        template=template,
        subject_key=f"{kind}:{subject.pk}",
        language="en",
        issued_at=timezone.now(),
        sha256="0" * 64,
        **{kind: subject},
        **values,
    )


def sitting(workshop, title, day, hour):
    return Session.objects.create(
        workshop=workshop,
        titles={"en": title},
        day=day,
        begins=time(hour),
        finishes=time(hour + 1),
        starts_at=datetime.combine(day, time(hour), UTC),
        ends_at=datetime.combine(day, time(hour + 1), UTC),
    )


@pytest.fixture
def nominee(cast, programme):
    """A Kenyan put forward for a workshop of three days, who did much else besides."""
    cast.outsider.participant.delete()
    person = factories.ParticipantFactory(
        name="Wangari Nominee",
        user=cast.outsider,
        email="secret-address@example.org",
        organisation="Secret Ministry",
        position="Secret Office",
        country_id="KE",
    )
    today = timezone.now().astimezone(ZoneInfo("Africa/Nairobi")).date()  # as at the venue
    workshop = factories.WorkshopFactory(
        programme=programme, title="Green customs", starts_on=today - timedelta(days=1), ends_on=today + timedelta(1)
    )
    days = [
        sitting(workshop, title, today + timedelta(days=shift), hour)
        for title, shift, hour in (("Opening", -1, 1), ("Practice", -1, 2), ("Seizures", 0, 1), ("Tomorrow", 1, 1))
    ]
    registration = Registration.objects.create(
        workshop=workshop,
        participant=person,
        source="nomination",
        country_id="KE",
        organisation="Secret Ministry",
        position="Secret Office",
    )
    Attendance.objects.create(session=days[0], participant=person, state="present", minutes=60)
    Attendance.objects.create(session=days[1], participant=person, state="partly", minutes=10)
    make_certificate(person, workshop, "PC-OWN")
    own = factories.EnrolmentFactory(
        participant=person, country_id="KE", cohort__course__item__titles={"en": "Secret course"}
    )
    make_certificate(person, own.cohort, "PC-SECRET")
    alone = factories.WorkshopFactory(title="Secret workshop", region="asia-pacific")
    Registration.objects.create(workshop=alone, participant=person, country_id="KE")
    factories.RoleAssignmentFactory(user=cast.organiser, role="organiser")
    write_note(actor=cast.organiser, enrolment=own, text="Secret note")
    RequirementWaiver.objects.create(enrolment=own, kind="module", ref="1", reason="Secret waiver")
    task = PracticalTask.objects.create(course=own.cohort.course, titles={"en": "Secret remark"})
    TaskResult.objects.create(task=task, participant=person, met=True, note="Secret remark")
    Attempt.objects.create(
        learner=person.user,
        learner_key=person.user.key,
        quiz=factories.QuizFactory(),
        number=1,
        seed=1,
        state="graded",
        percent=87,
    )
    return registration


@pytest.fixture
def text(client, cast):
    def opened():
        client.force_login(cast.focal_point)
        response = client.get(URL)
        assert response.status_code == 200
        return response.content.decode()

    return opened


@pytest.mark.parametrize("kind", MAY_SEE, ids=lambda kind: kind.__name__)
def test_the_page_is_handed_these_fields_and_no_other(kind):
    assert {field.name for field in fields(kind)} == MAY_SEE[kind]


def test_the_page_is_handed_no_record_of_a_person(client, cast, nominee):
    client.force_login(cast.focal_point)
    section = client.get(URL).context["sections"][0]
    (one,) = section["nominated"]
    assert type(one) is Nominee
    held = [getattr(one, field.name) for field in fields(one)]
    assert not any(hasattr(value, "_meta") for value in held)


def test_state_attendance_by_session_and_certificate_are_shown(text, nominee):
    shown = text()
    for word in ("Wangari Nominee", "Green customs", "Registered", "1 of 2 days", "PC-OWN", "Valid"):
        assert word in shown, word
    for word in ("Opening", "Practice", "Seizures", "Present", "Part of the time"):
        assert word in shown, word
    assert "Tomorrow" not in shown  # not offered yet
    assert "/en/check/PC-OWN/" in shown


@pytest.mark.parametrize(("mark", "words"), [(None, "Not recorded yet"), ("absent", "0 of 2 days")])
def test_nothing_noted_is_told_apart_from_absence(text, nominee, mark, words):
    Attendance.objects.all().delete()
    if mark:
        opening = nominee.workshop.sessions.first()
        Attendance.objects.create(session=opening, participant=nominee.participant, state=mark)
    shown = text()
    assert words in shown
    assert ("0 of 2 days" in shown) == (mark == "absent")


@pytest.mark.parametrize("what", NEVER)
def test_nothing_else_is_shown(text, nominee, what):
    shown = text()
    assert "Wangari Nominee" in shown
    assert NEVER[what] not in shown[shown.index("<main") : shown.index("</main")]


def test_whom_somebody_brought_in_for_another_reason_is_not_a_nominee(text, nominee):
    for source in ("self", "invitation", "walk-in", "organiser"):
        Registration.objects.filter(pk=nominee.pk).update(source=source)
        assert "Wangari" not in text(), source


def test_whoever_registers_again_by_themselves_is_no_longer_shown(text, nominee, cast):
    """A nomination given back and a place taken of one's own will: the second is nobody's business."""
    from courses.workshops.services import cancel_registration, register

    cancel_registration(actor=None, registration=nominee)
    assert "Cancelled" in text()
    register(actor=None, participant=nominee.participant, workshop=nominee.workshop)
    assert "Wangari" not in text()


def test_the_country_is_that_of_the_nomination_not_of_today(text, nominee):
    nominee.participant.country_id = "UG"
    nominee.participant.save()
    assert "Wangari" in text()
    Registration.objects.filter(pk=nominee.pk).update(country_id="UG")
    assert "Wangari" not in text()


def test_a_nominee_of_a_course_is_shown_by_state_and_certificate_only(text, nominee):
    enrolment = factories.EnrolmentFactory(
        participant=nominee.participant,
        source=Enrolment.Source.NOMINATION,
        country_id="KE",
        completed_at=timezone.now(),
        cohort__course__item__titles={"en": "Access and benefits"},
    )
    make_certificate(nominee.participant, enrolment.cohort, "PC-COURSE")
    shown = text()
    assert all(word in shown for word in ("Access and benefits", "Enrolled", "PC-COURSE"))
    assert "Completed" not in shown


def test_a_certificate_from_which_the_name_was_withdrawn_is_not_tied_to_the_name_here(text, nominee):
    Certificate.objects.filter(serial="PC-OWN").update(withdrawn_at=timezone.now(), name="")
    assert "PC-OWN" not in text()


def test_a_revoked_certificate_is_shown_without_the_reason(text, nominee):
    Certificate.objects.filter(serial="PC-OWN").update(
        state="revoked", ended_at=timezone.now(), reason="Secret end of it"
    )
    shown = text()
    assert "Revoked" in shown
    assert "Secret end" not in shown


def test_whoever_was_erased_or_merged_is_gone(text, nominee):
    from core.personal import Person

    twin = factories.ParticipantFactory(name="Kept Record", country_id="KE")
    people.merge_participants(actor=None, source=nominee.participant, into=twin)
    assert "Wangari" not in text()
    assert "Kept Record" in text()
    twin.refresh_from_db()
    erase_person(Person(participant=twin))
    shown = text()
    assert "Kept Record" not in shown
    assert "Erased person" not in shown


def test_looking_is_written_down_for_the_nominee(text, nominee, cast):
    text()
    text()
    entry = AuditEntry.objects.of_seeing().about(nominee.participant).get()
    assert (entry.actor, entry.action) == (cast.focal_point, "workshops.view")


def test_the_page_asks_as_many_queries_for_twenty_nominees_as_for_two(client, cast):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def add(number):
        for _each in range(number):
            workshop = factories.WorkshopFactory(starts_on=timezone.now().date() - timedelta(days=2))
            person = factories.ParticipantFactory()
            Registration.objects.create(workshop=workshop, participant=person, source="nomination", country_id="KE")
            session = sitting(workshop, "One", workshop.starts_on, 1)
            Attendance.objects.create(session=session, participant=person, state="present", minutes=60)
            make_certificate(person, workshop, f"PC-{person.pk}")
            factories.EnrolmentFactory(participant=person, source="nomination", country_id="KE")

    client.force_login(cast.focal_point)
    add(2)
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    add(18)
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) <= len(few) + 1  # the participants seen for the first time cost no more than one statement
