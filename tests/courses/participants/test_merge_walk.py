"""Merging and undoing treat everything that points to a person, whatever room it is in, column by column.

**A new field that points to ``Participant`` needs a maker here**, and if there can be only one row per person, a second
one that stands in the way. The test fails for a field without.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from courses.catalogue.models import (
    Application,
    CohortInvitation,
    EnrolmentNote,
    PracticalTask,
    RequirementWaiver,
    TaskResult,
)
from courses.certificates.models import Certificate, CertificateTemplate
from courses.participants import services
from courses.participants.models import Consent, FocalPointDesignation, ImportRow, Merge, Participant, PeopleImport
from courses.participants.services.merge_rules import ABOUT_TWO_RECORDS, pointing, relations, unique_constraints
from courses.privacy.models import ErasureRequest
from courses.workshops.models import Attendance, Nomination, Registration, Session
from tests.factories import (
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    ParticipantFactory,
    ProgrammeFactory,
    UserFactory,
    WorkshopFactory,
    past,
)

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 3, 1, tzinfo=UTC)
LATE = datetime(2026, 4, 1, tzinfo=UTC)


class Things:
    """What both records may have: one of each, made when first asked for."""

    def __init__(self):
        self.cohort = CohortFactory(ends_on=EARLY.date(), starts_on=EARLY.date())
        self.task = PracticalTask.objects.create(course=self.cohort.course, titles={"en": "Use the checklist"})
        self.workshop = WorkshopFactory()
        self.session = Session.objects.create(
            workshop=self.workshop,
            day=EARLY.date(),
            begins=time(9),
            finishes=time(10),
            starts_at=EARLY,
            ends_at=EARLY + timedelta(hours=1),
        )
        self.template = CertificateTemplate.objects.create(key="t", signatory_name="S")
        self.imported = PeopleImport.objects.create(programme=ProgrammeFactory(), file_name="a.csv", kind="csv")


def certificate(person, things, stronger):
    return Certificate.objects.create(
        serial=f"PC-{person.pk}",
        kind="completion",
        participant=person,
        template=things.template,
        cohort=things.cohort,
        subject_key=f"cohort:{things.cohort.pk}",
        language="en",
        issued_at=EARLY,
        sha256="0" * 64,
    )


def enrolment(person, things, stronger):
    """The stronger one is completed, extended, active; with notes, waivers, and one that was left for it."""
    row = EnrolmentFactory(
        participant=person,
        cohort=things.cohort,
        enrolled_at=EARLY if stronger else LATE,
        completed_at=LATE if stronger else None,
        completed_rule=3 if stronger else None,
        deadline=LATE.date() if stronger else None,
        state="active" if stronger else "withdrawn",
        withdrawn_at=None if stronger else LATE,
    )
    RequirementWaiver.objects.create(enrolment=row, kind="module", ref="1", title="Law", reason=f"Known {person.pk}")
    RequirementWaiver.objects.create(enrolment=row, kind="quiz", ref=str(person.pk), title="Quiz", reason="Certified")
    RequirementWaiver.objects.create(
        enrolment=row, kind="module", ref="2", reason="Once", ended_at=LATE, end_reason="No longer"
    )
    EnrolmentNote.objects.create(enrolment=row, text="Ask again")
    EnrolmentFactory(participant=person, cohort=CohortFactory(course=things.cohort.course), transferred_to=row)
    return row


MAKERS = {
    "certificates.Certificate.participant": certificate,
    "workshops.Registration.participant": lambda person, things, stronger: Registration.objects.create(
        workshop=things.workshop,
        participant=person,
        state="registered" if stronger else "cancelled",
        cancelled_at=None if stronger else LATE,
    ),
    "workshops.Nomination.participant": lambda person, things, stronger: Nomination.objects.create(
        workshop=things.workshop,
        participant=person,
        country_id="KE" if stronger else "UG",
        name=person.name,
        email=f"p{person.pk}@example.org",
        state="selected" if stronger else "nominated",
        decided_at=EARLY if stronger else None,
    ),
    "workshops.Attendance.participant": lambda person, things, stronger: Attendance.objects.create(
        session=things.session, participant=person, state="present", minutes=60 if stronger else 10
    ),
    "catalogue.Enrolment.participant": enrolment,
    "catalogue.TaskResult.participant": lambda person, things, stronger: TaskResult.objects.create(
        task=things.task, participant=person, met=stronger, note=f"Seen {person.pk}", judged_at=EARLY
    ),
    "catalogue.Application.participant": lambda person, things, stronger: Application.objects.create(
        cohort=things.cohort, participant=person, state="waiting", waiting_since=EARLY if stronger else LATE
    ),
    "catalogue.CohortInvitation.participant": lambda person, things, stronger: CohortInvitation.objects.create(
        cohort=things.cohort,
        email=f"p{person.pk}@example.org",
        language="en",
        expires_at=LATE,
        participant=person,
        state="accepted",
    ),
    "privacy.ErasureRequest.participant": lambda person, things, stronger: ErasureRequest.objects.create(
        participant=person, state="planned", due_at=LATE, identity="document", reason="asked", reference="1"
    ),
    "participants.Participant.merged_into": lambda person, things, stronger: ParticipantFactory(merged_into=person),
    "participants.FocalPointDesignation.participant": lambda person, things, stronger: (
        FocalPointDesignation.objects.create(participant=person, treaty="cbd", country_id="UG", starts_on=past(3))
    ),
    "participants.Consent.participant": lambda person, things, stronger: Consent.objects.create(
        participant=person, purpose="news"
    ),
    "participants.ImportRow.participant": lambda person, things, stronger: ImportRow.objects.create(
        batch=things.imported, number=person.pk, verdict="new", outcome="created", participant=person
    ),
}
KEPT_WITH_THE_MERGED_RECORD = {"participants.Consent.participant", "privacy.ErasureRequest.participant"}
"""Where both records have one and no room reconciles them: that of the merged record stays with it."""
ALL = sorted(MAKERS)


def name_of(kind, field):
    return f"{kind._meta.label}.{field}"


@pytest.fixture
def pair():
    return ParticipantFactory(name="Amina Diallo", user=UserFactory()), ParticipantFactory(name="A. Diallo")


@pytest.fixture
def things():
    return Things()


def everything():
    """All rows of the rooms that people hang on, by model and key, column by column."""
    skipped = {AuditEntry, Merge}
    rooms = {"participants", "privacy", "catalogue", "workshops", "certificates", "accounts", "institutions", "lessons",
             "assessments", "records", "jobs"}  # fmt: skip
    return {
        (model._meta.label, row["id" if "id" in row else model._meta.pk.attname]): row
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in rooms and model not in skipped
        for row in model._base_manager.values()
    }


def test_every_field_that_points_to_a_person_has_a_maker():
    found = {name_of(kind, field) for kind, field in pointing(Participant)}
    apart = {name for name in found if name.rpartition(".")[0].lower() in ABOUT_TWO_RECORDS}
    assert found - apart == set(MAKERS)
    assert apart == {
        f"participants.{name}" for name in ("Merge.source", "Merge.into", "ToldApart.one", "ToldApart.other")
    }


def test_where_there_can_be_only_one_a_room_says_which():
    from courses.participants.services.merge_rules import reconcilers

    once = {(kind, field) for kind, field in relations() if unique_constraints(kind, field)}
    silent = {name_of(kind, field) for kind, field in once if kind._meta.label_lower not in reconcilers}
    assert silent == KEPT_WITH_THE_MERGED_RECORD


def test_no_person_is_pointed_to_in_a_way_that_merging_cannot_see():
    """Neither many-to-many nor one-to-one nor generic: only foreign keys are moved."""
    others = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is Participant
        if field.many_to_many or field.one_to_one
    }
    assert others == set()


@pytest.mark.parametrize("name", ALL)
def test_it_moves_and_comes_back(name, pair, things):
    source, into = pair
    row = MAKERS[name](source, things, True)
    field = name.rpartition(".")[2]
    before = everything()
    services.merge_participants(actor=None, source=source, into=into)
    row.refresh_from_db()
    assert getattr(row, field) == into
    services.undo_merge(actor=None, merge=Merge.objects.get())
    assert everything() == before


@pytest.mark.parametrize("stronger", ["source", "into"])
@pytest.mark.parametrize("name", ALL)
def test_where_both_have_it_undoing_restores_both_to_the_last_column(name, pair, things, stronger):
    source, into = pair
    MAKERS[name](source, things, stronger == "source")
    MAKERS[name](into, things, stronger == "into")
    before = everything()
    services.merge_participants(actor=None, source=source, into=into)
    assert everything() != before
    services.undo_merge(actor=None, merge=Merge.objects.get())
    assert everything() == before


@pytest.mark.parametrize("stronger", ["source", "into"])
def test_all_of_it_at_once_comes_back(pair, things, stronger):
    source, into = pair
    for maker in MAKERS.values():
        maker(source, things, stronger == "source")
        maker(into, things, stronger == "into")
    before = everything()
    services.merge_participants(actor=None, source=source, into=into)
    services.undo_merge(actor=None, merge=Merge.objects.get())
    assert everything() == before


def test_what_hangs_on_the_account_is_not_touched_at_all(pair, things):
    """With the account everything that names it moves by itself: no row that points to a user may change."""
    source, into = pair
    links = [(kind, field) for kind, field in pointing(User) if kind._meta.label != "participants.Participant"]
    for maker in MAKERS.values():
        maker(source, things, True)

    def held():
        keys = ((kind, field, kind._meta.pk.attname) for kind, field in links)
        return {(kind, field): list(kind._base_manager.order_by(pk).values_list(pk, field)) for kind, field, pk in keys
                if kind not in (AuditEntry, Merge)}  # fmt: skip

    before = held()
    services.merge_participants(actor=None, source=source, into=into)
    assert held() == before
    into.refresh_from_db()
    assert into.user == source.user


@pytest.mark.parametrize("name", ALL)
def test_the_preview_names_what_both_have_and_what_will_be(name, pair, things):
    source, into = pair
    MAKERS[name](source, things, True)
    MAKERS[name](into, things, False)
    kind, field = next(pair for pair in relations() if name_of(*pair) == name)
    preview = services.preview_merge(actor=None, source=source, into=into)
    told = [one for one in preview.conflicts if one.kind.lower() == str(kind._meta.verbose_name).lower()]
    assert bool(told) == bool(unique_constraints(kind, field))
    assert all(one.stays and one.source and one.into for one in told)


def test_the_preview_names_a_requirement_waived_in_both(pair, things):
    source, into = pair
    for person in pair:
        enrolment(person, things, True)
    waivers = [one for one in services.preview_merge(actor=None, source=source, into=into).conflicts
               if one.kind == "Waiver"]  # fmt: skip
    assert [(f"Known {source.pk}" in one.source, f"Known {into.pk}" in one.into) for one in waivers] == [(True, True)]
    services.merge_participants(actor=None, source=source, into=into)
    kept = into.enrolments.get(cohort=things.cohort)
    assert kept.waivers.in_force().get(kind="module").reason == f"Known {into.pk}"


def test_the_enrolment_that_stays_has_the_best_of_both(pair, things):
    source, into = pair
    enrolment(source, things, True)
    kept = enrolment(into, things, False)
    services.merge_participants(actor=None, source=source, into=into)
    kept.refresh_from_db()
    assert (kept.state, kept.enrolled_at, kept.completed_at, kept.completed_rule, kept.deadline) == (
        "active", EARLY, LATE, 3, LATE.date(),
    )  # fmt: skip
    assert kept.notes.count() == 2
    assert kept.transferred_from.exclude(cohort=things.cohort).count() == 2
    assert kept.transferred_from.get(cohort=things.cohort).participant == source
    assert {(one.kind, one.ref) for one in kept.waivers.in_force()} == {
        ("module", "1"), ("quiz", str(source.pk)), ("quiz", str(into.pk)),
    }  # fmt: skip


def test_a_waiver_ended_since_the_merge_stays_ended_when_it_is_undone(pair, things):
    source, into = pair
    enrolment(source, things, True)
    enrolment(into, things, False)
    services.merge_participants(actor=None, source=source, into=into)
    moved = RequirementWaiver.objects.get(kind="quiz", ref=str(source.pk))
    moved.ended_at, moved.end_reason = timezone.now(), "A mistake"
    moved.save()
    services.undo_merge(actor=None, merge=Merge.objects.get())
    moved.refresh_from_db()
    assert moved.enrolment.participant == source
    assert moved.end_reason == "A mistake"


def test_the_page_shows_what_both_have(client, pair, things):
    boss = User.objects.create_superuser("boss@example.org", "x")
    source, into = pair
    for number, person in enumerate(pair):
        MAKERS["workshops.Attendance.participant"](person, things, bool(number))
    client.force_login(boss)
    text = client.get(f"/en/people/{source.pk}/merge/{into.pk}/").content.decode()
    assert "What both records have" in text
    assert "The longer attendance stays." in text


def test_the_preview_asks_as_many_queries_for_fifty_sessions_as_for_two(pair, things):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(connection) as asked:
            services.preview_merge(actor=None, source=pair[0], into=pair[1])
        return len(asked)

    def attend(number):
        for hour in range(number):
            session = Session.objects.create(
                workshop=things.workshop, day=EARLY.date(), begins=time(9), finishes=time(10), starts_at=EARLY,
                ends_at=EARLY + timedelta(hours=hour + 1),
            )  # fmt: skip
            for person in pair:
                Attendance.objects.create(session=session, participant=person, state="present", minutes=hour)

    attend(2)
    few = queries()
    attend(48)
    assert queries() == few


def test_a_course_of_its_own_is_no_conflict(pair):
    for person in pair:
        EnrolmentFactory(participant=person, cohort=CohortFactory(course=CourseFactory()))
    assert services.preview_merge(actor=None, source=pair[0], into=pair[1]).conflicts == []
