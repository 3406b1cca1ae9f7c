"""One object of every kind that an address can name, and who owns it."""

from __future__ import annotations

import uuid
from datetime import time, timedelta
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.utils import timezone

from core import links
from courses.catalogue.models import (
    Application,
    ApplicationQuestion,
    Cohort,
    CohortInvitation,
    CohortTrainer,
    CoursePage,
    EnrolmentNote,
    PracticalTask,
    Prerequisite,
    RequirementWaiver,
)
from courses.catalogue.services.invitations import PURPOSE
from courses.certificates import services as certificates
from courses.certificates.models import Certificate, CertificateTemplate, CertificateTemplateText
from courses.participants import activation
from courses.participants.models import DataNotice, FocalPointDesignation, Merge, NoticeReceipt, PeopleImport, ToldApart
from courses.privacy import erasing
from courses.privacy.models import DataExport, ErasureRequest
from courses.workshops import services as workshops
from courses.workshops.models import WorkshopPrerequisite, WorkshopTrainer
from courses.workshops.services.messages import CALENDAR_LINK
from courses.workshops.services.nomination_mails import nomination_token
from institutions.models import Organisation, Role, RoleAssignment
from institutions.services import grant_role
from jobs import running, subscriptions
from jobs.heartbeat import PARTS, beat
from jobs.models import OutboxMail
from media.models import CampusMedia, MediaTrack
from modules.assessments.models import (
    AnswerFile,
    Attempt,
    AttemptQuestion,
    Mark,
    Question,
    QuestionCategory,
    QuestionImport,
    TimeAllowance,
)
from modules.assessments.services import put_question, start_attempt, submit_attempt
from modules.lessons.models import LessonProgress
from modules.records.models import Item
from modules.reference.models import Term
from tests import factories
from tests.cast import make_cast
from tests.modules import content


def make_world() -> SimpleNamespace:
    """Make everything once. The learner's things are the cast's learner's; trainer and organiser are theirs."""
    programme = factories.ProgrammeFactory()
    cast = make_cast(programme)
    cast.head = factories.UserFactory(email="head@example.org")
    factories.ParticipantFactory(user=cast.head)
    for part in PARTS:
        beat(part)
    grant_role(actor=None, user=cast.head, role=Role.ORGANISER)
    world = SimpleNamespace(
        programme=programme, cast=cast, front="", pdf="pdf", cohort_kind="cohort", workshop_kind="workshop"
    )
    _pages_and_quiz(world)
    _course(world)
    _workshop(world)
    _certificates(world)
    _entry(world)
    _words_and_data(world)
    world.organisation = Organisation.objects.create(name="A ministry", kind="government")
    world.role = RoleAssignment.objects.get(user=cast.trainer)
    world.claim = FocalPointDesignation.objects.create(
        participant=cast.learner.participant, treaty="nagoya", country_id="KE", starts_on=factories.past(9)
    )
    world.walk_in = factories.ParticipantFactory(created_by=cast.organiser, email="walk-in@example.org")
    other, gone = factories.ParticipantFactory(), factories.ParticipantFactory()
    world.other_walk_in = other
    gone.merged_into = other
    gone.save()
    world.apart = ToldApart.objects.create(one=world.walk_in, other=other)
    world.merge = Merge.objects.create(source=gone, into=other, changes={})
    world.letter = OutboxMail.objects.create(key="a-letter", to="somebody@example.org", subject="Hello", text="Hello.")
    world.letter_id = f"outbox-{world.letter.pk}"
    recording = CampusMedia.objects.create(title="A talk", type="video", file=ContentFile(b"", name="a.mp4"))
    world.caption = MediaTrack.objects.create(
        media=recording, language="en", file=ContentFile(b"WEBVTT\n", name="a.vtt")
    )
    return world


def _words_and_data(world: SimpleNamespace) -> None:
    """What the newer rooms keep: the glossary, a list of people being imported, one's own data."""
    world.term = Term.objects.create(name="Benefit", definition="What is shared.", locale=world.home.locale)
    world.category = QuestionCategory.objects.create(titles={"en": "Law"})
    world.brought = QuestionImport.objects.create(
        file_name="q.xml", format="moodle-xml", language="en", state="checked"
    )
    world.allowance = TimeAllowance.objects.create(
        quiz=world.past_quiz, learner=world.cast.learner, learner_key=world.cast.learner.key, minutes=9, reason="Eyes"
    )
    world.answer_file = AnswerFile.objects.create(
        question=world.result.questions.first(), file=ContentFile(b"x", name="a.txt"), name="a.txt", size=1
    )
    world.to_mark, world.marked = (_essay(world, number) for number in (90, 91))
    Mark.objects.create(question=world.marked, points=1, by=world.cast.trainer, released_at=timezone.now())
    world.imported = PeopleImport.objects.create(
        programme=world.programme,
        file=ContentFile(b"name\n", name="a.csv"),
        file_name="a.csv",
        kind="csv",
        headings=["name"],
        created_by=world.cast.organiser,
    )
    world.notice = DataNotice.objects.create(version=1, published_on=factories.past(1))
    for user in vars(world.cast).values():
        NoticeReceipt.objects.create(notice=world.notice, user=user)
    world.export = DataExport.objects.create(
        user=world.cast.learner,
        archive=ContentFile(b"zip", name="a.zip"),
        expires_at=timezone.now() + timedelta(days=1),
    )
    world.task = PracticalTask.objects.create(course=world.course, titles={"en": "Use the checklist"})
    world.note = EnrolmentNote.objects.create(enrolment=world.enrolment, author=world.cast.trainer, text="Ask again.")
    world.waiver = RequirementWaiver.objects.create(enrolment=world.enrolment, kind="module", ref="1", reason="Known")
    world.unsubscribe_token = subscriptions.token_for(world.cast.learner, subscriptions.mail_kinds()[0].name)
    world.newcomer_token = activation.token_for(factories.ParticipantFactory(email="new@example.org"))
    world.erasure = ErasureRequest.objects.create(user=world.cast.learner)
    world.letter_asked = ErasureRequest.objects.create(
        participant=factories.ParticipantFactory(),
        state="planned",
        due_at=timezone.now() + timedelta(days=7),
        identity="document",
        reason="asked",
        reference="2026/1",
    )
    world.erasure_token = links.make_token(erasing.LINK, str(world.erasure.key))


def _essay(world: SimpleNamespace, number: int) -> AttemptQuestion:
    """An essay of the learner, handed in for the cohort."""
    attempt = Attempt.objects.create(
        quiz=world.quiz,
        learner=world.cast.learner,
        learner_key=world.cast.learner.key,
        number=number,
        seed=0,
        state=Attempt.State.SUBMITTED,
        context=world.enrolment.context,
        submitted_at=timezone.now(),
    )
    version = put_question(actor=None, key="essay", type="essay", language="en", text="Why?", body={}, parts={})
    return AttemptQuestion.objects.create(attempt=attempt, version=version, order=0)


def _entry(world: SimpleNamespace) -> None:
    """How people come into a cohort: the outsider has applied to a second one, somebody is invited."""
    world.applied_cohort = factories.CohortFactory(course=world.course, entry=Cohort.Entry.APPLICATION)
    world.application = Application.objects.create(
        cohort=world.applied_cohort, participant=world.cast.learner.participant
    )
    world.invitation = CohortInvitation.objects.create(
        cohort=world.applied_cohort,
        email="invited@example.org",
        language="en",
        expires_at=timezone.now() + timedelta(days=9),
    )
    world.invitation_token = links.make_token(PURPOSE, [world.invitation.pk, world.invitation.email])
    world.application_question = ApplicationQuestion.objects.create(course=world.course, titles={"en": "Why?"})
    world.prerequisite = Prerequisite.objects.create(course=world.course, kind="course", ref=world.open_course.key)


def _pages_and_quiz(world: SimpleNamespace) -> None:
    world.home = content.make_site()
    module = content.make_module(content.make_topic(world.home), lessons=1)
    world.module = module
    lesson = content.lessons_of(module)[0]
    world.lesson = Item.objects.get(key=lesson.translation_key)
    world.lesson_path = content.url(lesson).removeprefix("/en/")
    world.quiz = factories.QuizFactory(item__parent=world.lesson.parent)
    world.question = Question.objects.first()
    world.result = start_attempt(actor=world.cast.learner, quiz=world.quiz, language="en")
    submit_attempt(actor=world.cast.learner, attempt=world.result, submission_key=uuid.uuid4())
    world.attempt = start_attempt(actor=world.cast.learner, quiz=world.quiz, language="en")


def _course(world: SimpleNamespace) -> None:
    """A course of one lesson that the learner has completed; ``open_course`` is one that nobody follows yet."""
    cast = world.cast
    module = factories.ItemFactory(kind=Item.Kind.MODULE)
    lesson = factories.ItemFactory(kind=Item.Kind.LESSON, parent=module)
    world.course = factories.CourseFactory(programme=world.programme)
    world.syllabus_entry = factories.SyllabusEntryFactory(course=world.course, item=module)
    world.cohort = factories.CohortFactory(course=world.course)
    world.cohort_trainer = CohortTrainer.objects.create(cohort=world.cohort, user=cast.trainer)
    world.enrolment = factories.EnrolmentFactory(participant=cast.learner.participant, cohort=world.cohort)
    LessonProgress.objects.create(
        learner=cast.learner,
        learner_key=cast.learner.key,
        item=lesson,
        seen_at=timezone.now(),
        done_at=timezone.now(),
        revision=1,
    )
    world.past_quiz = factories.QuizFactory(item__parent=module, item__retired_at=timezone.now())
    world.asked = world.past_quiz.slots.first().question
    attempt = Attempt.objects.create(
        quiz=world.past_quiz,
        learner_key=uuid.uuid4(),
        number=1,
        seed=1,
        state="graded",
        context=world.enrolment.context,
        points=1,
        max_points=1,
        percent=100,
        passed=True,
    )
    attempt.questions.create(version=world.asked.versions.get(), order=0, points=1)
    world.open_course = factories.CohortFactory(course__programme=world.programme, self_paced=True).course
    page = CoursePage(title="Open to all", slug="open-to-all", course=world.open_course, locale=world.home.locale)
    world.home.add_child(instance=page)
    page.save_revision().publish()


def _workshop(world: SimpleNamespace) -> None:
    """Open, its first day today, run by the trainer; the learner is registered."""
    world.workshop = factories.WorkshopFactory(programme=world.programme, course=world.course, capacity=20)
    world.workshop.starts_on = world.workshop.today
    world.workshop.save()
    world.draft = factories.WorkshopFactory(programme=world.programme, state="proposed")
    WorkshopTrainer.objects.create(workshop=world.draft, user=world.cast.trainer)
    world.workshop_trainer = WorkshopTrainer.objects.create(workshop=world.workshop, user=world.cast.trainer)
    world.session = workshops.add_session(
        actor=None,
        workshop=world.workshop,
        titles={"en": "Opening"},
        day=world.workshop.starts_on,
        begins=time(9),
        finishes=time(10, 30),
    )
    world.registration = workshops.register(
        actor=None, participant=world.cast.learner.participant, workshop=world.workshop
    )
    world.asking = factories.WorkshopFactory(
        programme=world.programme, nominations_close_on=factories.coming(9), region="africa"
    )
    WorkshopTrainer.objects.create(workshop=world.asking, user=world.cast.trainer)
    world.nomination = factories.NominationFactory(workshop=world.asking, participant=world.cast.learner.participant)
    invited = factories.NominationFactory(workshop=world.asking, state="selected")
    world.nomination_token = nomination_token(invited)
    world.asked_before = WorkshopPrerequisite.objects.create(workshop=world.workshop, course=world.open_course)
    world.calendar_token = links.make_token(CALENDAR_LINK, world.registration.pk)


def _certificates(world: SimpleNamespace) -> None:
    """The learner's certificate of the course, from a batch; and one for a person without an account."""
    world.template = CertificateTemplate.objects.create(
        key="completion", signatory_name="Dr Wanjiru Kamau", programme=world.programme
    )
    CertificateTemplateText.objects.create(
        record=world.template, language="en", heading="Certificate", statement="has completed {course}"
    )
    world.batch = certificates.request_batch(
        actor=world.cast.organiser,
        template=world.template,
        subject=world.cohort,
        participants=[world.cast.learner.participant],
    )
    running.run(world.batch.job.key)
    world.batch.refresh_from_db()
    world.job = world.batch.job
    world.certificate = Certificate.objects.get()
    world.sent = Certificate.objects.get()
    world.sent.pk, world.sent.serial, world.sent.participant = None, "PC-SENT", factories.ParticipantFactory()
    world.sent.save()
    world.mail_token = links.make_token(certificates.LINK, world.sent.serial)
