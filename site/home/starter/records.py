"""Records of the starter content: quizzes, courses, workshops, certificate template. Each is written once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from courses.catalogue.models import Cohort, Course, CourseOrganisation, SyllabusEntry
from courses.certificates.models import CertificateTemplate, CertificateTemplateText
from courses.participants.models import DataNotice
from courses.participants.notices import publish_notice
from courses.workshops.models import Mode, Workshop, WorkshopOrganisation, WorkshopText
from courses.workshops.services import add_session
from institutions.models import ActivityRole, Organisation, Programme, Region
from modules.assessments.services import put_question, put_quiz
from modules.assessments.types.gaps.writing import taken_apart
from modules.lessons.models import Field
from modules.records.models import Item
from modules.records.services import freeze_item
from modules.reference.services import put_term

from .files import key_of, read, translations
from .texts import CERTIFICATE, LIVE_PART, PROGRAMMES
from .tree import once

REGION_OF_NAME = {
    "Africa": Region.AFRICA,
    "Asia and the Pacific": Region.ASIA_PACIFIC,
    "Latin America and the Caribbean": Region.GRULAC,
    "Central and Eastern Europe": Region.CEE,
    "Western Europe and Others": Region.WEOG,
}
BLENDED = "abs-legal-frameworks"


def put_glossary() -> None:
    """Write the terms of the glossary, each once in each language: an editor's change, or deletion, is kept."""
    for row in read("glossary"):
        for language, text in row.items():
            if language == "key" or not once(f"term:{row['key']}:{language}"):
                continue
            put_term(
                actor=None,
                language=language,
                key=key_of("term", row["key"]),
                name=text["name"],
                definition=text["definition"],
                source=text["source"],
                synonyms="\n".join(text["forms"]),
            )


def put_module_quiz(name: str, source: dict[str, Any], translated: dict[str, Any]) -> None:
    """Write a module's questions and quiz in every language there is."""
    quiz = source["quiz"]
    module_item = Item.objects.get(key=key_of("module", name))
    texts = {"en": quiz, **{language: text["quiz"] for language, text in translated.items()}}
    for language, words in texts.items():
        if not once(f"quiz:{quiz['key']}:{language}"):
            continue
        by_key = {question["key"]: question for question in words["questions"]}
        for question in quiz["questions"]:
            own = by_key[question["key"]]
            put_question(
                actor=None,
                key=question["key"],
                type=question["type"],
                language=language,
                source_language="en",
                feedback=own["feedback"].strip(),
                **asked(question, own),
            )
        put_quiz(
            actor=None,
            key=key_of("quiz", quiz["key"]),
            module_item=module_item,
            language=language,
            title=words["title"],
            intro=words["intro"],
            pass_mark=quiz.get("pass_mark", 80),
            question_keys=[question["key"] for question in quiz["questions"]],
            order=1000,
        )


def asked(question: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return text, body and parts of a question in the language of ``own``, as ``put_question`` takes them.

    Choices are written as such, gaps into the text, other types with body and parts.
    """
    text = own["text"].strip()
    if question["type"] == "gaps":
        kept, gaps, parts = taken_apart(text)
        return {"text": kept, "body": {"gaps": gaps}, "parts": parts}
    if "choices" not in question:
        return {"text": text, "body": question["body"], "parts": own["parts"]}
    choices = [
        {"id": "abcdefgh"[place], "text": word["text"], "correct": choice["correct"], "feedback": word["feedback"]}
        for place, (choice, word) in enumerate(zip(question["choices"], own["choices"], strict=True))
    ]
    return {"text": text, "choices": choices}


def programme_of(field: str) -> Programme:
    """Return the programme of a field of work, made at need."""
    return Programme.objects.get_or_create(key=field, defaults={"titles": PROGRAMMES[field]})[0]


def organisation_of(name: str) -> Organisation:
    """Return an organisation by name, made at need."""
    kind = Organisation.Kind.DONOR if "Fund" in name else Organisation.Kind.SECRETARIAT
    return Organisation.objects.get_or_create(name=name, defaults={"kind": kind})[0]


def course_of(key: str) -> Course:
    """Return a starter course."""
    return Course.objects.get(key=key)


def put_course(source: dict[str, Any]) -> None:
    """Write a course, its syllabus and its cohorts."""
    titles = {"en": source["title"]}
    titles |= {language: text["title"] for language, text in translations(f"courses/{source['key']}").items()}
    item = freeze_item(
        key=key_of("course", source["key"]),
        kind=Item.Kind.COURSE,
        language="en",
        title=source["title"],
        minutes=source["minutes"],
    )
    if item.titles != titles:
        item.titles = {**titles, **item.titles}
        item.save(update_fields=["titles"])
    if not once(f"course:{source['key']}"):
        return
    course = Course.objects.create(
        key=source["key"],
        item=item,
        programme=programme_of(source["field"]),
        field=Field(source["field"]),
        hours=round(source["minutes"] / 60 * 2) / 2,
    )
    CourseOrganisation.objects.create(
        course=course, organisation=organisation_of("Protocol Campus"), role=ActivityRole.ORGANISER
    )
    for order, name in enumerate(source["modules"]):
        SyllabusEntry.objects.create(
            course=course,
            order=order,
            kind=SyllabusEntry.Kind.MODULE,
            item=Item.objects.get(key=key_of("module", name)),
        )
    Cohort.objects.create(course=course, self_paced=True)
    if source["key"] == BLENDED:
        SyllabusEntry.objects.create(
            course=course, order=100, kind=SyllabusEntry.Kind.LIVE_SESSION, titles=LIVE_PART, required=False
        )
        year = timezone.now().year + 1
        Cohort.objects.create(
            course=course,
            titles={
                "en": f"Sample cohort {year - 1}–{year}",
                "fr": f"Cohorte fictive {year - 1}–{year}",
                "ar": f"دفعة افتراضية {year - 1}–{year}",
                "es": f"Cohorte ficticia {year - 1}–{year}",
                "ru": f"Условная группа {year - 1}–{year}",
                "zh-hans": f"示例班次 {year - 1}–{year}",
            },
            language="en",
            time_zone="Africa/Nairobi",
            enrolment_closes_on=date(year, 2, 15),
            starts_on=date(year - 1, 11, 1),
            ends_on=date(year, 4, 30),
            capacity=30,
        )


def put_workshops(sources: list[dict[str, Any]]) -> None:
    """Write the past workshops and the coming sample one."""
    for source in sources:
        if not once(f"workshop:{source['key']}"):
            continue
        course = course_of(source["course"])
        sample = source["sample"]
        workshop = Workshop.objects.create(
            key=source["key"],
            programme=course.programme,
            course=course,
            cohort=course.cohorts.filter(self_paced=False).first() if sample else None,
            state=Workshop.State.OPEN if sample else Workshop.State.HELD,
            mode=Mode(source["mode"]),
            region=REGION_OF_NAME[source["region"]],
            country_id=source["country"] or None,
            city=source["city"] or "",
            venue=source["venue"] or "",
            time_zone=source["time_zone"],
            starts_on=source["starts_on"],
            ends_on=source["ends_on"],
            capacity=source["capacity"],
            nominations_close_on=source.get("nominations_close_on"),
            nominees_per_country=source.get("nominees_per_country"),
            languages=source["languages"],
            hours=30 if sample else 0,
            source_note=source.get("source") or "",
            is_sample=sample,
        )
        for language, _name in settings.LANGUAGES:
            title = source.get("title" if language == "en" else f"title_{language.split('-')[0]}")
            if title:
                summary = source["summary"] if language == "en" else source.get(f"summary_{language.split('-')[0]}", "")
                WorkshopText.objects.create(record=workshop, language=language, title=title, summary=summary.strip())
        for order, organiser in enumerate(source["organisers"]):
            WorkshopOrganisation.objects.create(
                workshop=workshop, organisation=organisation_of(organiser["name"]), role=organiser["role"], order=order
            )
        for session in source["sessions"]:
            starts, ends = (datetime.fromisoformat(session[name]) for name in ("starts", "ends"))
            add_session(
                actor=None,
                workshop=workshop,
                titles={"en": session["title"]},
                day=starts.date(),
                begins=starts.time(),
                finishes=ends.time(),
            )


def put_certificate_template() -> None:
    """Write the template for completed courses and attended workshops, in six languages."""
    for kind, texts in CERTIFICATE.items():
        if not once(f"certificate-template:{kind}"):
            continue
        template = CertificateTemplate.objects.create(key=f"starter-{kind}", kind=kind, signatory_name="A. N. Example")
        for language, words in texts.items():
            CertificateTemplateText.objects.create(record=template, language=language, **words)


def put_data_notice(content: dict[str, Any]) -> None:
    """Publish the first data notice where there is none yet."""
    if DataNotice.objects.exists():
        return
    texts = {language: (words["summary"], words["text"]) for language, words in content["texts"].items()}
    publish_notice(actor=None, published_on=content["published_on"], texts=texts)
