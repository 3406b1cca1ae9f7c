"""What must be done before a course or one of its modules: higher rooms say what else can be asked for.

A kind of prerequisite is registered with ``register_prerequisite``; ``course`` and ``module`` are this room's own, a
workshop is the workshops'. Whatever is asked is told on the course's page, with what of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.participants.models import Participant
from modules.assessments.facts import best_grades
from modules.lessons.facts import lessons_done
from modules.records.models import Item

from .facts import quizzes_of
from .models import Course, Enrolment, Prerequisite
from .syllabus import module_pages


@dataclass(frozen=True)
class Named:
    """What is asked for, as people read it."""

    title: str
    url: str = ""


Pair = tuple[str, str]
"""Kind and ref of something that is asked for, or that asks."""


def _nothing(refs: Sequence[str]) -> set[Pair]:
    return set()


@dataclass(frozen=True)
class PrerequisiteKind:
    """``name(refs)``, ``met(participant, refs)`` and ``choices(user)`` ask a number of queries that does not grow.

    ``asks(refs)`` says what these ask for themselves, so that no two wait for each other; one query.
    """

    label: str | Promise
    name: Callable[[Sequence[str]], Mapping[str, Named]]
    met: Callable[[Participant, Sequence[str]], set[str]]
    choices: Callable[[Any], list[tuple[str, str]]]
    asks: Callable[[Sequence[str]], set[Pair]] = _nothing


@dataclass(frozen=True)
class Asked:
    """One prerequisite, for one person. ``met`` is ``None`` for somebody of whom nothing is known."""

    title: str
    url: str
    met: bool | None
    module_id: int | None


_kinds: dict[str, PrerequisiteKind] = {}


def register_prerequisite(kind: str, what: PrerequisiteKind) -> None:
    """Register a kind of prerequisite. Registering again replaces."""
    _kinds[kind] = what


def kinds() -> Mapping[str, PrerequisiteKind]:
    """Return every registered kind."""
    return _kinds


def asked_of(course: Course, participant: Participant | None, module_id: int | None = None) -> list[Asked]:
    """Return everything that goes before a course and its modules, or before one module.

    One query where nothing is asked; else a few for each kind, however much is asked.
    """
    rows = course.prerequisites.filter(module=module_id) if module_id else course.prerequisites.all()
    return judged([(row.kind, row.ref, row.module_id) for row in rows], participant)


def judged(wanted: Sequence[tuple[str, str, int | None]], participant: Participant | None) -> list[Asked]:
    """Return what is asked for, given as kind, ref and the module it goes before, by name and whether it is met.

    No query where nothing is asked; else a few for each kind.
    """
    refs: dict[str, list[str]] = {}
    for kind, ref, _module in wanted:
        refs.setdefault(kind, []).append(ref)
    names: dict[tuple[str, str], Named] = {}
    met: set[tuple[str, str]] = set()
    for kind, of_kind in refs.items():
        if kind in _kinds:
            names |= {(kind, ref): named for ref, named in _kinds[kind].name(of_kind).items()}
            if participant is not None:
                met |= {(kind, ref) for ref in _kinds[kind].met(participant, of_kind)}
    return [
        Asked(
            names[kind, ref].title,
            names[kind, ref].url,
            None if participant is None else (kind, ref) in met,
            module_id,
        )
        for kind, ref, module_id in wanted
        if (kind, ref) in names  # what no longer exists cannot be asked for
    ]


def leads_to(first: Pair, goals: Collection[Pair]) -> bool:
    """Whether something is one of the goals, or asks for one of them in the end: asking for it would be a circle.

    A query for each kind and step, however much is asked.
    """
    seen: set[Pair] = set()
    due = {first}
    while due:
        if not due.isdisjoint(goals):
            return True
        seen |= due
        ahead: set[Pair] = set()
        for kind in {kind for kind, _ref in due} & _kinds.keys():
            ahead |= _kinds[kind].asks([ref for one, ref in due if one == kind])
        due = ahead - seen
    return False


def missing(course: Course, participant: Participant, module_id: int | None = None) -> list[Asked]:
    """Return what somebody has not done yet of what goes before a course (not its modules), or before one module."""
    return [
        asked for asked in asked_of(course, participant, module_id) if asked.module_id == module_id and not asked.met
    ]


def sentence(asked: Sequence[Asked]) -> str:
    """Return what is missing, in one sentence."""
    titles = ", ".join(f"“{one.title}”" for one in asked)
    return _("Before this you need to complete: %(titles)s.") % {"titles": titles}


# --- Courses and modules --------------------------------------------------------------------------


def _course_names(refs: Sequence[str]) -> dict[str, Named]:
    from .search import courses

    cards = {card.course.pk: card for card in courses(_language())}
    found = {}
    for course in Course.objects.filter(pk__in=_ids(refs)).select_related("item"):
        card = cards.get(course.pk)
        found[str(course.pk)] = Named(card.title if card else str(course), card.url if card else "")
    return found


def _courses_met(participant: Participant, refs: Sequence[str]) -> set[str]:
    """Courses completed in any cohort; where the last word is not yet written down it is worked out now."""
    from .services import refresh_completion

    rows = list(
        Enrolment.objects.filter(participant=participant, cohort__course__in=_ids(refs)).select_related(
            "participant__user", "cohort__course__item"
        )
    )
    met = {str(row.cohort.course_id) for row in rows if row.completed_at}
    for row in rows:
        if str(row.cohort.course_id) not in met and refresh_completion(row.cohort.course, [row])[row.pk].complete:
            met.add(str(row.cohort.course_id))
    return met


def _course_asks(refs: Sequence[str]) -> set[Pair]:
    return set(Prerequisite.objects.filter(course__in=_ids(refs)).values_list("kind", "ref"))


def _course_choices(user: Any) -> list[tuple[str, str]]:
    return [(str(course.pk), str(course)) for course in Course.objects.offered().select_related("item")]


def _module_names(refs: Sequence[str]) -> dict[str, Named]:
    items = {item.pk: item for item in Item.objects.filter(pk__in=_ids(refs), kind=Item.Kind.MODULE)}
    pages = module_pages([item.key for item in items.values()])
    return {
        str(pk): Named(pages[item.key].title, pages[item.key].url) if item.key in pages else Named(item.title)
        for pk, item in items.items()
    }


def _modules_met(participant: Participant, refs: Sequence[str]) -> set[str]:
    """Modules of which every lesson is done and, where there is one, the quiz is passed. Pre-tests do not count."""
    if participant.user is None:
        return set()
    ids, key = _ids(refs), participant.user.key
    done, grades = lessons_done([key], ids)[key], best_grades([key], ids).get(key, {})
    with_quiz = {pk for pk, held in quizzes_of(ids).items() if any(item.quiz.pass_mark for item in held)}
    met = set()
    for pk in ids:
        finished, total, _minutes = done[pk]
        grade = grades.get(pk)
        if total and finished == total and (pk not in with_quiz or (grade is not None and grade.passed)):
            met.add(str(pk))
    return met


def _module_asks(refs: Sequence[str]) -> set[Pair]:
    return set(Prerequisite.objects.filter(module__in=_ids(refs)).values_list("kind", "ref"))


def _module_choices(user: Any) -> list[tuple[str, str]]:
    return [(str(item.pk), item.title) for item in Item.objects.live().filter(kind=Item.Kind.MODULE)]


def _ids(refs: Sequence[str]) -> list[int]:
    return [int(ref) for ref in refs if ref.isdecimal()]


def _language() -> str:
    from django.utils.translation import get_language

    return get_language() or "en"


COURSE = PrerequisiteKind(gettext_lazy("Course completed"), _course_names, _courses_met, _course_choices, _course_asks)
MODULE = PrerequisiteKind(gettext_lazy("Module completed"), _module_names, _modules_met, _module_choices, _module_asks)


def before_quiz(user: Any, module_id: int | None, course_ids: Sequence[int]) -> str:
    """Return why somebody may not take a module's quiz yet in any of the courses they are in, or an empty string.

    Where one of the courses asks for nothing, or all that it asks is done, the quiz is open.
    """
    rows = Prerequisite.objects.filter(course__in=course_ids, module=module_id).select_related("course")
    by_course = {row.course_id: row.course for row in rows}
    if not by_course or set(course_ids) - set(by_course):
        return ""
    participant = Participant.objects.filter(user=user).select_related("user").first()
    if participant is None:
        return ""
    lacking = [missing(course, participant, module_id) for course in by_course.values()]
    return sentence(min(lacking, key=len)) if all(lacking) else ""
