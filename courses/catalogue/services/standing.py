"""Where people stand: completion explained, requirement by requirement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from modules.records.models import Item

from ..completion import Outcome, Verdict, evaluate
from ..facts import gather, known
from ..models import Course, Enrolment, SyllabusEntry
from ..syllabus import module_pages

LIVE_SESSION_SHARE = 80  # per cent of the offered minutes, when a course has no rule of its own


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
