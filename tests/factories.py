"""Factories: the smallest valid record of each kind; tests say only what they are about."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from courses.catalogue.models import Cohort, Course, Enrolment, SyllabusEntry
from courses.participants.models import Participant
from courses.workshops.models import Nomination, Workshop, WorkshopText
from institutions.models import Programme, RoleAssignment
from modules.assessments.models import Question, QuestionText, QuestionVersion, Quiz, QuizQuestion, QuizText
from modules.records.models import Item

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        from allauth.account.models import EmailAddress

        self.set_password(PASSWORD)
        self.save()
        if extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    name = factory.Sequence(lambda n: f"Participant {n}")


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    key = factory.Sequence(lambda n: f"programme-{n}")
    titles = {"en": "A programme"}


class RoleAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = RoleAssignment


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = Item

    key = factory.LazyFunction(uuid.uuid4)
    kind = Item.Kind.LESSON
    titles = factory.Sequence(lambda n: {"en": f"Item {n}"})


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    key = factory.Sequence(lambda n: f"course-{n}")
    item = factory.SubFactory(ItemFactory, kind=Item.Kind.COURSE, titles={"en": "A course"})
    programme = factory.SubFactory(ProgrammeFactory)
    field = "abs"
    hours = 20


class SyllabusEntryFactory(DjangoModelFactory):
    class Meta:
        model = SyllabusEntry

    course = factory.SubFactory(CourseFactory)
    kind = SyllabusEntry.Kind.MODULE
    item = factory.SubFactory(ItemFactory, kind=Item.Kind.MODULE)


class CohortFactory(DjangoModelFactory):
    class Meta:
        model = Cohort

    course = factory.SubFactory(CourseFactory)
    titles = {"en": "A cohort"}
    language = "en"


class EnrolmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrolment

    participant = factory.SubFactory(ParticipantFactory)
    cohort = factory.SubFactory(CohortFactory)


class WorkshopFactory(DjangoModelFactory):
    class Meta:
        model = Workshop
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"workshop-{n}")
    programme = factory.SubFactory(ProgrammeFactory)
    state = Workshop.State.OPEN
    time_zone = "Africa/Nairobi"
    city = "Nairobi"
    starts_on = factory.LazyFunction(lambda: timezone.now().date() + timedelta(days=30))
    ends_on = factory.LazyAttribute(lambda workshop: workshop.starts_on + timedelta(days=1))
    languages = ["en"]

    @factory.post_generation
    def title(self, create, extracted, **kwargs):
        WorkshopText.objects.create(record=self, language="en", title=extracted or "A workshop")


class NominationFactory(DjangoModelFactory):
    class Meta:
        model = Nomination

    workshop = factory.SubFactory(WorkshopFactory)
    participant = factory.SubFactory(ParticipantFactory)
    name = factory.SelfAttribute("participant.name")
    email = factory.Sequence(lambda n: f"nominee{n}@example.org")
    country_id = "KE"


class QuizFactory(DjangoModelFactory):
    """A quiz of three single-choice questions; the right answer's id is always ``a``."""

    class Meta:
        model = Quiz
        skip_postgeneration_save = True

    item = factory.SubFactory(ItemFactory, kind=Item.Kind.QUIZ)

    @factory.post_generation
    def questions(self, create, extracted, **kwargs):
        QuizText.objects.create(record=self, language="en", title="A quiz")
        for number in range(extracted or 3):
            QuizQuestion.objects.create(quiz=self, question=make_question(), order=number)


def make_question(type: str = "single", right: tuple[str, ...] = ("a",), ids: str = "abc") -> Question:
    """A question with one version in English; ``right`` are the ids of the right choices."""
    question = Question.objects.create(key=f"q-{uuid.uuid4()}")
    version = QuestionVersion.objects.create(
        question=question,
        number=1,
        type=type,
        body={"choices": [{"id": choice, "correct": choice in right} for choice in ids]},
    )
    QuestionText.objects.create(
        record=version,
        language="en",
        text=f"<p>Question {question.pk}?</p>",
        feedback="<p>In general.</p>",
        parts={c: {"text": f"Choice {c}", "feedback": f"About {c}"} for c in ids},
    )
    return question


def past(days: int) -> date:
    return timezone.now().date() - timedelta(days=days)


def coming(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)
