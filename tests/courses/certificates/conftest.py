"""A cohort whose learner has completed the course, a workshop that was attended, templates to print on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from courses.certificates import services
from courses.certificates.models import CertificateTemplate, CertificateTemplateText, Kind
from courses.certificates.render import BatchRenderer
from courses.workshops.models import Attendance, Registration, Session
from jobs import running
from modules.records.models import Item
from tests import factories


def make_template(key: str = "completion", kind: str = Kind.COMPLETION, **fields) -> CertificateTemplate:
    template = CertificateTemplate.objects.create(key=key, kind=kind, signatory_name="Dr Wanjiru Kamau", **fields)
    CertificateTemplateText.objects.create(
        record=template,
        language="en",
        heading="Certificate of completion",
        statement="has completed the course {course} of {hours}",
        issuer="Secretariat of the Example Convention",
        signatory_title="Head of capacity-building",
    )
    CertificateTemplateText.objects.create(
        record=template,
        language="ar",
        heading="شهادة إتمام",
        statement="قد أتمّ بنجاح الدورة",
        issuer="أمانة الاتفاقية",
        signatory_title="رئيسة وحدة بناء القدرات",
    )
    return template


@pytest.fixture
def template(db):
    return make_template()


@pytest.fixture
def cohort(cast, programme):
    """A course of one module with one lesson; the cast's learner and outsider are enrolled."""
    course = factories.CourseFactory(
        programme=programme,
        item=factories.ItemFactory(kind=Item.Kind.COURSE, titles={"en": "Legal frameworks", "ar": "أطر قانونية"}),
    )
    module = factories.ItemFactory(kind=Item.Kind.MODULE)
    factories.SyllabusEntryFactory(course=course, item=module)
    lesson = factories.ItemFactory(kind=Item.Kind.LESSON, parent=module)
    cohort = factories.CohortFactory(course=course, starts_on=date(2026, 3, 3), ends_on=date(2026, 5, 12))
    cohort.lesson = lesson  # type: ignore[attr-defined]
    for user in (cast.learner, cast.outsider):
        factories.EnrolmentFactory(participant=user.participant, cohort=cohort)
    return cohort


def complete(cohort, user) -> None:
    """The user has done everything the course asks."""
    from modules.lessons.models import LessonProgress

    LessonProgress.objects.create(
        learner=user,
        learner_key=user.key,
        item=cohort.lesson,
        seen_at=timezone.now(),
        done_at=datetime(2026, 5, 1, tzinfo=UTC),
        revision=7,
    )


@pytest.fixture
def completed(cohort, cast):
    complete(cohort, cast.learner)
    return cohort


@pytest.fixture
def workshop(cast, programme):
    """Two sessions of an hour. The learner was there all the time, the outsider for one hour."""
    workshop = factories.WorkshopFactory(
        programme=programme, title="Regional workshop", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 2), hours=12
    )
    from datetime import UTC, datetime, time

    sessions = [
        Session.objects.create(
            workshop=workshop,
            titles={"en": f"Day {day}"},
            day=date(2026, 6, day),
            begins=time(9),
            finishes=time(10),
            starts_at=datetime(2026, 6, day, 6, tzinfo=UTC),
            ends_at=datetime(2026, 6, day, 7, tzinfo=UTC),
        )
        for day in (1, 2)
    ]
    for user, minutes in ((cast.learner, (60, 60)), (cast.outsider, (60, 0))):
        Registration.objects.create(workshop=workshop, participant=user.participant)
        for session, share in zip(sessions, minutes, strict=True):
            Attendance.objects.create(session=session, participant=user.participant, state="present", minutes=share)
    return workshop


@pytest.fixture(scope="session")
def renderer():
    return BatchRenderer()


@pytest.fixture
def issue(cast, completed, template):
    """Issue to the learner; returns the certificate."""

    def act(actor=None, subject=completed, template=template, people=(cast.learner.participant,), **fields):
        batch = services.request_batch(
            actor=actor or cast.organiser, template=template, subject=subject, participants=people, **fields
        )
        running.run(batch.job.key)
        batch.refresh_from_db()
        return SimpleNamespace(
            batch=batch, job=batch.job, certificate=batch.certificates.first(), all=list(batch.certificates.all())
        )

    return act
