"""Completion rules: drafted, previewed on the people they would touch, put in force, applied by a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from jobs.models import Job
from jobs.services import advance, start_job

from ..completion import read_rule
from ..facts import gather, kinds
from ..models import CompletionRule, Course, Enrolment, RuleDraft
from ..permissions import can_change_course
from .courses import NotYourProgramme, put_rule
from .standing import AT_ONCE, Standings, rule_of

PREVIEW_KIND, RECOMPUTE_KIND = "catalogue.preview_rule", "catalogue.recompute"
AT_A_GLANCE = 500
"""Up to so many people a preview is worked out while one waits; for more by a job."""


class RuleChanged(DomainError):
    """Somebody else saved another version in the meantime."""


class NothingToPreview(DomainError):
    """The draft is gone, or has not been looked at before saving."""


def asked_of(course: Course) -> dict[str, dict[str, str]]:
    """Return what a rule of the course can ask for: ``{kind: {ref: title}}``; a constant number of queries."""
    entries = list(course.syllabus.select_related("item"))
    return {kind.name: dict(kind.titles(course, entries)) for kind in kinds()}


@transaction.atomic
def save_draft(*, actor: Any, course: Course, state: Mapping[str, Any]) -> RuleDraft:
    """Keep what somebody typed of a rule; returns the draft. A preview of what was typed before is forgotten.

    Raises ``NotYourProgramme``.
    """
    if not can_change_course(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    RuleDraft.objects.get_or_create(course=course, user=actor, defaults={"based_on": rule_of(course)[1]})
    draft = RuleDraft.objects.select_for_update().get(course=course, user=actor)
    if draft.spec != dict(state):
        draft.spec, draft.preview, draft.job = dict(state), None, None
    draft.save()
    return draft


def drop_draft(*, actor: Any, course: Course) -> None:
    """Throw one's draft away."""
    RuleDraft.objects.filter(course=course, user=actor).delete()


def start_preview(*, actor: Any, draft: RuleDraft, rule: Mapping[str, Any]) -> RuleDraft:
    """Work out what a drafted rule would change for whom: at once for few people, else by a job.

    ``rule`` is the rule's tree that the draft holds. Raises ``RuleError`` for one that cannot be read.
    """
    read_rule(rule)
    people = _people(draft.course).count()
    draft.based_on = rule_of(draft.course)[1]
    draft.preview, draft.job = None, None
    if people <= AT_A_GLANCE:
        draft.preview = preview_of(draft.course, rule)
        draft.save()
        return draft
    with transaction.atomic():
        draft.job = start_job(
            actor=actor, kind=PREVIEW_KIND, params={"draft": draft.pk, "rule": dict(rule)}, total=people
        )
        draft.save()
    return draft


def preview_by_job(job: Job) -> None:
    """Work out a preview in the background. Nothing is written before the end, so a second worker begins anew."""
    draft = RuleDraft.objects.select_related("course__item").filter(pk=job.params["draft"], job=job).first()
    if draft is None:
        return
    preview = preview_of(draft.course, job.params["rule"], lambda done: advance(job, done))
    RuleDraft.objects.filter(pk=draft.pk, job=job).update(preview=preview)


def preview_of(course: Course, rule: Mapping[str, Any], tell: Any = None) -> dict[str, Any]:
    """Return who would gain completion by another rule, and who would no longer meet it.

    ``gain``: those who have not completed and would. ``lose``: those who meet the rule in force and would not meet
    the other; they keep what they earned. Each as ``[enrolment id, per cent now, per cent then]``.
    """
    now, then = Standings(course), Standings(course, rule)
    found: dict[str, Any] = {"rule": dict(rule), "people": 0, "before": 0, "after": 0, "gain": [], "lose": []}
    for compared in _compared(course, _people(course), [now, then]):
        for enrolment, (old, new) in compared:
            earned = enrolment.completed_at is not None or old.complete
            found["people"] += 1
            found["before"] += earned
            found["after"] += earned or new.complete
            if new.complete and not earned:
                found["gain"].append([enrolment.pk, old.percent, new.percent])
            elif old.complete and not new.complete:
                found["lose"].append([enrolment.pk, old.percent, new.percent])
        if tell:
            tell(found["people"])
    return found | {"at": timezone.now().isoformat()}


def _people(course: Course) -> models.QuerySet[Enrolment]:
    """Everybody whom a change of the rule can complete, those in the archive too: the preview shows all of them."""
    return Enrolment.objects.active().filter(cohort__course=course)


def _compared(
    course: Course, people: models.QuerySet[Enrolment], standings: list[Standings]
) -> Iterator[list[tuple[Enrolment, list[Any]]]]:
    """Yield people in portions, each with the verdicts of several rules on the same facts."""
    asked = set().union(*(standing.rule.keys for standing in standings))
    last = 0
    rows = people.select_related("participant__user", "cohort").order_by("pk")
    while portion := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        facts = gather(course, portion, asked)
        yield [(each, [s.rule.judge(facts[each.pk]) for s in standings]) for each in portion]
        last = portion[-1].pk


@transaction.atomic
def change_rule(*, actor: Any, draft: RuleDraft, previewed: str = "") -> CompletionRule:
    """Put a previewed draft in force as a new version, and start the job that applies it; returns the version.

    Whoever met the rule until now keeps completion: the job looks at both. ``previewed`` is the moment of the preview
    that was read: another one, from a second window, is not put in force unread. Raises ``NotYourProgramme``,
    ``NothingToPreview`` (not previewed as it is now) and ``RuleChanged`` (somebody else saved a version since).
    """
    draft = RuleDraft.objects.select_for_update().select_related("course").get(pk=draft.pk)
    course = Course.objects.select_for_update().get(pk=draft.course_id)
    if not can_change_course(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if draft.preview is None or previewed not in ("", draft.preview["at"]):
        raise NothingToPreview(_("Look first at what the change would do."))
    old, version = rule_of(course)
    if version != draft.based_on:
        draft.preview, draft.based_on = None, version
        draft.save()
        raise RuleChanged(_("Somebody else has changed the rule since. Look at what your change would do now."))
    preview = draft.preview
    rule = put_rule(actor=actor, course=course, spec=preview["rule"])
    audit.record(
        actor=actor,
        action="catalogue.change_rule",
        obj=rule,
        previous=version,
        gain=len(preview["gain"]),
        lose=len(preview["lose"]),
    )
    rule.job = start_recompute(actor=actor, course=course, earlier=[[version, old]])
    rule.save(update_fields=["job"])
    draft.delete()
    return rule


def freeze_rules() -> int:
    """Write down the rule of every running course that has none of its own, as version 1; returns of how many.

    Running: somebody is in a cohort that has begun. Until then the rule follows the syllabus and its pass marks; from
    then on a change of those changes nothing for people who are on their way, and a change of the rule is previewed,
    audited and applied like any other. A syllabus that asks for nothing yet is left alone. Safe to run twice.
    """
    today = timezone.now().date()
    begun = Enrolment.objects.active().filter(
        models.Q(cohort__starts_on__isnull=True) | models.Q(cohort__starts_on__lte=today)
    )
    without = Course.objects.offered().filter(rules__isnull=True, pk__in=begun.values("cohort__course"))
    frozen = 0
    for pk in list(without.values_list("pk", flat=True)):
        with transaction.atomic():
            course = Course.objects.select_for_update().get(pk=pk)
            spec, version = rule_of(course)
            if version == 0 and spec["all"]:
                put_rule(actor=None, course=course, spec=spec)
                frozen += 1
    return frozen


@transaction.atomic
def start_recompute(*, actor: Any, course: Course, earlier: list[Any] | None = None) -> Job:
    """Start the job that brings ``completed_at`` of everybody in a course up to date.

    ``earlier``: ``[version, rule]`` that were in force until now; who met one of them has completed. Raises
    ``NotYourProgramme``.
    """
    if not can_change_course(actor, course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    total = _people(course).filter(completed_at__isnull=True).count()
    params = {"course": course.pk, "earlier": earlier or []}
    return start_job(actor=actor, kind=RECOMPUTE_KIND, params=params, total=total)


def recompute_by_job(job: Job) -> None:
    """Do it in the background; whoever has completed already is not looked at again."""
    course = Course.objects.filter(pk=job.params["course"]).first()
    if course is None:
        return
    done = recompute(
        actor=job.created_by,
        course=course,
        earlier=[(version, rule) for version, rule in job.params["earlier"]],
        tell=lambda people: advance(job, min(people, job.total) if job.total else people),
    )
    job.result = {"people": done.people, "completed": done.completed}


@dataclass
class Recomputed:
    """How many people were looked at, and how many of them have completed by it."""

    people: int = 0
    completed: int = 0


def recompute(*, actor: Any, course: Course, earlier: list[tuple[int, Any]], tell: Any = None) -> Recomputed:
    """Bring ``completed_at`` up to date for everybody of a course who has none; never takes one back.

    Holds the rule in force and the ``earlier`` ones against the facts as they are; the first that is met counts.
    Leaves one audit entry. Safe to run twice.
    """
    standings = [Standings(course, rule, version) for version, rule in earlier]
    standings.append(Standings(course))
    done = Recomputed()
    people = _people(course).filter(completed_at__isnull=True)
    for compared in _compared(course, people, standings):
        by_version: dict[int, list[int]] = {}
        for enrolment, verdicts in compared:
            met = next((s for s, verdict in zip(standings, verdicts, strict=True) if verdict.complete), None)
            if met is not None:
                by_version.setdefault(met.version, []).append(enrolment.pk)
        for version, ids in by_version.items():
            done.completed += Enrolment.objects.filter(pk__in=ids, completed_at__isnull=True).update(
                completed_at=timezone.now(), completed_rule=version
            )
        done.people += len(compared)
        if tell:
            tell(done.people)
    audit.record(
        actor=actor,
        action="catalogue.recompute",
        obj=course,
        version=standings[-1].version,
        people=done.people,
        completed=done.completed,
    )
    return done
