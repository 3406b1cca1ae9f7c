"""What people do with courses: enrol, withdraw; and the explained completion everybody shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from courses.participants.models import REPRESENTATION_FIELDS, Participant
from institutions.roles import is_organiser
from jobs.services import queue_mail
from modules.records.models import Event, Item
from modules.records.services import freeze_item, log_event

from .completion import Outcome, Verdict, evaluate
from .facts import gather, known
from .models import Cohort, CompletionRule, Course, Enrolment, SyllabusEntry
from .signals import enrolled
from .syllabus import module_pages

LIVE_SESSION_SHARE = 80  # per cent of the offered minutes, when a course has no rule of its own


class EnrolmentClosed(DomainError):
    """The cohort takes nobody now."""


class CohortFull(DomainError):
    """Every place is taken."""


class AlreadyEnrolled(DomainError):
    """The participant is in this cohort."""


class NotYourProgramme(DomainError):
    """Somebody else organises this programme."""


class NotEnrolled(DomainError):
    """The enrolment has already ended."""


@transaction.atomic
def enrol(
    *, actor: Any, participant: Participant, cohort: Cohort, source: str = Enrolment.Source.SELF, language: str = ""
) -> Enrolment:
    """Enrol a participant in a cohort, or take back a withdrawal, and return the enrolment.

    Copies whom and what the participant represents today. Raises ``EnrolmentClosed`` (the window or, for
    oneself, the course's ``open_enrolment``), ``CohortFull`` and ``AlreadyEnrolled``. Organisers may enrol
    outside the window, never beyond the places.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    if source == Enrolment.Source.SELF:
        _require_open(cohort)
    enrolment = Enrolment.objects.filter(participant=participant, cohort=cohort).first()
    if enrolment is not None and enrolment.state == Enrolment.State.ACTIVE:
        raise AlreadyEnrolled(_("You are already enrolled in this course."))
    if cohort.capacity is not None and cohort.enrolments.active().count() >= cohort.capacity:
        raise CohortFull(_("All places are taken. Please choose another cohort."))
    enrolment = enrolment or Enrolment(participant=participant, cohort=cohort)
    for name in REPRESENTATION_FIELDS:
        setattr(enrolment, name, getattr(participant, name))
    enrolment.state, enrolment.source, enrolment.withdrawn_at = Enrolment.State.ACTIVE, source, None
    enrolment.enrolled_at = timezone.now()
    enrolment.save()
    audit.record(actor=actor, action="catalogue.enrol", obj=enrolment, source=str(source))
    if participant.user is not None:
        log_event(
            user=participant.user,
            verb=Event.Verb.REGISTERED,
            item=cohort.course.item,
            context=enrolment.context,
            language=language,
        )
    to = participant.email or (participant.user.email if participant.user else "")
    if to:
        queue_mail(
            key=f"enrolled:{enrolment.pk}:{enrolment.enrolled_at.timestamp():.0f}",
            to=to,
            template="catalogue/mail/enrolled",
            context={"name": participant.name, "course": cohort.course, "cohort": cohort},
            language=language or participant.language,
        )
    enrolled.send(sender=Enrolment, enrolment=enrolment, actor=actor)
    return enrolment


def _require_open(cohort: Cohort) -> None:
    course = cohort.course
    if course.archived_at or cohort.archived_at:
        raise EnrolmentClosed(_("This course is no longer offered."))
    if not course.open_enrolment:
        raise EnrolmentClosed(_("The organisers choose who takes part in this course."))
    if cohort.enrolment_opens_on and cohort.today < cohort.enrolment_opens_on:
        raise EnrolmentClosed(_("Enrolment opens on %(date)s.") % {"date": date_format(cohort.enrolment_opens_on)})
    if not cohort.is_open:
        assert cohort.enrolment_closes_on
        raise EnrolmentClosed(_("Enrolment closed on %(date)s.") % {"date": date_format(cohort.enrolment_closes_on)})


@transaction.atomic
def withdraw(*, actor: Any, enrolment: Enrolment) -> Enrolment:
    """End an enrolment. What was earned stays. Raises ``NotEnrolled`` when it has ended before."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("You have already left this course."))
    enrolment.state, enrolment.withdrawn_at = Enrolment.State.WITHDRAWN, timezone.now()
    enrolment.save(update_fields=["state", "withdrawn_at"])
    audit.record(actor=actor, action="catalogue.withdraw", obj=enrolment)
    return enrolment


@transaction.atomic
def create_course(*, actor: Any, key: str, title: str, language: str = "en", **fields: Any) -> Course:
    """Create a course with its learning item and its self-paced cohort; ``fields`` are those of ``Course``.

    Raises ``NotYourProgramme`` when the actor does not organise the programme.
    """
    if not is_organiser(actor, fields["programme"].pk):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    item = freeze_item(
        key=uuid.uuid4(), kind=Item.Kind.COURSE, language=language, title=title, source_language=language
    )
    course = Course.objects.create(key=key, item=item, **fields)
    Cohort.objects.create(course=course, self_paced=True)
    audit.record(actor=actor, action="catalogue.create_course", obj=course)
    return course


@transaction.atomic
def change_course(*, actor: Any, course: Course, title: str) -> Course:
    """Save a changed course and its title in the source language. Raises ``NotYourProgramme``."""
    if not is_organiser(actor, course.programme_id):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    course.save()
    freeze_title(course=course, language=course.item.source_language, title=title)
    audit.record(actor=actor, action="catalogue.change_course", obj=course)
    return course


def freeze_title(*, course: Course, language: str, title: str) -> None:
    """Keep a course's title in a language on its learning item, where certificates and records read it."""
    item = course.item
    if item.titles.get(language) != title:
        item.titles = {**item.titles, language: title}
        item.save(update_fields=["titles"])


@transaction.atomic
def put_rule(*, actor: Any, course: Course, spec: dict[str, Any]) -> CompletionRule:
    """Give a course a new version of its completion rule. Raises ``completion.RuleError`` for a tree it cannot read."""
    evaluate(spec, {})
    latest = course.rules.select_for_update().order_by("-version").first()
    if latest is not None and latest.spec == spec:
        return latest
    rule = CompletionRule.objects.create(
        course=course, version=latest.version + 1 if latest else 1, spec=spec, created_by=actor
    )
    audit.record(actor=actor, action="catalogue.put_rule", obj=course, version=rule.version)
    return rule


@dataclass(frozen=True)
class Explained:
    """One requirement in words, for learner, trainer and certificate alike."""

    title: str
    met: bool
    why: str
    url: str
    action_label: str
    outcome: Outcome


@dataclass(frozen=True)
class Completion:
    """Where one enrolment stands."""

    verdict: Verdict
    requirements: list[Explained] = field(default_factory=list)
    rule_version: int = 0

    @property
    def complete(self) -> bool:
        return self.verdict.complete

    @property
    def percent(self) -> int:
        return self.verdict.percent

    @property
    def met(self) -> int:
        return sum(requirement.met for requirement in self.requirements)

    @property
    def total(self) -> int:
        return len(self.requirements)


def rule_of(course: Course) -> tuple[dict[str, Any], int]:
    """Return the completion rule in force and its version.

    Without a rule of its own (version 0) a course asks for every required part of its syllabus: all lessons
    of a module and its quiz passed, and most of a workshop's time. A kind that no room can tell anything
    about yet is left out: nobody can be asked for what cannot be done. Two queries.
    """
    rules = list(course.rules.all())
    if rules:
        newest = max(rules, key=lambda rule: rule.version)
        return newest.spec, newest.version
    entries = [entry for entry in course.syllabus.all() if entry.required]
    pass_marks: dict[int, int] = {}
    for parent_id, mark in (
        Item.objects.live()
        .filter(
            kind=Item.Kind.QUIZ, parent__in=[entry.item_id for entry in entries if entry.item_id], quiz__isnull=False
        )
        .values_list("parent_id", "quiz__pass_mark")
    ):
        pass_marks[parent_id] = max(mark, pass_marks.get(parent_id, 0))
    parts: list[dict[str, Any]] = []
    for entry in entries:
        if entry.kind == SyllabusEntry.Kind.MODULE:
            parts.append({"kind": "lessons", "ref": str(entry.item_id), "at_least": 100})
            if pass_marks.get(entry.item_id or 0):
                parts.append({"kind": "quiz", "ref": str(entry.item_id), "at_least": pass_marks[entry.item_id or 0]})
        elif known(entry.kind):
            parts.append({"kind": entry.kind, "ref": str(entry.pk), "at_least": LIVE_SESSION_SHARE})
    return {"all": parts}, 0


def completion_of(course: Course, enrolments: list[Enrolment]) -> dict[int, Completion]:
    """Return ``{enrolment id: Completion}`` for enrolments of one course.

    Give enrolments with ``participant__user`` selected. The number of queries does not depend on how many
    people or requirements there are.
    """
    spec, version = rule_of(course)
    asked = {outcome.kind for outcome in evaluate(spec, {}).outcomes}
    facts = gather(course, enrolments, asked)
    entries = list(course.syllabus.select_related("item"))
    titles = {("module", str(entry.item_id)): entry.title for entry in entries if entry.item_id}
    titles |= {(entry.kind, str(entry.pk)): entry.title for entry in entries if not entry.item_id}
    pages = module_pages([entry.item.key for entry in entries if entry.item])
    urls = {
        ("lessons", str(entry.item_id)): pages[entry.item.key].url
        for entry in entries
        if entry.item and entry.item.key in pages
    }
    quizzes = Item.objects.live().filter(kind=Item.Kind.QUIZ, parent__in=[e.item_id for e in entries if e.item_id])
    for module_id, quiz_key in quizzes.order_by("-order").values_list("parent_id", "key"):
        urls["quiz", str(module_id)] = reverse("quiz", args=[quiz_key])

    def explained(outcome: Outcome) -> Explained:
        kind = known(outcome.kind)
        title = titles.get((outcome.kind, outcome.ref)) or titles.get(("module", outcome.ref), "")
        if outcome.kind == "quiz":
            title = _("Quiz: %(module)s") % {"module": title}
        return Explained(
            title=title,
            met=outcome.met,
            why=kind.explain(outcome) if kind else "",
            url=""
            if outcome.met
            else (kind.url(course) if kind and kind.url else urls.get((outcome.kind, outcome.ref), "")),
            action_label=str(kind.action) if kind and not outcome.met else "",
            outcome=outcome,
        )

    results = {}
    for enrolment in enrolments:
        verdict = evaluate(spec, facts[enrolment.pk])
        results[enrolment.pk] = Completion(verdict, [explained(outcome) for outcome in verdict.outcomes], version)
    return results


def refresh_completion(course: Course, enrolments: list[Enrolment]) -> dict[int, Completion]:
    """Recompute, and bring the cached ``completed_at`` up to date; returns what ``completion_of`` does.

    Once completed stays completed: what was earned survives a later change of rule or syllabus.
    """
    results = completion_of(course, enrolments)
    now = timezone.now()
    newly = [e.pk for e in enrolments if e.completed_at is None and results[e.pk].complete]
    if newly:
        Enrolment.objects.filter(pk__in=newly, completed_at__isnull=True).update(completed_at=now)
        for enrolment in enrolments:
            if enrolment.pk in newly:
                enrolment.completed_at = now
    return results
