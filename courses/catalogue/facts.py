"""Facts for completion: each room that knows some registers a provider here, higher rooms too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from modules.assessments.facts import best_grades, every_quiz_of, quizzes_of
from modules.assessments.models import Quiz
from modules.lessons.facts import Lessons, lesson_totals, lessons_done
from modules.records.models import Item

from .completion import Fact, FactKey, Leaf, Waiver
from .models import Cohort, Course, Enrolment, PracticalTask, RequirementWaiver, SyllabusEntry, TaskResult
from .syllabus import module_pages

# provider(course, enrolments, refs) -> {enrolment id: {ref: Fact}}; a constant number of queries. ``refs`` are what a
# rule asks for; a provider may tell of others too.
Provider = Callable[[Course, list[Enrolment], Set[str]], Mapping[int, Mapping[str, Fact]]]
# of a course with its syllabus (items selected): {ref: text}; a constant number of queries.
OfCourse = Callable[[Course, Sequence[SyllabusEntry]], Mapping[str, str]]

USUAL = ("percent", 80.0)
"""What a part of the syllabus asks when the course has no rule of its own: 80 per cent of what is offered."""


@dataclass(frozen=True)
class FactKind:
    """A kind of fact: who gathers it, what of it a course has, and in which words it is asked and explained."""

    name: str
    provider: Provider
    explain: Callable[[Any], str]
    label: str | Promise = ""
    action: str | Promise = ""
    url: Callable[[Course], str] | None = None
    choices: OfCourse | None = None
    links: OfCourse | None = None
    describe: Callable[[str, Leaf], str] | None = None
    measures: tuple[str, ...] = ("percent",)
    usual: tuple[str, float] = USUAL
    judged: bool = False
    begin: str | Promise = ""

    def titles(self, course: Course, entries: Sequence[SyllabusEntry]) -> Mapping[str, str]:
        """Return ``{ref: title}`` of what a rule of the course can ask for."""
        if self.choices is not None:
            return self.choices(course, entries)
        return {str(entry.pk): entry.title for entry in entries if entry.kind == self.name}

    def addresses(self, course: Course, entries: Sequence[SyllabusEntry]) -> Mapping[str, str]:
        """Return ``{ref: address}`` of where to do something about it."""
        if self.links is not None:
            return self.links(course, entries)
        return dict.fromkeys(self.titles(course, entries), self.url(course)) if self.url is not None else {}


_kinds: dict[str, FactKind] = {}


def register_provider(
    kind: str,
    provider: Provider,
    *,
    explain: Callable[[Any], str],
    label: str | Promise = "",
    action: str | Promise = "",
    url: Callable[[Course], str] | None = None,
    choices: OfCourse | None = None,
    links: OfCourse | None = None,
    describe: Callable[[str, Leaf], str] | None = None,
    measures: tuple[str, ...] = ("percent",),
    usual: tuple[str, float] = USUAL,
    judged: bool = False,
    begin: str | Promise = "",
) -> None:
    """Register who gathers facts of ``kind``; from then on rules can ask for it.

    ``explain(outcome)`` returns the sentence that says where somebody stands; ``describe(title, leaf)`` says in
    words what is asked (else "title: at least 80 %"); ``action`` is the label of the link that leads on, ``begin``
    its label while nothing is done (else the same), and ``links(course, entries)`` or ``url(course)`` where it
    leads. ``choices(course, entries)`` returns what of it a course has, else the syllabus entries of that kind.
    ``measures`` are those that the facts fill, the first is proposed; ``usual`` is what a course without a rule
    asks of a syllabus entry; ``judged`` marks what somebody says yes or no to, so that no number is asked for.
    Registering again replaces.
    """
    shown = label or dict(SyllabusEntry.Kind.choices).get(kind, kind)
    _kinds[kind] = FactKind(
        kind, provider, explain, shown, action, url, choices, links, describe, measures, usual, judged, begin
    )


def known(kind: str) -> FactKind | None:
    """Return the registered kind, or ``None``."""
    return _kinds.get(kind)


def kinds() -> list[FactKind]:
    """Return every registered kind, in the order of registration."""
    return list(_kinds.values())


def gather(course: Course, enrolments: list[Enrolment], asked: Set[FactKey]) -> dict[int, dict[FactKey, Fact]]:
    """Return ``{enrolment id: {(kind, ref): Fact}}`` of what a rule asks for, waivers put upon it.

    What a learner does after the last day of an enrolment counts in the next one; what others write down (attendance
    in the cohort's workshops, a task judged, a mark, a waiver) counts whenever they do.
    """
    unknown = [enrolment for enrolment in enrolments if "cohort" not in enrolment._state.fields_cache]
    if unknown:
        cohorts = Cohort.objects.in_bulk({enrolment.cohort_id for enrolment in unknown})
        for enrolment in unknown:
            enrolment.cohort = cohorts[enrolment.cohort_id]
    facts: dict[int, dict[FactKey, Fact]] = {enrolment.pk: {} for enrolment in enrolments}
    refs: dict[str, set[str]] = {}
    for kind, ref in asked:
        refs.setdefault(kind, set()).add(ref)
    for kind in sorted(refs.keys() & _kinds.keys()):
        for enrolment_id, found in _kinds[kind].provider(course, enrolments, refs[kind]).items():
            held = facts[enrolment_id]
            for ref, fact in found.items():
                held[kind, ref] = fact
    waivers = RequirementWaiver.objects.in_force().filter(enrolment__in=list(facts)).select_related("granted_by")
    for row in waivers.order_by():
        held = facts[row.enrolment_id]
        waiver = Waiver(row.basis, row.reason, row.evidence, row.issuer, str(row.granted_by or ""), row.granted_at)
        held[row.kind, row.ref] = held.get((row.kind, row.ref), Fact(0))._replace(waiver=waiver)
    return facts


# --- Lessons and quizzes --------------------------------------------------------------------------

HELD = "_campus_held"


@dataclass(frozen=True)
class Held:
    """What the modules of a course hold, the same for everybody.

    By module how many lessons count, and every quiz, also those not live any more; and all live quizzes that close some
    day, with pre-tests.
    """

    lessons: Mapping[int, Lessons]
    quizzes: Mapping[int, list[Item]]
    closing: Sequence[Quiz]


def hold(course: Course) -> None:
    """Read what the modules hold, so that facts of this object of a course no longer ask for it. Three queries."""
    modules = _modules(list(course.syllabus.all()))
    closing = Quiz.objects.live().filter(item__parent__in=list(modules), closes_at__isnull=False)
    course.__dict__[HELD] = Held(lesson_totals(modules), every_quiz_of(modules), list(closing.select_related("item")))


def held_in(course: Course) -> Held | None:
    """Return what was read by ``hold``, if it was."""
    return course.__dict__.get(HELD)


def _modules(entries: Sequence[SyllabusEntry]) -> dict[int, SyllabusEntry]:
    return {entry.item_id: entry for entry in entries if entry.kind == SyllabusEntry.Kind.MODULE and entry.item_id}


def _learners(enrolments: list[Enrolment]) -> list[tuple[dict[UUID, list[int]], dict[UUID, datetime]]]:
    """Return ``({learner key: enrolment ids}, {learner key: until when work counts})``, for ever where not named.

    One such pair, and another for people who are in several of the enrolments with different last days.
    """
    now = timezone.now()
    asked: dict[UUID, dict[datetime | None, list[int]]] = {}
    for enrolment in enrolments:
        if enrolment.participant.user is not None:
            closes_at = enrolment.closes_at
            until = closes_at if closes_at is not None and closes_at <= now else None
            asked.setdefault(enrolment.participant.user.key, {}).setdefault(until, []).append(enrolment.pk)
    layers: list[tuple[dict[UUID, list[int]], dict[UUID, datetime]]] = []
    for key, days in asked.items():
        for place, (until, ids) in enumerate(days.items()):
            if place == len(layers):
                layers.append(({}, {}))
            layers[place][0][key] = ids
            if until is not None:
                layers[place][1][key] = until
    return layers


def lesson_facts(course: Course, enrolments: list[Enrolment], asked: Set[str]) -> dict[int, dict[str, Fact]]:
    """Lessons done of each module until the enrolment's last day, as a share. ``ref`` is the module's item id."""
    found: dict[int, dict[str, Fact]] = {enrolment.pk: {} for enrolment in enrolments}
    refs = {item_id: str(item_id) for item_id in _modules(list(course.syllabus.all())) if str(item_id) in asked}
    held = held_in(course)
    made: dict[tuple[int, int, int], Fact] = {}  # the same few facts for thousands of people
    for keys, until in _learners(enrolments):
        for key, modules in lessons_done(keys, refs, until, held.lessons if held else None).items():
            for numbers in modules.values():
                if numbers not in made:
                    done, total, minutes = numbers
                    made[numbers] = Fact(done * 100 / total if total else 0, done, total, minutes=minutes)
            facts = {refs[item_id]: made[numbers] for item_id, numbers in modules.items()}
            for enrolment_id in keys[key]:
                found[enrolment_id] = facts
    return found


def quiz_facts(course: Course, enrolments: list[Enrolment], asked: Set[str]) -> dict[int, dict[str, Fact]]:
    """Grade in each module's quiz, in per cent, of the attempts begun until the enrolment's last day.

    An attempt begun in time counts whenever it is marked.
    ``ref`` is the module's item id, or the item id of one of its quizzes.
    """
    found: dict[int, dict[str, Fact]] = {enrolment.pk: {} for enrolment in enrolments}
    modules: Iterable[int] = _modules(list(course.syllabus.all()))
    refs = {str(item_id): item_id for item_id in modules}
    single = not refs.keys() >= asked  # which module has them is not known here
    if not single:
        modules = [refs[ref] for ref in asked]
    held = held_in(course)
    fact = cache(lambda one: Fact(float(one.percent or 0), done=one.attempts))
    name = cache(str)
    for keys, until in _learners(enrolments):
        for key, grades in best_grades(keys, modules, until, held.quizzes if held else None, each_quiz=single).items():
            facts = {name(item_id): fact(one) for item_id, one in grades.items()}
            for enrolment_id in keys[key]:
                found[enrolment_id] = facts
    return found


def module_titles(course: Course, entries: Sequence[SyllabusEntry]) -> dict[str, str]:
    """Return the modules of the syllabus."""
    return {str(item_id): entry.title for item_id, entry in _modules(entries).items()}


def module_links(course: Course, entries: Sequence[SyllabusEntry]) -> dict[str, str]:
    """Return where each module is read, in the best language there is."""
    modules = _modules(entries)
    pages = module_pages([entry.item.key for entry in modules.values() if entry.item])
    return {
        str(item_id): pages[entry.item.key].url
        for item_id, entry in modules.items()
        if entry.item and entry.item.key in pages
    }


def quiz_titles(course: Course, entries: Sequence[SyllabusEntry]) -> dict[str, str]:
    """Return the live quizzes of the modules of the syllabus; each by itself where the module has or had several."""
    modules, titles = _modules(entries), {}
    for module_id, items in every_quiz_of(modules).items():
        live = [item for item in items if item.retired_at is None]
        if live:
            titles[str(module_id)] = _("Quiz: %(module)s") % {"module": modules[module_id].title}
        if len(items) > 1:
            titles |= {str(item.pk): _("Quiz: %(module)s") % {"module": item.title} for item in live}
    return titles


def quiz_links(course: Course, entries: Sequence[SyllabusEntry]) -> dict[str, str]:
    """Return where each quiz begins."""
    links = {}
    for module_id, items in quizzes_of(_modules(entries)).items():
        links |= {str(item.pk): reverse("quiz", args=[item.key]) for item in items}
        links[str(module_id)] = reverse("quiz", args=[items[0].key])
    return links


# --- Tasks that a trainer judges ------------------------------------------------------------------


def task_facts(course: Course, enrolments: list[Enrolment], asked: Set[str]) -> dict[int, dict[str, Fact]]:
    """Skills seen and assignments accepted, 100 or 0; judged and found wanting is told from never judged.

    ``ref`` is the task's id. What was shown in another cohort of the course counts.
    """
    people: dict[int, list[int]] = {}
    for enrolment in enrolments:
        people.setdefault(enrolment.participant_id, []).append(enrolment.pk)
    found: dict[int, dict[str, Fact]] = {enrolment.pk: {} for enrolment in enrolments}
    rows = TaskResult.objects.filter(task__course=course, participant__in=list(people))
    for task_id, participant_id, met in rows.order_by().values_list("task", "participant", "met"):
        for enrolment_id in people[participant_id]:
            found[enrolment_id][str(task_id)] = Fact(100 if met else 0, done=1, total=1)
    return found


def task_titles(kind: str) -> OfCourse:
    """Return the function that lists a course's tasks of a kind."""

    def titles(course: Course, entries: Sequence[SyllabusEntry]) -> dict[str, str]:
        rows = PracticalTask.objects.filter(course=course, kind=kind).select_related("course__item")
        return {str(task.pk): task.title for task in rows}

    return titles
