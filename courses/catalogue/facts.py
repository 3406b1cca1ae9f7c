"""Facts for completion: each room that knows some registers a provider here, higher rooms too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from modules.assessments.facts import best_grades
from modules.lessons.facts import lessons_done

from .completion import Fact
from .models import Course, Enrolment, SyllabusEntry

# provider(course, enrolments) -> {enrolment id: {ref: Fact}}; a constant number of queries.
Provider = Callable[[Course, list[Enrolment]], Mapping[int, Mapping[str, Fact]]]


@dataclass(frozen=True)
class FactKind:
    """A kind of fact: who gathers it, and in which words an unmet and a met requirement are explained."""

    provider: Provider
    explain: Callable[[Any], str]
    action: str | Promise = ""
    url: Callable[[Course], str] | None = None


_kinds: dict[str, FactKind] = {}


def register_provider(
    kind: str,
    provider: Provider,
    *,
    explain: Callable[[Any], str],
    action: str | Promise = "",
    url: Callable[[Course], str] | None = None,
) -> None:
    """Register who gathers facts of ``kind``.

    ``explain(outcome)`` returns the sentence that says where somebody stands; ``action`` is the label of
    the link that leads on, ``url(course)`` where it leads when the requirement has no page of its own.
    Registering again replaces.
    """
    _kinds[kind] = FactKind(provider, explain, action, url)


def known(kind: str) -> FactKind | None:
    """Return the registered kind, or ``None``."""
    return _kinds.get(kind)


def gather(course: Course, enrolments: list[Enrolment], kinds: set[str]) -> dict[int, dict[tuple[str, str], Fact]]:
    """Return ``{enrolment id: {(kind, ref): Fact}}`` for the kinds a rule asks for."""
    facts: dict[int, dict[tuple[str, str], Fact]] = {enrolment.pk: {} for enrolment in enrolments}
    for kind in sorted(kinds & set(_kinds)):
        for enrolment_id, found in _kinds[kind].provider(course, enrolments).items():
            facts[enrolment_id] |= {(kind, ref): fact for ref, fact in found.items()}
    return facts


def _modules(course: Course) -> list[int]:
    return [
        entry.item_id for entry in course.syllabus.all() if entry.kind == SyllabusEntry.Kind.MODULE and entry.item_id
    ]


def _learner_keys(enrolments: list[Enrolment]) -> dict[Any, list[int]]:
    keys: dict[Any, list[int]] = {}
    for enrolment in enrolments:
        if enrolment.participant.user is not None:
            keys.setdefault(enrolment.participant.user.key, []).append(enrolment.pk)
    return keys


def lesson_facts(course: Course, enrolments: list[Enrolment]) -> dict[int, dict[str, Fact]]:
    """Lessons done of each module, as a share. ``ref`` is the module's item id."""
    keys = _learner_keys(enrolments)
    found: dict[int, dict[str, Fact]] = {}
    for (key, item_id), (done, total) in lessons_done(list(keys), _modules(course)).items():
        fact = Fact(done * 100 / total if total else 0, done, total)
        for enrolment_id in keys[key]:
            found.setdefault(enrolment_id, {})[str(item_id)] = fact
    return found


def quiz_facts(course: Course, enrolments: list[Enrolment]) -> dict[int, dict[str, Fact]]:
    """Best grade in each module's quiz, in per cent. ``ref`` is the module's item id."""
    keys = _learner_keys(enrolments)
    found: dict[int, dict[str, Fact]] = {}
    for (key, item_id), grade in best_grades(list(keys), _modules(course)).items():
        for enrolment_id in keys[key]:
            found.setdefault(enrolment_id, {})[str(item_id)] = Fact(float(grade.percent or 0), done=grade.attempts)
    return found
