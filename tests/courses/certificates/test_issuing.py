"""From the choice of people to certificates, ZIP and mail; nothing twice, whatever happens."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone

from core.models import AuditEntry
from core.personal import Person
from courses.catalogue import services as catalogue
from courses.certificates import issuing, services
from courses.certificates.eligibility import eligible
from courses.certificates.models import Certificate, Kind
from courses.certificates.render import BatchRenderer
from courses.participants.models import Participant
from courses.participants.services import merge_participants
from courses.privacy.erasing import erase_person
from institutions.models import Role
from institutions.services import grant_role
from jobs import running
from jobs.models import Job, OutboxMail
from tests import factories

from .conftest import complete, make_template

pytestmark = pytest.mark.django_db


def test_who_is_complete_can_receive_and_the_others_read_what_is_missing(completed, cast, template):
    rows = {c.participant.user: c for c in eligible(completed, template.kind, actor=cast.organiser)}
    assert rows[cast.learner].can_receive
    assert not rows[cast.outsider].can_receive
    assert [r.met for r in rows[cast.outsider].requirements] == [False]
    assert rows[cast.outsider].missing[0].why


def test_eight_tenths_of_the_offered_minutes_earn_a_workshops_certificate(workshop, cast):
    rows = {c.participant.user: c for c in eligible(workshop, Kind.PARTICIPATION)}
    assert rows[cast.learner].complete
    assert not rows[cast.outsider].complete
    assert "60 of 120" in rows[cast.outsider].missing[0].why


@pytest.mark.parametrize(("minutes", "met"), [(95, False), (96, True), (97, True)])
def test_the_border_is_eighty_per_cent(workshop, cast, minutes, met):
    from courses.workshops.models import Attendance

    rows = Attendance.objects.filter(participant=cast.learner.participant).order_by("session__starts_at")
    rows.filter(pk=rows[1].pk).update(minutes=minutes - 60)
    assert {c.participant.user: c.complete for c in eligible(workshop, Kind.PARTICIPATION)}[cast.learner] is met


def test_the_number_of_queries_does_not_depend_on_the_people(completed, template, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as first:
        eligible(completed, template.kind)
    for _number in range(15):
        user = factories.UserFactory()
        participant = factories.ParticipantFactory(user=user)
        factories.EnrolmentFactory(participant=participant, cohort=completed)
        complete(completed, user)
    with django_assert_max_num_queries(len(first.captured_queries)):
        eligible(completed, template.kind)


def test_a_certificate_is_issued_with_everything_frozen(issue, cast, completed):
    done = issue()
    assert done.job.state == Job.State.DONE
    certificate = done.certificate
    assert certificate.state == Certificate.State.VALID
    assert certificate.name == cast.learner.participant.name
    assert certificate.printed["title"] == "Legal frameworks"
    assert certificate.printed["dates"] == "3 March – 12 May 2026"
    assert certificate.printed["statement"] == "has completed the course Legal frameworks of 20 hours"
    assert certificate.subject_key == f"cohort:{completed.pk}"
    assert certificate.issued_by == cast.organiser
    assert certificate.evidence["requirements"][0]["kind"] == "lessons"
    assert certificate.evidence["lessons"] == {str(completed.lesson.key): {"version": 1, "revision": 7}}
    data = certificate.pdf.read()
    assert hashlib.sha256(data).hexdigest() == certificate.sha256
    text = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert "Legal frameworks" in text
    assert certificate.serial in text
    assert AuditEntry.objects.filter(action="certificates.issue", object_label=certificate.serial).exists()


def test_a_later_change_of_name_template_or_course_changes_nothing(issue, cast, template, completed):
    certificate = issue().certificate
    before = certificate.pdf.read()
    cast.learner.participant.name = "Somebody Else"
    cast.learner.participant.save()
    template.texts.update(heading="Other", statement="other")
    completed.course.item.titles = {"en": "Other"}
    completed.course.item.save()
    certificate = Certificate.objects.get(pk=certificate.pk)
    assert certificate.name != "Somebody Else"
    assert certificate.printed["heading"] == "Certificate of completion"
    assert certificate.pdf.read() == before
    assert services.is_unaltered(certificate)


def test_the_certificate_speaks_the_persons_language(issue, cast):
    cast.learner.participant.language = "ar"
    cast.learner.participant.save()
    certificate = issue().certificate
    assert certificate.language == "ar"
    assert certificate.printed["title"] == "أطر قانونية"
    assert certificate.printed["heading"] == "شهادة إتمام"
    reader = pypdf.PdfReader(certificate.pdf.open())
    assert reader.trailer["/Root"]["/Lang"] == "ar"
    mail = OutboxMail.objects.get(key=f"certificate:{certificate.serial}")
    assert mail.language == "ar"
    assert 'dir="rtl"' in mail.html


def test_the_batchs_language_goes_before_the_persons(issue, cast):
    cast.learner.participant.language = "ar"
    cast.learner.participant.save()
    assert issue(language="en").certificate.language == "en"


def test_a_language_the_template_lacks_gives_a_whole_certificate_in_one_it_has(issue, cast):
    cast.learner.participant.language = "ru"
    cast.learner.participant.save()
    certificate = issue().certificate
    assert certificate.language == "en"
    assert certificate.printed["certify"] == "This is to certify that"


def test_each_person_with_an_address_gets_one_mail(issue, cast):
    certificate = issue().certificate
    mail = OutboxMail.objects.get(key=f"certificate:{certificate.serial}")
    assert mail.to == cast.learner.participant.email
    assert "/en/my/certificates/" in mail.text
    assert f"/en/check/{certificate.serial}/" in mail.text
    running.deliver(mail.pk)


def test_the_zip_holds_the_files_under_good_names(issue):
    done = issue()
    with zipfile.ZipFile(done.batch.archive.open()) as archive:
        assert archive.namelist() == [issuing.file_name(done.certificate)]
        assert archive.read(archive.namelist()[0]) == done.certificate.pdf.read()


# --- nothing twice


def test_running_the_job_twice_issues_nothing_twice(issue, cast, django_capture_on_commit_callbacks):
    done = issue()
    Job.objects.update(state=Job.State.QUEUED)
    running.run(done.job.key)
    assert Certificate.objects.count() == 1
    assert OutboxMail.objects.filter(key__startswith="certificate:").count() == 1


def test_a_job_that_died_in_the_middle_goes_on_where_it_was(cast, completed, template, monkeypatch):
    complete(completed, cast.outsider)
    batch = services.request_batch(
        actor=cast.organiser,
        template=template,
        subject=completed,
        participants=[cast.learner.participant, cast.outsider.participant],
    )
    real = services.issue_certificate
    calls = []

    def dies(**kwargs):
        calls.append(kwargs["participant"].pk)
        if len(calls) == 2:
            raise KeyboardInterrupt  # as good as a crash: nothing is tidied up
        return real(**kwargs)

    monkeypatch.setattr(issuing, "issue_certificate", dies)
    with pytest.raises(KeyboardInterrupt):
        running.run(batch.job.key)
    first = Certificate.objects.get()
    monkeypatch.setattr(issuing, "issue_certificate", real)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    running.run(batch.job.key)
    assert Certificate.objects.count() == 2
    assert Certificate.objects.filter(pk=first.pk, serial=first.serial).exists()
    assert Job.objects.get(pk=batch.job.pk).state == Job.State.DONE


def test_two_workers_at_the_same_certificate_leave_one_row_and_one_file(
    cast, completed, template, monkeypatch, settings
):
    batch = services.request_batch(
        actor=cast.organiser, template=template, subject=completed, participants=[cast.learner.participant]
    )
    common = {"actor": cast.organiser, "batch": batch, "participant": cast.learner.participant}
    real = BatchRenderer.pdf
    other = []

    def slow(self, sheet):
        if not other:  # while we render, another worker is faster
            other.append(None)
            other[0] = services.issue_certificate(**common)
        return real(self, sheet)

    monkeypatch.setattr(BatchRenderer, "pdf", slow)
    ours = services.issue_certificate(**common)
    assert ours == other[0]
    assert Certificate.objects.count() == 1
    _folders, files = services.storage().listdir(f"certificates/{timezone.now().year}")
    assert len(files) == 1
    assert services.is_unaltered(Certificate.objects.get())


def test_nobody_gets_the_same_certificate_twice_in_another_batch(issue, cast, completed, template):
    issue()
    with pytest.raises(services.NotComplete):
        issue()


def test_who_completed_and_then_left_has_earned_it(completed, cast, template):
    enrolment = completed.enrolments.get(participant=cast.learner.participant)
    catalogue.refresh_completion(completed.course, [enrolment])
    catalogue.withdraw(actor=cast.learner, enrolment=enrolment)
    other = completed.enrolments.get(participant=cast.outsider.participant)
    catalogue.withdraw(actor=cast.outsider, enrolment=other)
    rows = {c.participant.user: c for c in eligible(completed, template.kind, actor=cast.organiser)}
    assert list(rows) == [cast.learner]
    assert rows[cast.learner].can_receive


def test_who_moved_to_another_cohort_is_certified_there_only(completed, cast, template):
    enrolment = completed.enrolments.get(participant=cast.learner.participant)
    catalogue.refresh_completion(completed.course, [enrolment])
    goal = factories.CohortFactory(course=completed.course)
    catalogue.transfer(actor=cast.organiser, enrolment=enrolment, cohort=goal)
    assert cast.learner not in [c.participant.user for c in eligible(completed, template.kind)]
    assert [c.can_receive for c in eligible(goal, template.kind)] == [True]


def test_somebody_who_left_meanwhile_is_left_out_with_the_reason_and_the_others_get_theirs(cast, completed, template):
    complete(completed, cast.outsider)
    batch = services.request_batch(
        actor=cast.organiser,
        template=template,
        subject=completed,
        participants=[cast.learner.participant, cast.outsider.participant],
    )
    completed.enrolments.filter(participant=cast.outsider.participant).update(state="withdrawn")
    running.run(batch.job.key)
    job = Job.objects.get(pk=batch.job.pk)
    assert job.state == Job.State.DONE
    assert [row["participant"] for row in job.result["skipped"]] == [cast.outsider.participant.pk]
    assert Certificate.objects.get().participant == cast.learner.participant


def forget(participant):
    erase_person(Person(user=participant.user, participant=participant))


def merge_away(participant):
    merge_participants(actor=None, source=participant, into=factories.ParticipantFactory())


@pytest.mark.parametrize("act", [forget, merge_away])
def test_whoever_is_erased_or_merged_while_the_batch_is_drawn_is_left_out(cast, completed, template, monkeypatch, act):
    """The people were read when the work began; the last is gone before their certificate is in the ledger."""
    complete(completed, cast.outsider)
    people = [cast.learner.participant, cast.outsider.participant]
    batch = services.request_batch(actor=cast.organiser, template=template, subject=completed, participants=people)
    gone = Participant.objects.get(pk=batch.participants[-1])
    real = BatchRenderer.pdf

    def slow(self, sheet):
        if Participant.objects.present().filter(pk=gone.pk).exists() and sheet.name == gone.name:
            act(gone)
        return real(self, sheet)

    monkeypatch.setattr(BatchRenderer, "pdf", slow)
    running.run(batch.job.key)
    job = Job.objects.get(pk=batch.job.pk)
    assert job.state == Job.State.DONE
    assert [row["participant"] for row in job.result["skipped"]] == [gone.pk]
    assert Certificate.objects.get().participant_id == batch.participants[0]
    _folders, files = services.storage().listdir(f"certificates/{timezone.now().year}")
    assert len(files) == 1


def test_a_text_that_does_not_fit_on_a_page_is_left_out_with_the_reason(cast, completed, template):
    template.texts.update(statement="word " * 400)
    batch = services.request_batch(
        actor=cast.organiser, template=template, subject=completed, participants=[cast.learner.participant]
    )
    running.run(batch.job.key)
    assert "too long" in Job.objects.get(pk=batch.job.pk).result["skipped"][0]["why"]


# --- who may


def test_an_organiser_of_another_programme_issues_nothing(cast, completed, template):
    with pytest.raises(services.NotAllowed):
        services.request_batch(
            actor=cast.other_organiser, template=template, subject=completed, participants=[cast.learner.participant]
        )


@pytest.mark.parametrize("who", ["learner", "trainer", "focal_point", "outsider"])
def test_nobody_but_organisers_issues(cast, completed, template, who):
    with pytest.raises(services.NotAllowed):
        services.request_batch(
            actor=getattr(cast, who), template=template, subject=completed, participants=[cast.learner.participant]
        )


def test_nobody_certifies_themselves(cast, completed, template):
    factories.EnrolmentFactory(participant=cast.organiser.participant, cohort=completed)
    complete(completed, cast.organiser)
    row = next(
        c for c in eligible(completed, template.kind, actor=cast.organiser) if c.participant.user == cast.organiser
    )
    assert row.complete
    assert not row.can_receive
    assert row.refused
    with pytest.raises(services.OwnCertificate):
        services.request_batch(
            actor=cast.organiser, template=template, subject=completed, participants=[cast.organiser.participant]
        )


def test_nobody_incomplete_can_be_slipped_in(cast, completed, template):
    with pytest.raises(services.NotComplete):
        services.request_batch(
            actor=cast.organiser, template=template, subject=completed, participants=[cast.outsider.participant]
        )


def test_nobody_from_outside_the_cohort_can_be_slipped_in(cast, completed, template):
    with pytest.raises(services.NotComplete):
        services.request_batch(
            actor=cast.organiser, template=template, subject=completed, participants=[cast.trainer.participant]
        )


def test_a_batch_needs_somebody(cast, completed, template):
    with pytest.raises(services.NobodyChosen):
        services.request_batch(actor=cast.organiser, template=template, subject=completed, participants=[])


@pytest.mark.parametrize("fields", [{"kind": Kind.PARTICIPATION}, {"archived_at": timezone.now()}])
def test_a_template_that_does_not_suit_is_refused(cast, completed, fields):
    with pytest.raises(services.TemplateUnsuitable):
        services.request_batch(
            actor=cast.organiser,
            template=make_template("other", **fields),
            subject=completed,
            participants=[cast.learner.participant],
        )


def test_a_template_of_another_programme_is_refused(cast, completed):
    with pytest.raises(services.TemplateUnsuitable):
        services.request_batch(
            actor=cast.organiser,
            template=make_template("other", programme=factories.ProgrammeFactory()),
            subject=completed,
            participants=[cast.learner.participant],
        )


# --- the second approval


@pytest.fixture
def second(cast, programme):
    """Another organiser of the same programme."""
    grant_role(actor=None, user=cast.trainer, role=Role.ORGANISER, programme=programme)
    return cast.trainer


@pytest.fixture
def waiting(cast, completed):
    return services.request_batch(
        actor=cast.organiser,
        template=make_template("strict", second_approval=True),
        subject=completed,
        participants=[cast.learner.participant],
    )


def test_with_a_second_approval_nothing_begins_before_it(waiting, second):
    assert waiting.job is None
    assert not Job.objects.exists()
    batch = services.approve_batch(actor=second, batch=waiting)
    running.run(batch.job.key)
    certificate = Certificate.objects.get()
    assert certificate.issued_by == second
    assert (batch.approved_by, batch.requested_by) != (batch.requested_by, batch.approved_by)


def test_nobody_approves_their_own_batch(waiting, cast):
    with pytest.raises(services.NotAllowed):
        services.approve_batch(actor=cast.organiser, batch=waiting)


@pytest.mark.parametrize("who", ["learner", "other_organiser", "outsider"])
def test_only_organisers_of_the_programme_approve(waiting, cast, who):
    with pytest.raises(services.NotAllowed):
        services.approve_batch(actor=getattr(cast, who), batch=waiting)


def test_nobody_approves_a_batch_that_certifies_them(waiting, cast, programme):
    grant_role(actor=None, user=cast.learner, role=Role.ORGANISER, programme=programme)
    with pytest.raises(services.NotAllowed):
        services.approve_batch(actor=cast.learner, batch=waiting)


def test_a_batch_is_approved_once(waiting, second):
    services.approve_batch(actor=second, batch=waiting)
    with pytest.raises(services.NotWaiting):
        services.approve_batch(actor=second, batch=waiting)
    assert Job.objects.count() == 1


# --- people without an account


def test_a_participant_without_account_and_address_gets_a_certificate_and_no_mail(cast, workshop, template):
    from courses.workshops.models import Attendance, Registration

    person = factories.ParticipantFactory(name="राम बहादुर", name_latin="Ram Bahadur")
    Registration.objects.create(workshop=workshop, participant=person)
    for session in workshop.sessions.all():
        Attendance.objects.create(session=session, participant=person, state="present", minutes=60)
    batch = services.request_batch(
        actor=cast.organiser, template=template, subject=workshop, participants=[person], language="en"
    )
    running.run(batch.job.key)
    certificate = Certificate.objects.get()
    assert certificate.name == "राम बहादुर"
    assert certificate.printed["name_latin"] == "Ram Bahadur"
    assert certificate.hours == 12
    assert certificate.printed["dates"] == "1–2 June 2026"
    assert certificate.printed["place"] == "Nairobi"
    assert not OutboxMail.objects.filter(key__startswith="certificate:").exists()
