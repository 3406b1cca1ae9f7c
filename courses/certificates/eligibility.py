"""Who may be given a certificate, and what is missing otherwise; the same requirements that learners see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.catalogue.models import Cohort, Course, Enrolment
from courses.catalogue.services import completion_of
from courses.participants.addresses import own_addresses
from courses.participants.models import Participant
from courses.participants.permissions import is_own
from courses.workshops.facts import attendance_of
from courses.workshops.models import Workshop

from .models import Certificate, Kind

ATTENDANCE = 80
"""Per cent of a workshop's offered minutes that its certificate asks for."""

KINDS: dict[str, tuple[str, ...]] = {
    "cohort": (Kind.COMPLETION, Kind.COURSE),
    "workshop": (Kind.PARTICIPATION, Kind.COMPLETION),
}
"""Which kinds of certificate can be given for which kind of subject."""


@dataclass(frozen=True)
class Requirement:
    """One line of the list: as ``components/requirement_list.html`` shows it."""

    title: str
    met: bool
    why: str


@dataclass
class Candidate:
    """A participant of the subject, held against what its certificate asks for."""

    participant: Participant
    requirements: list[Requirement]
    complete: bool
    evidence: dict[str, Any]
    hours: Decimal | None = None
    """Credited by the rule of the course; ``None``: those that the subject offers."""
    completed_on: date | None = None
    started_on: date | None = None
    certificate: Certificate | None = field(default=None)
    """A valid one of this kind, if there is one."""
    refused: str = ""
    """Why not, whatever the requirements say."""

    @property
    def can_receive(self) -> bool:
        return self.complete and self.certificate is None and not self.refused

    @property
    def missing(self) -> list[Requirement]:
        return [requirement for requirement in self.requirements if not requirement.met]


def subject_kind(subject: Cohort | Workshop | Course) -> str:
    """Return ``cohort``, ``workshop`` or ``course``."""
    return {Cohort: "cohort", Workshop: "workshop", Course: "course"}[type(subject)]


def subject_key(subject: Cohort | Workshop | Course) -> str:
    """Return the key under which the ledger knows a subject, for example ``cohort:12``."""
    return f"{subject_kind(subject)}:{subject.pk}"


def eligible(subject: Cohort | Workshop, kind: str, *, actor: Any = None) -> list[Candidate]:
    """Return every participant of ``subject`` by name, with what is met, what is not and why.

    ``actor``: who would issue; their own row is refused. The number of queries does not depend on how
    many people there are.
    """
    found = _of_cohort(subject) if isinstance(subject, Cohort) else _of_workshop(subject)
    held = {
        certificate.participant_id: certificate
        for certificate in Certificate.objects.filter(
            subject_key=subject_key(subject), kind=kind, state=Certificate.State.VALID
        )
    }
    proved = own_addresses(actor)
    for candidate in found:
        candidate.certificate = held.get(candidate.participant.pk)
        if actor is not None and is_own(actor, candidate.participant, proved):
            candidate.refused = _("Nobody issues a certificate to themselves. Ask another organiser.")
    return sorted(found, key=lambda candidate: (candidate.participant.name.casefold(), candidate.participant.pk))


def _of_cohort(cohort: Cohort) -> Iterable[Candidate]:
    """Everybody in the cohort, and who had completed the course before leaving it; not who moved to another cohort."""
    earned = Q(completed_at__isnull=False, transferred_to__isnull=True, participant__merged_into__isnull=True)
    enrolments = list(
        cohort.enrolments.filter(
            Q(state=Enrolment.State.ACTIVE) | earned, participant__erased_at__isnull=True
        ).select_related("participant__user", "cohort")
    )
    completions = completion_of(cohort.course, enrolments)
    candidates = []
    for enrolment in enrolments:
        completion = completions[enrolment.pk]
        candidates.append(
            Candidate(
                participant=enrolment.participant,
                requirements=[Requirement(r.title, r.met, r.why) for r in completion.requirements],
                complete=completion.complete,
                hours=completion.hours,
                started_on=cohort.day_of(enrolment.enrolled_at),
                completed_on=cohort.day_of(enrolment.completed_at) if enrolment.completed_at else None,
                evidence={
                    "enrolment": enrolment.pk,
                    "rule_version": enrolment.completed_rule if completion.outgrown else completion.rule_version,
                    "hours": str(completion.hours),
                    "requirements": [
                        {
                            "kind": r.outcome.kind,
                            "ref": r.outcome.ref,
                            "at_least": r.outcome.at_least,
                            "value": r.outcome.fact.value,
                            "done": r.outcome.fact.done,
                            "total": r.outcome.fact.total,
                            **({"waived": r.why} if r.waived else {}),
                        }
                        for r in completion.requirements
                    ],
                },
            )
        )
    return candidates


def _of_workshop(workshop: Workshop) -> Iterable[Candidate]:
    rows = workshop.registrations.active().filter(participant__erased_at__isnull=True)
    registrations = list(rows.select_related("participant__user"))
    people = [registration.participant for registration in registrations]
    facts = attendance_of(workshop, people)
    candidates = []
    for participant in people:
        fact = facts[participant.pk]
        numbers = {"minutes": fact.minutes, "offered": fact.offered, "needed": ATTENDANCE}
        met = bool(fact.offered) and fact.minutes * 100 >= ATTENDANCE * fact.offered
        if not fact.offered:
            why = _("The workshop has no sessions yet.")
        elif met:
            words = ngettext(
                "Attended %(minutes)d of %(offered)d minute; %(needed)d %% are needed.",
                "Attended %(minutes)d of %(offered)d minutes; %(needed)d %% are needed.",
                fact.offered,
            )
            why = words % numbers
        else:
            words = ngettext(
                "Attended %(minutes)d of %(offered)d minute, but %(needed)d %% are needed.",
                "Attended %(minutes)d of %(offered)d minutes, but %(needed)d %% are needed.",
                fact.offered,
            )
            why = words % numbers
        candidates.append(
            Candidate(
                participant=participant,
                requirements=[Requirement(_("Attendance"), met, why)],
                complete=met,
                started_on=workshop.starts_on,
                completed_on=workshop.ends_on,
                evidence={"attendance": numbers},
            )
        )
    return candidates
