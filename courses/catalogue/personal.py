"""What this room holds of people: enrolments, applications, invitations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import AuditEntry
from core.personal import Person, Record, delete_rows, fact, fields_of, forget_labels
from courses.participants.addresses import addresses_of
from courses.participants.models import Participant
from courses.participants.personal import records_of

from .models import (
    Application,
    Cohort,
    CohortInvitation,
    CohortTrainer,
    Enrolment,
    EnrolmentNote,
    RequirementWaiver,
    RuleDraft,
    TaskResult,
)
from .services import fill_places, free_places

GONE = "–"


def export(person: Person) -> Iterator[Record]:
    """Every enrolment, as whom and from where at that time; for staff also where they train and what they draft."""
    rows = Enrolment.objects.filter(participant__in=records_of(person))
    reasons = _reasons(rows)
    for row in rows.select_related("cohort__course__item", "country"):
        yield [
            fact("course", _("Course"), str(row.cohort.course)),
            fact("cohort", _("Cohort"), row.cohort.title),
            fact("state", _("State"), row.state, row.get_state_display()),
            fact("source", pgettext("enrolment", "How"), row.source, row.get_source_display()),
            fact("enrolled_at", _("Enrolled"), row.enrolled_at),
            fact("withdrawn_at", _("Left"), row.withdrawn_at),
            fact("completed_at", _("Completed"), row.completed_at),
            fact("deadline", _("Own last day"), row.deadline),
            fact("reasons", _("Why it was extended or moved"), reasons.get(str(row.pk), [])),
            *fields_of(row, "represents", "organisation", "position", "stakeholder_group"),
            fact("country", _("Country"), row.country_id, row.country or ""),
        ]
    for note in EnrolmentNote.objects.filter(enrolment__in=rows).select_related("author"):
        yield [
            fact("note", _("Note of a trainer"), note.text),
            fact("author", _("By"), str(note.author or "")),
            fact("created_at", _("Date"), note.created_at),
        ]
    for waiver in RequirementWaiver.objects.filter(enrolment__in=rows):
        yield [
            fact("requirement", _("Requirement that counts as met"), waiver.title or waiver.kind),
            *fields_of(waiver, "basis", "reason", "evidence", "issuer"),
            fact("granted_at", _("Given"), waiver.granted_at),
            fact("ended_at", _("Ended"), waiver.ended_at),
            fact("end_reason", _("Why it ended"), waiver.end_reason),
        ]
    for result in TaskResult.objects.filter(participant__in=records_of(person)).select_related("task__course__item"):
        yield [
            fact("task", _("Practical task"), str(result.task)),
            *fields_of(result, "met", "note"),
            fact("judged_at", _("Judged"), result.judged_at),
        ]
    applications = Application.objects.filter(participant__in=records_of(person))
    for application in applications.select_related("cohort__course__item"):
        yield [
            fact("course", _("Application for"), str(application.cohort.course)),
            fact("state", _("State"), application.state, application.get_state_display()),
            fact("sent_at", _("Sent"), application.sent_at),
            fact("reason", _("Words of the organisers"), application.reason),
            *[fact(f"answer_{a['question']}", a["title"], a["words"]) for a in application.answers],
        ]
    for invitation in _invitations(person).select_related("cohort__course__item"):
        yield [
            fact("course", _("Invitation to"), str(invitation.cohort.course)),
            *fields_of(invitation, "email", "name", "state"),
            fact("created_at", _("Sent"), invitation.created_at),
        ]
    if person.user is not None:
        yield from _work(person.user)


def _reasons(rows: Any) -> dict[str, list[str]]:
    """Return why enrolments were extended or moved to another cohort, as the audit trail has it; by their number."""
    entries = AuditEntry.objects.filter(
        action__in=("catalogue.extend", "catalogue.transfer"),
        object_type=Enrolment._meta.label_lower,
        object_id__in=[str(pk) for pk in rows.values_list("pk", flat=True)],
    )
    found: dict[str, list[str]] = {}
    for entry in entries.order_by("at", "id"):
        if reason := entry.data.get("reason"):
            found.setdefault(entry.object_id, []).append(reason)
    return found


def _work(user: Any) -> Iterator[Record]:
    """The cohorts somebody is named trainer of, and the rules they are writing."""
    for named in CohortTrainer.objects.filter(user=user).select_related("cohort__course__item"):
        yield [
            fact("course", _("Trainer in"), str(named.cohort.course)),
            fact("cohort", _("Cohort"), named.cohort.title),
        ]
    for draft in RuleDraft.objects.filter(user=user).select_related("course__item"):
        yield [
            fact("course", _("Completion rule being written for"), str(draft.course)),
            fact("rule", _("Rule"), draft.spec, json.dumps(draft.spec, ensure_ascii=False)),
            fact("changed_at", _("Changed"), draft.changed_at),
        ]


def _invitations(person: Person) -> Any:
    """Invitations that somebody answered. Those without an answer belong to an address, and end with it."""
    return CohortInvitation.objects.filter(participant__in=records_of(person))


def erase(person: Person) -> int:
    """Enrolments stay for the counts, without organisation, office and words about the person.

    Those not finished end and free their place. What was answered in applications and the address of
    invitations go; one that waits for an answer is taken back.
    """
    records = records_of(person)
    rows = Enrolment.objects.filter(participant__in=records)
    unfinished = rows.filter(state=Enrolment.State.ACTIVE, completed_at__isnull=True)
    left = lock(person)
    results = TaskResult.objects.filter(participant__in=records)
    waivers = RequirementWaiver.objects.filter(enrolment__in=rows)
    for found in (rows, results, waivers):
        forget_labels(found.model, found.values_list("pk", flat=True))
    EnrolmentNote.objects.filter(enrolment__in=rows).delete()
    waivers.update(reason=GONE, evidence=GONE, issuer=GONE, end_reason="")
    results.update(note="")
    applications = Application.objects.filter(participant__in=records)
    forget_labels(Application, applications.values_list("pk", flat=True))
    applications.update(answers=[], reason="")
    applications.open().update(state=Application.State.TAKEN_BACK, decided_at=timezone.now())
    invitations = _erased_invitations(person, records)
    forget_labels(CohortInvitation, invitations.values_list("pk", flat=True))
    open_still = invitations.filter(state=CohortInvitation.State.SENT)
    open_still.update(state=CohortInvitation.State.CANCELLED, answered_at=timezone.now())
    invitations.update(email="erased@invalid.example", name="")
    full = {cohort.pk for cohort in left if free_places(cohort) == 0}
    unfinished.update(state=Enrolment.State.WITHDRAWN, withdrawn_at=timezone.now())
    for cohort in left:
        fill_places(cohort, was_full=cohort.pk in full)
    return rows.update(organisation="", position="")


def _erased_invitations(person: Person, records: list[Participant]) -> Any:
    """Invitations that the person answered, and those to an address of theirs that nobody answered."""
    own = addresses_of(person, records).own
    theirs = CohortInvitation.objects.annotate(address=Lower("email")).filter(
        Q(participant__in=records) | Q(participant__isnull=True, address__in=own)
    )
    return CohortInvitation.objects.filter(pk__in=list(theirs.values_list("pk", flat=True)))


def lock(*people: Person) -> list[Cohort]:
    """Lock every cohort in which something may change, and return those that people leave who are erased.

    Before a person's record is locked: whoever gives a place or decides on applications or invitations locks the
    cohort first and then asks for the person, so an erasure or a merge and a decision at the same moment wait for each
    other instead of failing. Not its key: a certificate that is being entered holds the record and names the cohort.
    Asked again in ``erase``, for a cohort into which the person came in between.
    """
    records = [record for person in people for record in records_of(person)]
    unfinished = Enrolment.objects.filter(
        participant__in=records, state=Enrolment.State.ACTIVE, completed_at__isnull=True
    )
    leaving = set(unfinished.values_list("cohort", flat=True))
    touched = leaving | set(Application.objects.filter(participant__in=records).values_list("cohort", flat=True))
    touched |= set(Enrolment.objects.filter(participant__in=records).values_list("cohort", flat=True))
    for person in people:
        touched |= set(_erased_invitations(person, records_of(person)).values_list("cohort", flat=True))
    locked = Cohort.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=touched).order_by("pk")
    return [cohort for cohort in locked if cohort.pk in leaving]


def old_notes(before: datetime) -> Any:
    """Notes written long ago."""
    return EnrolmentNote.objects.filter(created_at__lt=before)


def over_invitations(before: datetime) -> Any:
    """Invitations that were declined, taken back, or never answered in time. Accepted ones stay with the enrolment."""
    state = CohortInvitation.State
    unused = Q(state=state.SENT, expires_at__lt=before)
    return CohortInvitation.objects.filter(
        unused | Q(state__in=(state.DECLINED, state.CANCELLED), answered_at__lt=before)
    )


def over_applications(before: datetime) -> Any:
    """Applications declined or taken back; those never answered count from the end of their cohort.

    That is its last day, or the day it or its course went to the archive. Accepted ones stay with the enrolment.
    """
    state = Application.State
    ended = Q(cohort__ends_on__lt=before.date()) | Q(cohort__archived_at__lt=before)
    ended |= Q(cohort__course__archived_at__lt=before)
    return Application.objects.filter(
        Q(state__in=(state.DECLINED, state.TAKEN_BACK), decided_at__lt=before)
        | Q(ended, state__in=Application.OPEN, sent_at__lt=before)
    )


def forget_rows(rows: Any) -> int:
    """Delete rows, and the names and addresses by which the audit trail calls them."""
    forget_labels(rows.model, rows.values_list("pk", flat=True))
    return delete_rows(rows)
