"""Where people stand: completion explained, requirement by requirement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.caching import PAGES, generation, name, recalled
from modules.assessments.paper import QUIZZES
from modules.records.querysets import ITEMS

from ..completion import Fact, Group, Outcome, Rule, Verdict, read_rule
from ..explain import waived
from ..facts import FactKind, gather, hold, known, quizzes_of
from ..models import Course, Enrolment, SyllabusEntry
from ..search import COURSES

AT_ONCE = 1000
"""People whose facts are held in memory at the same time when a whole cohort is looked at."""


class Explained:
    """One requirement in words, for learner, trainer and certificate alike. Words are made when asked for."""

    def __init__(self, outcome: Outcome, kind: FactKind | None, title: str, url: str) -> None:
        self.outcome, self.kind, self.title, self._url = outcome, kind, title, url

    @property
    def met(self) -> bool:
        return self.outcome.met

    @property
    def waived(self) -> bool:
        return self.outcome.fact.waiver is not None

    @cached_property
    def why(self) -> str:
        """Where somebody stands, in one sentence of the active language."""
        if self.outcome.fact.waiver is not None:
            return waived(self.outcome.fact.waiver)
        return self.kind.explain(self.outcome) if self.kind else ""

    @property
    def url(self) -> str:
        """Where to go on; empty once met."""
        return "" if self.met else self._url

    @property
    def action_label(self) -> str:
        if self.kind is None or self.met:
            return ""
        return str(self.kind.action if self.outcome.fact.done else self.kind.begin or self.kind.action)


class Completion:
    """Where one enrolment stands.

    ``earned_at``: once completed stays completed, whatever the rule asks of others since.
    """

    def __init__(self, standings: Standings, verdict: Verdict, earned_at: datetime | None) -> None:
        self.standings, self.verdict, self.earned_at = standings, verdict, earned_at

    @property
    def complete(self) -> bool:
        return self.earned_at is not None or self.verdict.complete

    @property
    def outgrown(self) -> bool:
        """Completed by what was asked then, though the rule asks for more today."""
        return self.earned_at is not None and not self.verdict.complete

    @property
    def percent(self) -> int:
        return 100 if self.complete else self.verdict.percent

    @property
    def rule_version(self) -> int:
        return self.standings.version

    @cached_property
    def requirements(self) -> list[Explained]:
        return [self.standings.explained(outcome) for outcome in self.verdict.outcomes]

    @property
    def met(self) -> int:
        return sum(outcome.met for outcome in self.verdict.outcomes)

    @property
    def total(self) -> int:
        return len(self.verdict.outcomes)

    @property
    def hours(self) -> Decimal:
        """Hours credited so far, by the rule; all that the rule credits once complete."""
        offered = self.standings.course.hours
        if self.complete and self.verdict.hours == "offered":
            return offered
        return self.verdict.credited(offered)

    @property
    def group(self) -> Group:
        return self.verdict.root


class Standings:
    """A course's rule, read once, with the words and addresses of its requirements; judges any number of people.

    ``spec``: another rule than the one in force, to see what it would change.
    """

    def __init__(self, course: Course, spec: Mapping[str, Any] | None = None, version: int = 0) -> None:
        if spec is None:
            spec, version = rule_of(course)
        self.course, self.version = course, version
        self.rule: Rule = read_rule(spec)

    @cached_property
    def _words(self) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
        entries = list(self.course.syllabus.select_related("item"))
        titles, urls = {}, {}
        for one in sorted(self.rule.kinds):
            if kind := known(one):
                titles |= {(one, ref): title for ref, title in kind.titles(self.course, entries).items()}
                urls |= {(one, ref): url for ref, url in kind.addresses(self.course, entries).items()}
        return titles, urls

    def title(self, kind: str, ref: str) -> str:
        """Return what a requirement is called."""
        return self._words[0].get((kind, ref)) or _("No longer part of the course")

    def explained(self, outcome: Outcome) -> Explained:
        """Return an outcome with its words."""
        key = (outcome.kind, outcome.ref)
        return Explained(outcome, known(outcome.kind), self.title(*key), self._words[1].get(key, ""))

    def headings(self) -> list[Explained]:
        """Return the requirements in the rule's order, held by nobody."""
        return [self.explained(leaf.judge({})) for leaf in self.rule.leaves]

    def facts(self, enrolments: list[Enrolment]) -> dict[int, dict[tuple[str, str], Fact]]:
        """Return the facts of these people that the rule asks for."""
        return gather(self.course, enrolments, self.rule.keys)

    def of(self, enrolments: list[Enrolment]) -> dict[int, Completion]:
        """Return ``{enrolment id: Completion}``; give enrolments of the course with ``participant__user`` selected."""
        facts = self.facts(enrolments)
        return {
            enrolment.pk: Completion(self, self.rule.judge(facts[enrolment.pk]), enrolment.completed_at)
            for enrolment in enrolments
        }


def kept_standings(course_ids: Iterable[int]) -> dict[int, Standings]:
    """Return ``{course id: Standings}`` as everybody shares them in the active language, syllabus and words read.

    They are kept until a rule, a syllabus, an item, a quiz or a page changes; nothing in them is personal. For pages
    that show where somebody stands. What is written down is judged by ``Standings``, which asks the database.
    No query for what is kept. Do not change what is returned.
    """
    now = get_language(), generation(PAGES, COURSES, ITEMS, QUIZZES)
    return {pk: recalled(name("standings", pk, *now), partial(_read, pk)) for pk in set(course_ids)}


def _read(course_id: int) -> Standings:
    courses = Course.objects.select_related("item").prefetch_related("syllabus__item")
    course = courses.get(pk=course_id)
    hold(course)
    standings = Standings(course)
    standings.headings()  # words are read now, in this language
    return standings


def in_portions(rows: Iterable[Enrolment], size: int = AT_ONCE) -> Iterator[list[Enrolment]]:
    """Yield rows in lists of at most ``size``."""
    left = iter(rows)
    while portion := list(islice(left, size)):
        yield portion


def rule_of(course: Course) -> tuple[dict[str, Any], int]:
    """Return the completion rule in force and its version.

    Without a rule of its own (version 0) a course asks for every required part of its syllabus: all lessons
    of a module and each of its quizzes passed, and of the other parts what their room says is usual. A kind that
    no room can tell anything about yet is left out: nobody can be asked for what cannot be done. Two queries.
    """
    rule = course.rules.order_by("-version").first()
    return (rule.spec, rule.version) if rule else (derived_rule(course), 0)


def derived_rule(course: Course) -> dict[str, Any]:
    """Return the rule that follows from the required parts of the syllabus."""
    entries = [entry for entry in course.syllabus.all() if entry.required]
    quizzes = quizzes_of(entry.item_id for entry in entries if entry.item_id)
    parts: list[dict[str, Any]] = []
    for entry in entries:
        if entry.kind == SyllabusEntry.Kind.MODULE:
            parts.append({"kind": "lessons", "ref": str(entry.item_id), "at_least": 100})
            held = quizzes.get(entry.item_id or 0, [])
            for item in held:  # each with its own pass mark
                if item.quiz.pass_mark:
                    ref = entry.item_id if len(held) == 1 else item.pk
                    parts.append({"kind": "quiz", "ref": str(ref), "at_least": item.quiz.pass_mark})
        elif kind := known(entry.kind):
            measure, at_least = kind.usual
            leaf = {"kind": entry.kind, "ref": str(entry.pk), "at_least": at_least}
            parts.append(leaf if measure == "percent" else leaf | {"measure": measure})
    return {"all": parts}


def completion_of(course: Course, enrolments: list[Enrolment]) -> dict[int, Completion]:
    """Return ``{enrolment id: Completion}`` for enrolments of one course.

    Give enrolments with ``participant__user`` selected. The number of queries does not depend on how many
    people or requirements there are.
    """
    return Standings(course).of(enrolments)


def refresh_completion(
    course: Course, enrolments: list[Enrolment], standings: Standings | None = None
) -> dict[int, Completion]:
    """Recompute, and bring the cached ``completed_at`` up to date; returns what ``completion_of`` does.

    Once completed stays completed: what was earned survives a later change of rule or syllabus. Whoever has left
    completes nothing afterwards: what is finished since counts where they enrol next.
    """
    standings = standings or Standings(course)
    results = standings.of(enrolments)
    now = timezone.now()
    taking_part = [e for e in enrolments if e.completed_at is None and e.state == Enrolment.State.ACTIVE]
    newly = [e.pk for e in taking_part if results[e.pk].complete]
    if newly:
        Enrolment.objects.active().filter(pk__in=newly, completed_at__isnull=True).update(
            completed_at=now, completed_rule=standings.version
        )
        for enrolment in enrolments:
            if enrolment.pk in newly:
                enrolment.completed_at, enrolment.completed_rule = now, standings.version
                results[enrolment.pk].earned_at = now
    return results
