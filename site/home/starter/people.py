"""Sample accounts and people, for a newcomer's own machine only."""

from __future__ import annotations

import os
import secrets
import uuid
from datetime import date

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from accounts.models import User
from courses.catalogue.models import Cohort, CohortTrainer, Enrolment
from courses.catalogue.services import enrol
from courses.participants.models import FocalPointDesignation, Participant, Represents
from courses.participants.notices import acknowledge, current_notice
from courses.participants.services import confirm_designation
from courses.workshops.models import Workshop, WorkshopTrainer
from courses.workshops.services import nominate
from institutions.models import Country, Role, Treaty
from institutions.services import grant_role
from modules.assessments.models import Quiz
from modules.assessments.services import save_answers, start_attempt, submit_attempt
from modules.lessons.services import mark_done
from modules.records.models import Item

from .records import BLENDED

ACCOUNTS = {
    "learner": {"name": "Amina Wanjiru", "language": "en", "time_zone": "Africa/Nairobi"},
    "trainer": {"name": "Luca Ferrant", "language": "en", "time_zone": "Europe/Ljubljana"},
    "trainer2": {"name": "Rosa Quilca", "language": "en", "time_zone": "America/Lima"},
    "organiser": {"name": "Noor Haddad", "language": "en", "time_zone": "America/Toronto"},
    "focalpoint": {"name": "Joseph Otieno", "language": "en", "time_zone": "Africa/Nairobi"},
}

# Invented people whose names show that every script is kept: name, Latin letters, country, organisation, lessons done.
PEOPLE = [
    ("ليلى بنت يوسف العمري", "Layla al-Amri", "MA", "Ministry of Environment", 16),
    ("አበበች ተስፋዬ", "Abebech Tesfaye", "ET", "Biodiversity Institute", 9),
    ("Nguyễn Thị Hồng Ánh", "Nguyen Thi Hong Anh", "VN", "Customs Department", 4),
    ("Екатерина Шевчук", "Ekaterina Shevchuk", "KG", "Academy of Sciences", 20),
    ("陈雨桐", "Chen Yutong", "CN", "Institute of Botany", 1),
    ("सुनीता अधिकारी", "Sunita Adhikari", "NP", "National Seed Laboratory", 12),
    ("Kwaku Ampofo-Mensah", "", "GH", "Wildlife Division", 0),
]

# Who of them has completed the course of one hour: somebody to give a certificate to, in three scripts.
GRADUATES = ["Nguyen Thi Hong Anh", "Ekaterina Shevchuk", "Chen Yutong"]
SHORT, BEGUN = "green-customs-lmo", "lmo-detection"

# Invented people put forward for the sample workshop: country, name, Latin letters, gender, organisation, position.
NOMINEES = [
    ("KE", "Wanjiku Mwangi", "", "woman", "Ministry of Environment", "Legal officer"),
    ("KE", "Peter Kiprotich", "", "man", "Wildlife Research Institute", "Permits officer"),
    ("UG", "Nakato Babirye", "", "woman", "Council for Science", "Programme officer"),
    ("ET", "መሠረት ተፈራ", "Meseret Tefera", "", "Biodiversity Institute", "Adviser"),
    ("MA", "يوسف بن علي", "Youssef Ben Ali", "man", "Ministry of Justice", "Legal adviser"),
]


def make_sample_people() -> str:
    """Make the sample accounts and people once.

    Returns the password when it was made now (``CAMPUS_DEMO_PASSWORD``, else one at random), else an empty
    string. Raises ``ImproperlyConfigured`` outside local settings.
    """
    if not settings.CAMPUS_SAMPLE_DATA:
        raise ImproperlyConfigured("Sample accounts exist only in local settings.")
    if User.objects.filter(email="learner@example.org").exists():
        return ""
    password = os.environ.get("CAMPUS_DEMO_PASSWORD") or secrets.token_urlsafe(9)
    with transaction.atomic():
        users = {name: _account(name, password) for name in ACCOUNTS}
        _roles(users)
        _cohort(users)
        _graduates(users["organiser"])
        _half_way(users["learner"])
        _nominations(users["focalpoint"])
        if notice := current_notice():
            for user in users.values():
                acknowledge(actor=user, notice=notice)
    return password


def set_sample_password() -> str:
    """Give the sample accounts a new password and return it (``CAMPUS_DEMO_PASSWORD``, else at random)."""
    if not settings.CAMPUS_SAMPLE_DATA:
        raise ImproperlyConfigured("Sample accounts exist only in local settings.")
    password = os.environ.get("CAMPUS_DEMO_PASSWORD") or secrets.token_urlsafe(9)
    for user in User.objects.filter(email__in=[f"{name}@example.org" for name in ACCOUNTS]):
        user.set_password(password)
        user.save(update_fields=["password"])
    return password


def _account(name: str, password: str) -> User:
    user = User.objects.create_user(f"{name}@example.org", password, **ACCOUNTS[name])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    details = {"country_id": "KE"} if name in ("learner", "focalpoint") else {}
    Participant.objects.create(
        user=user, name=user.name, name_latin=user.name, email=user.email, language=user.language, **details
    )
    return user


def _roles(users: dict[str, User]) -> None:
    from institutions.models import Programme

    programme = Programme.objects.get(key="abs")
    organiser = users["organiser"]
    grant_role(actor=None, user=organiser, role=Role.ORGANISER)
    grant_role(actor=organiser, user=users["trainer"], role=Role.TRAINER, programme=programme)
    grant_role(actor=organiser, user=users["trainer2"], role=Role.TRAINER, programme=programme)
    designation = FocalPointDesignation.objects.create(
        participant=users["focalpoint"].participant,
        treaty=Treaty.NAGOYA,
        country_id="KE",
        starts_on=date(2026, 1, 1),
        evidence="Sample letter of designation",
    )
    confirm_designation(actor=organiser, designation=designation)


def _cohort(users: dict[str, User]) -> None:
    cohort = Cohort.objects.get(course__key=BLENDED, self_paced=False)
    CohortTrainer.objects.create(cohort=cohort, user=users["trainer"])
    for workshop in Workshop.objects.filter(is_sample=True):
        WorkshopTrainer.objects.create(workshop=workshop, user=users["trainer"])
    lessons = _lessons(cohort)
    for number, (name, latin, country, organisation, done) in enumerate(PEOPLE):
        user = User.objects.create_user(f"sample{number}@example.org", None, name=latin or name)
        participant = Participant.objects.create(
            user=user, name=name, name_latin=latin, country_id=country, organisation=organisation
        )
        enrol(actor=users["organiser"], participant=participant, cohort=cohort, source=Enrolment.Source.ORGANISER)
        for item in lessons[:done]:
            mark_done(actor=user, item=item, language="en")


def _lessons(cohort: Cohort) -> list[Item]:
    return list(
        Item.objects.live()
        .filter(kind=Item.Kind.LESSON, parent__syllabus_entries__course=cohort.course)
        .order_by("parent__syllabus_entries__order", "order")
    )


def _graduates(organiser: User) -> None:
    """Let some complete the short course, every lesson and the quiz, as learners do it."""
    cohort = Cohort.objects.get(course__key=SHORT, self_paced=True)
    quizzes = list(Quiz.objects.filter(item__parent__syllabus_entries__course=cohort.course))
    for participant in Participant.objects.filter(name_latin__in=GRADUATES).select_related("user"):
        enrol(actor=organiser, participant=participant, cohort=cohort, source=Enrolment.Source.ORGANISER)
        assert participant.user is not None  # made with one
        for item in _lessons(cohort):
            mark_done(actor=participant.user, item=item, language="en")
        for quiz in quizzes:
            _pass(participant.user, quiz)


def _pass(user: User, quiz: Quiz) -> None:
    """Answer every question of a quiz of choices rightly."""
    attempt = start_attempt(actor=user, quiz=quiz, language="en")
    answers = {
        question.pk: [choice["id"] for choice in question.version.body["choices"] if choice["correct"]]
        for question in attempt.questions.select_related("version")
    }
    save_answers(actor=user, attempt=attempt, answers=answers)
    submit_attempt(actor=user, attempt=attempt, submission_key=uuid.uuid4())


def _half_way(learner: User) -> None:
    """Let the learner be in the middle of a course, so that *My learning* has a next step."""
    cohort = Cohort.objects.get(course__key=BEGUN, self_paced=True)
    enrol(actor=learner, participant=learner.participant, cohort=cohort)
    lessons = _lessons(cohort)
    for item in lessons[: len(lessons) // 2]:
        mark_done(actor=learner, item=item, language="en")


def _nominations(focal_point: User) -> None:
    """Let Kenya's focal point, and those of other countries, put people forward for the sample workshop."""
    for workshop in Workshop.objects.filter(is_sample=True):
        if not workshop.takes_nominations:
            continue
        for country, name, latin, gender, organisation, position in NOMINEES:
            nominate(
                actor=focal_point if country == "KE" else None,
                workshop=workshop,
                country=Country.objects.get(pk=country),
                name=name,
                name_latin=latin,
                email=f"{(latin or name).lower().replace(' ', '.')}@example.org",
                gender=gender,
                represents=Represents.GOVERNMENT,
                organisation=organisation,
                position=position,
            )
