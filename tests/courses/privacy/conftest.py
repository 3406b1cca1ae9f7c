"""A learner with something in every room: reading, an attempt, an enrolment, attendance, a certificate with a file."""

from __future__ import annotations

from datetime import date, time
from types import SimpleNamespace

import pytest
from django.utils import timezone

from core import audit
from courses.catalogue.services import Judgement, completion_of, grant_waiver, record_results, save_task
from courses.certificates.models import Batch, CertificateTemplate, CertificateTemplateText
from courses.certificates.services import issue_certificate
from courses.participants.services import claim_designation, forget_participant, remove_claim, set_consents
from courses.privacy.models import DataExport
from courses.workshops.models import Attendance, Registration, Session
from jobs.models import OutboxMail
from modules.assessments.models import Attempt, Quiz
from modules.assessments.services import grant_time, withdraw_time
from modules.lessons.models import LessonProgress
from modules.records.models import Event, Item
from modules.records.services import log_event
from tests import factories

PRINTED = "Learner Example"
PDF = b"%PDF the certificate"


class Press:
    """Sets no sheet: what stands on the paper is held elsewhere, and takes long."""

    def pdf(self, sheet) -> bytes:
        return PDF


@pytest.fixture(autouse=True)
def exports_apart(files_apart, monkeypatch):
    from courses.privacy.models import private_storage

    monkeypatch.setattr(DataExport._meta.get_field("archive"), "storage", private_storage())


@pytest.fixture
def life(cast, programme):
    """What the cast's learner did, by the rows it left."""
    user, person = cast.learner, cast.learner.participant
    person.name = person.name_latin = PRINTED
    person.organisation, person.country_id, person.position = "Ministry of Green Things", "KE", "Adviser"
    person.save()
    forget_participant(user)
    course = factories.CourseFactory(programme=programme)
    module = factories.ItemFactory(kind=Item.Kind.MODULE)
    factories.SyllabusEntryFactory(course=course, item=module)
    lesson = factories.ItemFactory(kind=Item.Kind.LESSON, parent=module)
    cohort = factories.CohortFactory(course=course)
    enrolment = factories.EnrolmentFactory(
        participant=person, cohort=cohort, organisation=person.organisation, country_id="KE"
    )
    quiz = factories.QuizFactory(item__parent=module)
    progress = LessonProgress.objects.create(learner=user, learner_key=user.key, item=lesson, seen_at=timezone.now())
    attempt = Attempt.objects.create(
        learner=user, learner_key=user.key, quiz=quiz, number=1, seed=1, state="graded", percent=90, passed=True
    )
    event = log_event(user=user, verb=Event.Verb.COMPLETED, item=lesson)
    workshop = factories.WorkshopFactory(programme=programme, starts_on=date(2026, 3, 3), state="held")
    session = Session.objects.create(
        workshop=workshop,
        titles={"en": "Opening"},
        day=workshop.starts_on,
        begins=time(9),
        finishes=time(10),
        starts_at=timezone.now(),
        ends_at=timezone.now() + timezone.timedelta(hours=1),
    )
    registration = Registration.objects.create(workshop=workshop, participant=person, organisation="Ministry")
    mark = Attendance.objects.create(session=session, participant=person, state="present", minutes=60)
    for asked in completion_of(course, [enrolment])[enrolment.pk].requirements:
        grant_waiver(
            actor=cast.organiser,
            enrolment=enrolment,
            kind=asked.outcome.kind,
            ref=asked.outcome.ref,
            reason=f"{PRINTED} taught it for years.",
        )
    template = CertificateTemplate.objects.create(key="t", signatory_name="Somebody")
    CertificateTemplateText.objects.create(record=template, language="en", heading="Certificate", issuer="Secretariat")
    batch = Batch.objects.create(
        template=template,
        subject_key=f"cohort:{cohort.pk}",
        cohort=cohort,
        participants=[person.pk],
        requested_by=cast.organiser,
    )
    certificate = issue_certificate(actor=cast.organiser, batch=batch, participant=person, renderer=Press())
    OutboxMail.objects.all().delete()  # the letters that came with it have been read
    _talked_about(cast, enrolment, attempt)
    set_consents(actor=user, participant=person, purposes=["news"])
    audit.record(actor=user, action="catalogue.enrol", obj=enrolment)
    return SimpleNamespace(
        user=user,
        person=person,
        enrolment=enrolment,
        progress=progress,
        attempt=attempt,
        event=event,
        registration=registration,
        mark=mark,
        certificate=certificate,
        cohort=cohort,
    )


def _talked_about(cast, enrolment, attempt) -> None:
    """What others wrote of the learner, and what was deleted again: a claim, a result, a time allowance."""
    user, person, boss = cast.learner, enrolment.participant, cast.organiser
    claim = claim_designation(
        actor=None, participant=person, treaty="nagoya", country=person.country, starts_on=date(2026, 1, 1)
    )
    remove_claim(actor=None, designation=claim)
    course = enrolment.cohort.course
    task = save_task(actor=boss, course=course, kind="skill", titles={"en": "Pack a sample"}, criteria={})
    for met in (True, None):
        judged = {person.pk: Judgement(met)}
        record_results(actor=boss, task=task, cohort=enrolment.cohort, judgements=judged)
    Quiz.objects.filter(pk=attempt.quiz_id).update(time_limit=10)
    attempt.quiz.refresh_from_db()
    time = {"actor": boss, "quiz": attempt.quiz, "learner": user, "reason": f"{PRINTED} has bad eyes"}
    withdraw_time(actor=boss, allowance=grant_time(minutes=5, **time))
    grant_time(percent=50, **time)
    audit.record(actor=boss, action="catalogue.extend", obj=enrolment, reason=f"{PRINTED} is ill")
    audit.record(actor=boss, action="assessments.take_back_marks", obj=attempt, reason=f"{PRINTED} wrote to me")
