"""Two records of one person become one: two enrolments or applications, two results of the same task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from courses.participants.models import REPRESENTATION_FIELDS, Merge, Participant
from courses.participants.services import Conflict, Sentence

from .models import Application, Cohort, Enrolment, RequirementWaiver, TaskResult
from .services import close_applications, fill_places, free_places


def reconcile_enrolments(kept: Enrolment, other: Enrolment) -> None:
    """Keep one enrolment: in force if either is, since the earlier day, until the later, completed if either is.

    Where only ``other`` is in force, how and for whom the person came in is taken from it, too: a focal point sees who
    came by nomination, not who enrolled by themselves. Waivers and notes go to the one kept; of two waivers of one
    requirement that of ``kept`` stays. ``other`` stays with the merged record, withdrawn, because attempts and events
    may name it; it says into which enrolment it went, so that they count there. Where both held a place, one is free
    now, for who waits.
    """
    cohort = Cohort.objects.select_for_update().get(pk=kept.cohort_id)
    was_full = free_places(cohort) == 0
    kept.enrolled_at = min(kept.enrolled_at, other.enrolled_at)
    if other.completed_at is not None and (kept.completed_at is None or other.completed_at < kept.completed_at):
        kept.completed_at, kept.completed_rule = other.completed_at, other.completed_rule
    if other.deadline is not None and kept.last_day is not None and other.deadline > kept.last_day:
        kept.deadline = other.deadline
    both = kept.state == other.state == Enrolment.State.ACTIVE
    if other.state == Enrolment.State.ACTIVE and not both:
        # It is that enrolment that goes on: how and for whom the person came in decides who sees it.
        for name in (*REPRESENTATION_FIELDS, "source", "state", "withdrawn_at"):
            setattr(kept, name, getattr(other, name))
    if other.state == Enrolment.State.ACTIVE:
        kept.transferred_to = None
    elif kept.state != Enrolment.State.ACTIVE:
        kept.transferred_to = kept.transferred_to or other.transferred_to
    kept.save()
    held = set(kept.waivers.in_force().values_list("kind", "ref"))
    for waiver in other.waivers.in_force():
        if (waiver.kind, waiver.ref) not in held:
            waiver.enrolment = kept
            waiver.save(update_fields=["enrolment"])
    other.notes.update(enrolment=kept)
    Enrolment.objects.filter(transferred_to=other).exclude(pk=kept.pk).update(transferred_to=kept)
    other.state, other.withdrawn_at, other.transferred_to = Enrolment.State.WITHDRAWN, timezone.now(), kept
    other.save(update_fields=["state", "withdrawn_at", "transferred_to"])
    if both:
        fill_places(cohort, was_full=was_full)


def waivers_held_twice(kept: Enrolment, other: Enrolment) -> list[Conflict]:
    """Return the requirements that both enrolments let count as met: the waiver of the one that stays is kept."""
    mine = {(waiver.kind, waiver.ref): waiver for waiver in kept.waivers.in_force()}
    return [
        Conflict(
            capfirst(str(RequirementWaiver._meta.verbose_name)),
            f"{waiver}: {waiver.reason}",
            f"{mine[waiver.kind, waiver.ref]}: {mine[waiver.kind, waiver.ref].reason}",
            _("What the record that stays has, stays."),
        )
        for waiver in other.waivers.in_force()
        if (waiver.kind, waiver.ref) in mine
    ]


def enrolments_back(rows: list[tuple[Enrolment, Mapping[str, Any]]]) -> list[Sentence]:
    """Return what to say before undoing a merge: of cohorts left since, and of those with more people than places."""
    return _left_since(rows) + _beyond_capacity(rows)


def completed_since(merge: Merge) -> list[Sentence]:
    """Say which courses were completed after two accounts became one: what was learned with one alone may not do.

    Nothing that was earned is taken back by itself; an organiser looks.
    """
    words = _(
        "“%(cohort)s” was completed after the merge and stays completed. Look whether what this account has learned "
        "by itself is enough."
    )
    rows = merge.into.enrolments.filter(completed_at__gte=merge.merged_at).select_related("cohort__course")
    return [Sentence(words % {"cohort": f"{row.cohort.course}, {row.cohort.title}"}) for row in rows.order_by("pk")]


def _left_since(rows: list[tuple[Enrolment, Mapping[str, Any]]]) -> list[Sentence]:
    """Say where the one enrolment of a merge has ended since. Which of two people left, no row tells.

    What came since stays with the record that was kept, so it is out, and the other in again.
    """
    words = _(
        "“%(cohort)s” was left after the merge: %(source)s will be in it again, and %(into)s will not. "
        "Ask who left, and enrol or withdraw afterwards where that is wrong."
    )
    return [
        Sentence(
            words
            % {
                "cohort": f"{row.cohort.course}, {row.cohort.title}",
                "source": row.participant.name,
                "into": kept.participant.name,
            }
        )
        for row, values in rows
        if values.get("state") == Enrolment.State.ACTIVE
        and (kept := row.transferred_to) is not None
        and kept.state != Enrolment.State.ACTIVE
    ]


def _beyond_capacity(rows: list[tuple[Enrolment, Mapping[str, Any]]]) -> list[Sentence]:
    """Say where enrolments will be in force again though every place is taken.

    The place that the merge freed was given to who waited, or to another; everybody keeps theirs.
    """
    more: Counter[Cohort] = Counter()
    for row, values in rows:
        if "state" in values:
            more[row.cohort] += 1 if values["state"] == Enrolment.State.ACTIVE else -1
    words = _("“%(cohort)s” is full by now: with both enrolments in force it has one person more than places.")
    return [
        Sentence(words % {"cohort": f"{cohort.course}, {cohort.title}"}, warning=True)
        for cohort, count in more.items()
        if count > 0 and free_places(cohort) == 0
    ]


def reconcile_task_results(kept: TaskResult, other: TaskResult) -> None:
    """Keep what was shown or accepted in either record; of two alike the one already kept."""
    if other.met and not kept.met:
        kept.met, kept.note, kept.judged_by, kept.judged_at = True, other.note, other.judged_by, other.judged_at
        kept.save(update_fields=["met", "note", "judged_by", "judged_at"])


def reconcile_applications(kept: Application, other: Application) -> None:
    """Of two open applications to the same cohort one stays; on the waiting list the older place counts."""
    if other.state == Application.State.WAITING:
        since = min(at for at in (kept.waiting_since, other.waiting_since) if at is not None)
        kept.state, kept.waiting_since = Application.State.WAITING, since
        kept.save(update_fields=["state", "waiting_since"])
    other.state, other.decided_at = Application.State.TAKEN_BACK, timezone.now()
    other.save(update_fields=["state", "decided_at"])


def applications_of_who_is_in(participant: Participant) -> models.QuerySet[Application]:
    """Return the open applications of somebody to cohorts they are in, once two records are one."""
    inside = participant.enrolments.active().values("cohort")
    return Application.objects.open().filter(participant=participant, cohort__in=inside)


def close_application(application: Application) -> None:
    """Who is in waits for nothing: otherwise the person would move up again after leaving."""
    cohort = Cohort.objects.select_for_update().get(pk=application.cohort_id)
    inside = cohort.enrolments.active().filter(participant=application.participant_id)
    close_applications(actor=None, enrolments=list(inside))
