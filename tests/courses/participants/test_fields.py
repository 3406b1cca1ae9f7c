"""Who sees and who changes which field of a person: a table, held against what pages, exports and forms really do.

*Amina* enrolled by herself and has an account; *Bakari*, from the same country, was written down by the organiser, was
nominated and has no account. Each field holds words that stand nowhere else; whoever finds them on a page, in a chooser
or in an export sees the field. Then everybody sends every form there is, with every field written anew: whatever is
different afterwards, they may change. A field added to ``Participant`` needs a row.
"""

from __future__ import annotations

import re
from datetime import date, time
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from courses.catalogue.models import CohortTrainer, Enrolment, EnrolmentNote
from courses.certificates.models import Certificate, CertificateTemplate
from courses.certificates.services import serial_for
from courses.participants.models import Participant
from courses.workshops.models import Attendance, Nomination, Registration, Session, WorkshopTrainer
from institutions.models import Role
from institutions.services import grant_role
from modules.assessments.models import Attempt
from modules.records.models import Item
from tests import factories

pytestmark = pytest.mark.django_db

NOBODY: set[str] = set()
PERSON = {"person"}
ALL = {"organiser_of_all"}
PROGRAMME = {"organiser"} | ALL
ORGANISERS = PROGRAMME | {"organiser_of_the_course"}
STAFF = ORGANISERS | {"trainer"}
WORKSHOP = {"trainer_of_the_workshop"}
"""Runs the workshop in which both are registered, and which has to reach them."""
FOCAL = {"focal_point"}
OTHERS = {
    "trainer_of_another_cohort",
    "organiser_of_another_course",
    "organiser_of_another_programme",
    "focal_point_elsewhere",
    "editor",
    "somebody_of_the_same_cohort",
    "stranger",
    "visitor",
}
"""They see and change nothing: another cohort, another course, another programme, another country, another learner."""

WORDS = {
    "name": "Zzname",
    "name_latin": "Zzlatin",
    "title": "Zztitle",
    "email": "zzmail@secret.example",
    "user": "zzaccount@secret.example",
    "organisation": "Zzoffice",
    "position": "Zzposition",
    "gender_own_words": "Zzwords",
    "organisation then": "Zzformer",
    "extension": "2031",
    "note": "Zznote",
    "grade": "73 %",
}
CHOICES = {
    "country": ("Kenya", ",KE,"),
    "language": ("Russian", ",ru,"),
    "represents": ("An indigenous people or local community", ",iplc,"),
    "stakeholder_group": ("Legal profession", ",legal,"),
    "gender": ("In my own words", ",own,"),
}
"""What other people have, too: in words, and in an export. It counts on pages that name the person, where it is chosen
and not only offered."""

SEES: dict[str, tuple[set[str], set[str]]] = {
    #                     Amina's                Bakari's
    "name":              (PERSON | STAFF | WORKSHOP,      STAFF | FOCAL | WORKSHOP),
    "country":           (PERSON | STAFF | WORKSHOP,      STAFF | FOCAL | WORKSHOP),
    "name_latin":        (PERSON | ORGANISERS | WORKSHOP, ORGANISERS | WORKSHOP),
    "organisation":      (PERSON | ORGANISERS,   ORGANISERS),
    "title":             (PERSON | PROGRAMME,    PROGRAMME),
    "position":          (PERSON | PROGRAMME,    PROGRAMME),
    "represents":        (PERSON | PROGRAMME,    PROGRAMME),
    "stakeholder_group": (PERSON | ALL,          PROGRAMME),
    "gender":            (PERSON | ALL,          PROGRAMME),
    "gender_own_words":  (PERSON | ALL,          PROGRAMME),
    "email":             (ORGANISERS | WORKSHOP, ORGANISERS | WORKSHOP),  # to reach who is registered
    "language":          (ALL,                   PROGRAMME),
    "user":              (ALL,                   NOBODY),  # Bakari has no account
    "organisation then": (STAFF | WORKSHOP,      STAFF | WORKSHOP),  # the person finds it in their own archive
    "extension":         (PERSON | ORGANISERS,   ORGANISERS),
    "note":              (STAFF,                 STAFF),  # likewise
    "grade":             (PERSON | STAFF,        NOBODY),  # without an account nobody takes a quiz
    "progress":          (PERSON | STAFF,        STAFF),
    "attendance":        (PERSON | ORGANISERS | WORKSHOP, ORGANISERS | WORKSHOP),  # focal points: test_nominees.py
    "certificate":       (PERSON | ORGANISERS,   ORGANISERS | FOCAL),
}  # fmt: skip
"""Field: who sees Amina's, who sees Bakari's. Nobody of ``OTHERS`` stands in it."""

CHANGES: dict[str, tuple[set[str], set[str]]] = {
    **dict.fromkeys(
        ("name", "name_latin", "title", "country", "organisation", "position", "represents", "stakeholder_group",
         "gender", "gender_own_words"),
        (PERSON | ALL, PROGRAMME),
    ),
    "email": (ALL, PROGRAMME),
    "language": (ALL, PROGRAMME),
    "user": (NOBODY, PROGRAMME),  # Bakari's record can be linked to an account
    "organisation then": (NOBODY, NOBODY),  # as it was on the day of the enrolment
    "extension": (ORGANISERS, ORGANISERS),
    "note": (STAFF, STAFF),
    "certificate": (ORGANISERS, ORGANISERS),
}  # fmt: skip
"""Field: who changes Amina's, who changes Bakari's. A record with an account is its owner's."""

RECORDS = {
    "progress": lambda one: Enrolment.objects.filter(pk=one.enrolment.pk),
    "attendance": lambda one: Attendance.objects.filter(participant=one.person),
}

INTERNAL = {
    "id", "key", "merged_into", "created_by", "created_at", "erased_at",
    "name_key", "name_ends", "latin_key", "latin_ends",
}  # fmt: skip
"""Columns that say nothing of a person which another field does not say."""


def make_person(cohort: Any, letter: str, **fields: Any) -> SimpleNamespace:
    """Somebody with something in every field."""
    words = {name: word.replace("Zz", f"Zz{letter}").replace("zz", f"zz{letter}") for name, word in WORDS.items()}
    person = factories.ParticipantFactory(
        **{name: words[name] for name in ("name", "name_latin", "title", "email", "organisation", "position")},
        gender="own",
        gender_own_words=words["gender_own_words"],
        country_id="KE",
        language="ru",
        represents="iplc",
        stakeholder_group="legal",
        created_by=fields.get("created_by"),
        user=fields.get("user"),
    )
    enrolment = factories.EnrolmentFactory(
        participant=person,
        cohort=cohort,
        country_id="KE",
        organisation=words["organisation then"],
        deadline=date(2031, 5, 4),
        source=fields.get("source", "self"),
    )
    note = EnrolmentNote.objects.create(enrolment=enrolment, text=words["note"])
    template, _made = CertificateTemplate.objects.get_or_create(key="t", defaults={"signatory_name": "S"})
    words["certificate"] = serial_for(f"fields-{letter}", 2030)
    certificate = Certificate.objects.create(
        serial=words["certificate"],
        kind="completion",
        participant=person,
        template=template,
        cohort=cohort,
        subject_key=f"cohort:{cohort.pk}",
        language="en",
        name="A name",
        issued_at=timezone.now(),
        sha256="0" * 64,
    )
    session = cohort.course.programme.workshops.get().sessions.get()
    Attendance.objects.create(session=session, participant=person, state="present", minutes=60)
    Registration.objects.create(
        workshop=session.workshop, participant=person, country_id="KE", organisation=words["organisation then"]
    )
    if fields.get("source") == "nomination":
        Nomination.objects.create(
            workshop=session.workshop, participant=person, country_id="KE", name=words["name"], gender="woman",
            email=f"{letter}@nominated.example",
        )  # fmt: skip
    return SimpleNamespace(person=person, enrolment=enrolment, note=note, words=words, certificate=certificate)


@pytest.fixture
def world(cast, programme):
    """The two people, and everybody who looks."""
    course = factories.CourseFactory(programme=programme, key="fields")
    module = factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": "Papers"})
    factories.SyllabusEntryFactory(course=course, item=module)
    factories.ItemFactory(parent=module)
    workshop_trainer = factories.UserFactory(email="workshop.trainer@example.org")
    quiz = factories.QuizFactory(item=factories.ItemFactory(kind=Item.Kind.QUIZ, parent=module))
    cohort = factories.CohortFactory(course=course, starts_on=date(2030, 1, 1), ends_on=date(2030, 12, 1))
    other = factories.CohortFactory(course=course)
    another = factories.CourseFactory(programme=programme)
    CohortTrainer.objects.create(cohort=cohort, user=cast.trainer)
    CohortTrainer.objects.create(cohort=other, user=cast.other_trainer)
    workshop = factories.WorkshopFactory(programme=programme, course=course, starts_on=date(2030, 3, 3))
    Session.objects.create(
        workshop=workshop, titles={"en": "Opening"}, day=date(2030, 3, 3), begins=time(9), finishes=time(10),
        starts_at=timezone.now(), ends_at=timezone.now() + timezone.timedelta(hours=1),
    )  # fmt: skip
    WorkshopTrainer.objects.create(workshop=workshop, user=workshop_trainer)
    grant_role(actor=None, user=workshop_trainer, role=Role.TRAINER, programme=programme)
    user = factories.UserFactory(email=WORDS["user"].replace("zz", "zza"), name="Somebody")
    amina = make_person(cohort, "a", user=user)
    bakari = make_person(cohort, "b", created_by=cast.organiser, source="nomination")
    factories.EnrolmentFactory(participant=cast.learner.participant, cohort=cohort)
    Attempt.objects.create(
        quiz=quiz, learner=user, learner_key=user.key, number=1, seed=1, state="graded", percent=73,
        passed=False, submitted_at=timezone.now(), context=amina.enrolment.context,
    )  # fmt: skip
    looking = {
        "person": user,
        "trainer": cast.trainer,
        "trainer_of_the_workshop": workshop_trainer,
        "trainer_of_another_cohort": cast.other_trainer,
        "organiser": cast.organiser,
        "organiser_of_another_programme": cast.other_organiser,
        "focal_point": cast.focal_point,
        "editor": cast.editor,
        "somebody_of_the_same_cohort": cast.learner,
        "stranger": cast.outsider,
        "visitor": None,
    }
    for name, role in (
        ("organiser_of_all", {"role": Role.ORGANISER}),
        ("organiser_of_the_course", {"role": Role.ORGANISER, "activity": f"course:{course.pk}"}),
        (
            "organiser_of_another_course",
            {"role": Role.ORGANISER, "activity": f"course:{another.pk}"},
        ),
        ("focal_point_elsewhere", {"role": Role.FOCAL_POINT, "country_id": "UG"}),
    ):
        looking[name] = factories.UserFactory(email=f"{name}@example.org")
        factories.ParticipantFactory(user=looking[name])
        grant_role(actor=None, user=looking[name], **role)
    return SimpleNamespace(amina=amina, bakari=bakari, looking=looking, cohort=cohort, course=course)


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def pages(world: SimpleNamespace) -> list[str]:
    """Every address that shows people of a cohort or a workshop."""
    cohort, both = world.cohort.pk, (world.amina, world.bakari)
    workshop = world.course.programme.workshops.get()
    of_workshop = ["registrations", "registrations_csv", "nominations", "nominations_export", "workshop_sheet",
                   "attendance", "workshop_slips"]  # fmt: skip
    cancel = [reverse("registration_cancel", args=[workshop.key, row.pk]) for row in workshop.registrations.all()]
    plain = ["participant_profile", "privacy", "my_certificates", "learner_home", "country", "certificates"]
    of_cohort = ["cohort_progress", "cohort_desk", "cohort_at_risk", "cohort_slips", "cohort_quizzes"]
    of_enrolment = ["enrolment_standing", "enrolment_notes", "enrolment_extend", "enrolment_withdraw"]
    return [
        *[reverse(name) for name in plain],
        *[reverse(name, args=[cohort]) for name in of_cohort],
        reverse("cohort_add", args=[cohort]) + "?q=Zz",
        *[reverse(name, args=[one.enrolment.pk]) for one in both for name in of_enrolment],
        *[reverse("participants:edit", args=[one.person.pk]) for one in both],
        reverse("participants:index"),
        reverse("participants:index") + "?export=csv",
        reverse("participant_chooser:choose"),
        *[reverse("participant_merge", args=[one.person.pk, other.person.pk]) for one, other in (both, both[::-1])],
        reverse("certificates_issue", args=["cohort", cohort]),
        reverse("certificates_issue", args=["workshop", workshop.pk]),
        *[reverse(name, args=[workshop.key]) for name in of_workshop],
        *cancel,
    ]


def shown(content: str) -> str:
    """Return what a page says of people: its main part, without answers that are only offered."""
    main = re.search(r"<main\b.*</main>", content, re.S)
    text = main[0] if main else content
    text = re.sub(r"<label\b[^>]*>\s*<input\b(?![^>]*\bchecked)[^>]*>.*?</label>", "", text, flags=re.S)
    return re.sub(r"<option\b(?![^>]*\bselected)[^>]*>[^<]*(</option>)?", "", text)


def seen_by(world: SimpleNamespace, user: User | None) -> tuple[set[str], set[str]]:
    """Return which fields of Amina and of Bakari somebody comes to see."""
    client, found = client_of(user), (set(), set())
    answers = [client.get(address) for address in pages(world)]
    answers.append(client.post(reverse("cohort_export", args=[world.cohort.pk]), {"format": "csv"}))
    for answer in answers:
        if answer.status_code != 200:
            continue
        content = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        text = shown(content)
        for one, fields in zip((world.amina, world.bakari), found, strict=True):
            fields |= {name for name, word in one.words.items() if name not in ("extension", "grade") and word in text}
            if one.words["name"] in text:
                both = world.amina.words["name"] in text and world.bakari.words["name"] in text
                fields |= {name for name, words in CHOICES.items() if any(word in text for word in words)}
                fields |= {name for name in ("extension", "grade") if not both and one.words[name] in text}
    return found


def test_who_sees_which_field(world):
    found: dict[str, tuple[set[str], set[str]]] = {}
    for role, user in world.looking.items():
        for side, fields in enumerate(seen_by(world, user)):
            for name in fields:
                found.setdefault(name, (set(), set()))[side].add(role)
    assert found == {name: roles for name, roles in SEES.items() if name not in RECORDS}


def everything_sent(world: SimpleNamespace, client: Client) -> None:
    """Send every form about Amina and Bakari, with every field written anew."""
    new = {
        "name": "New Name",
        "name_latin": "New Latin",
        "title": "Newtitle",
        "email": "new@other.example",
        "language": "fr",
        "represents": "organisation",
        "country": "UG",
        "organisation": "New office",
        "position": "New position",
        "stakeholder_group": "ngo",
        "gender": "woman",  # the own words go with it
    }
    client.post(reverse("participant_profile"), new)
    for one in (world.amina, world.bakari):
        client.post(reverse("participants:edit", args=[one.person.pk]), new)
        client.post(reverse("participants:link", args=[one.person.pk]), {"email": "free@example.org"})
        client.post(reverse("enrolment_extend", args=[one.enrolment.pk]), {"until": "2032-02-02"})
        client.post(reverse("enrolment_notes", args=[one.enrolment.pk]), {"text": "A new note"})
        client.post(reverse("note_remove", args=[one.note.pk]))
        client.post(reverse("certificate_end", args=[one.certificate.serial]), {"reason": "A mistake", "act": "revoke"})


def changed_by(world: SimpleNamespace, user: User | None) -> tuple[set[str], set[str]]:
    """Return which fields of Amina and of Bakari are different after somebody has sent every form."""
    found = []
    with transaction.atomic():
        everything_sent(world, client_of(user))
        for one in (world.amina, world.bakari):
            person = Participant.objects.get(pk=one.person.pk)
            names = [field.name for field in Participant._meta.concrete_fields if field.name not in INTERNAL]
            fields = {name for name in names if getattr(person, name) != getattr(one.person, name)}
            enrolment = type(one.enrolment).objects.get(pk=one.enrolment.pk)
            fields |= {"organisation then"} if enrolment.organisation != one.words["organisation then"] else set()
            fields |= {"extension"} if enrolment.deadline != one.enrolment.deadline else set()
            fields |= {"note"} if list(enrolment.notes.all()) != [one.note] else set()
            certificate = Certificate.objects.get(pk=one.certificate.pk)
            fields |= {"certificate"} if certificate.state != one.certificate.state else set()
            found.append(fields)
        transaction.set_rollback(True)
    return found[0], found[1]


def test_who_changes_which_field(world):
    factories.UserFactory(email="free@example.org")
    found: dict[str, tuple[set[str], set[str]]] = {}
    for role, user in world.looking.items():
        for side, fields in enumerate(changed_by(world, user)):
            for name in fields:
                found.setdefault(name, (set(), set()))[side].add(role)
    assert found == {name: roles for name, roles in CHANGES.items() if any(roles)}


def test_who_sees_progress_and_attendance(world):
    """Of these the queryset is the rule for every page and export."""
    for name, of in RECORDS.items():
        for side, one in enumerate((world.amina, world.bakari)):
            rows = of(one)
            found = {role for role, user in world.looking.items() if rows.visible_to(user or AnonymousUser()).exists()}
            assert found == SEES[name][side], (name, side)


def test_every_field_has_a_row():
    fields = {field.name for field in Participant._meta.concrete_fields}
    assert fields - INTERNAL - set(SEES) == set()
    assert fields - INTERNAL - set(CHANGES) == set()
    assert fields >= INTERNAL


def test_nobody_else_stands_in_the_table(world):
    named = {role for table in (SEES, CHANGES) for sides in table.values() for roles in sides for role in roles}
    assert named | OTHERS == set(world.looking)
    assert not named & OTHERS
