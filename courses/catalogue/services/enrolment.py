"""Enrolling and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from courses.participants.addresses import own_addresses
from courses.participants.models import REPRESENTATION_FIELDS, Participant, Representation
from courses.participants.permissions import is_own
from courses.participants.services import RecordGone, require_present, still_present
from jobs.services import draft_mail, queue_drafts, queue_mail
from modules.records.models import Event
from modules.records.services import log_event

from ..models import Application, Cohort, Enrolment
from ..permissions import can_withdraw, organises
from ..prerequisites import missing, sentence
from ..signals import enrolled
from .courses import NotYourProgramme
from .noticing import notice_gently, notice_participants
from .standing import refresh_completion


class EnrolmentClosed(DomainError):
    """The cohort takes nobody now."""


class CohortFull(DomainError):
    """Every place is taken."""


class AlreadyEnrolled(DomainError):
    """The participant is in this cohort."""


class PrerequisiteMissing(DomainError):
    """Something else has to be completed first."""


class OwnEnrolment(DomainError):
    """Nobody decides on their own place."""

    def __init__(self) -> None:
        super().__init__(_("You cannot decide on a place of your own. Ask another organiser."))


class NotEnrolled(DomainError):
    """The enrolment has already ended."""


@transaction.atomic
def enrol(
    *,
    actor: Any,
    participant: Participant,
    cohort: Cohort,
    source: str = Enrolment.Source.SELF,
    language: str = "",
    representing: Representation | None = None,
) -> Enrolment:
    """Enrol a participant in a cohort, or take back a withdrawal, and return the enrolment.

    Copies whom and what the participant represents today (or ``representing``, where a nomination said it before),
    and closes an open application. Raises ``AlreadyEnrolled``, ``RecordGone``,
    ``CohortFull`` and ``EnrolmentClosed`` (the archive; for oneself also the window, the course's ``open_enrolment``,
    the cohort's ``entry``); for oneself also ``PrerequisiteMissing``. Who is chosen by others comes in outside the
    window too, never beyond the places.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    require_present(participant)
    require_offered(cohort)
    if source == Enrolment.Source.SELF:
        require_open(cohort)
        if cohort.entry == Cohort.Entry.APPLICATION:
            raise EnrolmentClosed(_("Please apply for a place: an organiser decides."))
        require_prerequisites(cohort, participant)
    enrolment = Enrolment.objects.filter(participant=participant, cohort=cohort).first()
    if enrolment is not None and enrolment.state == Enrolment.State.ACTIVE:
        raise AlreadyEnrolled(_("You are already enrolled in this course."))
    if free_places(cohort) == 0:
        raise CohortFull(_("All places are taken. Please choose another cohort."))
    enrolment = enrolment or Enrolment(participant=participant, cohort=cohort)
    for name in REPRESENTATION_FIELDS:
        setattr(enrolment, name, getattr(representing or participant, name))
    enrolment.state, enrolment.source, enrolment.withdrawn_at = Enrolment.State.ACTIVE, source, None
    enrolment.enrolled_at, enrolment.deadline, enrolment.transferred_to = timezone.now(), None, None
    enrolment.save()
    close_applications(actor=actor, enrolments=[enrolment])
    audit.record(actor=actor, action="catalogue.enrol", obj=enrolment, source=str(source))
    if participant.user is not None:
        log_event(
            user=participant.user,
            verb=Event.Verb.REGISTERED,
            item=cohort.course.item,
            context=enrolment.context,
            language=language,
        )
    tell_enrolled(enrolment, language)
    enrolled.send(sender=Enrolment, enrolment=enrolment, actor=actor)
    transaction.on_commit(partial(notice_participants, [participant.pk]))
    return enrolment


def tell_enrolled(enrolment: Enrolment, language: str = "") -> None:
    """Queue the mail that says so, once for each time somebody enrols; nobody without an address gets one."""
    if mail := _enrolled_mail(enrolment, language):
        queue_mail(**mail)


def tell_many_enrolled(enrolments: Iterable[Enrolment]) -> None:
    """The same for many people: their mails go out in portions."""
    queue_drafts([draft_mail(**mail) for each in enrolments if (mail := _enrolled_mail(each))])


def _enrolled_mail(enrolment: Enrolment, language: str = "") -> dict[str, Any] | None:
    participant, cohort = enrolment.participant, enrolment.cohort
    to = participant.email or (participant.user.email if participant.user else "")
    if not to:
        return None
    return {
        "key": f"enrolled:{enrolment.pk}:{enrolment.enrolled_at.timestamp():.0f}",
        "to": to,
        "template": "catalogue/mail/enrolled",
        "context": {"name": participant.name, "course": cohort.course, "cohort": cohort},
        "language": language or participant.language,
    }


@transaction.atomic
def enrol_many(*, actor: Any, participants: Sequence[Participant], cohort: Cohort, source: str) -> set[int]:
    """Enrol many people in a few statements and return the ids of those who are in now, or were before.

    In the order given, as long as there are places; a withdrawal is taken back. Whoever is ``actor``, by whatever
    record, is left out: nobody decides on their own place; and so is whoever was erased or merged meanwhile. No mail:
    whoever brings people in by the hundred says when they are told. Raises ``NotYourProgramme``, ``EnrolmentClosed``.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    if actor is not None and not organises(actor, cohort.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    require_offered(cohort)
    proved, present = own_addresses(actor), still_present(participants)
    people = {one.pk: one for one in participants if one.pk in present and not is_own(actor, one, proved)}
    held = {row.participant_id: row for row in cohort.enrolments.filter(participant__in=people)}
    inside = {pk for pk, row in held.items() if row.state == Enrolment.State.ACTIVE}
    coming = [person for pk, person in people.items() if pk not in inside]
    if cohort.capacity is not None:
        coming = coming[: free_places(cohort)]
    now, rows = timezone.now(), []
    for person in coming:
        row = held.get(person.pk) or Enrolment(participant=person, cohort=cohort)
        for name in REPRESENTATION_FIELDS:
            setattr(row, name, getattr(person, name))
        row.state, row.source, row.withdrawn_at, row.enrolled_at = Enrolment.State.ACTIVE, source, None, now
        row.deadline, row.transferred_to = None, None
        rows.append(row)
    Enrolment.objects.bulk_create([row for row in rows if row.pk is None], batch_size=500)
    for row in rows:
        if row.participant_id in held:
            row.save()
    close_applications(actor=actor, enrolments=rows)
    audit.record_many(actor=actor, action="catalogue.enrol", objects=rows, source=str(source))
    for row in rows:
        if people[row.participant_id].user_id:
            log_event(
                user=people[row.participant_id].user,
                verb=Event.Verb.REGISTERED,
                item=cohort.course.item,
                context=row.context,
            )
        enrolled.send(sender=Enrolment, enrolment=row, actor=actor)
    transaction.on_commit(partial(notice_gently, Enrolment.objects.filter(cohort=cohort, participant__in=list(people))))
    return inside | {row.participant_id for row in rows}


def close_applications(*, actor: Any, enrolments: Sequence[Enrolment]) -> None:
    """Whoever is in has no open application any more: it counts as accepted, by ``actor`` where somebody else decided.

    Otherwise a person who leaves would move up from the waiting list at once.
    """
    mine = {row.participant_id: row for row in enrolments}
    if not mine:
        return
    found = Application.objects.open().filter(cohort=enrolments[0].cohort_id, participant__in=mine)
    rows = list(found.select_related("participant"))
    for row in rows:
        own = actor is not None and row.participant.user_id == actor.pk
        row.state, row.decided_at = Application.State.ACCEPTED, timezone.now()
        row.decided_by, row.enrolment = None if own else actor, mine[row.participant_id]
    Application.objects.bulk_update(rows, ["state", "decided_at", "decided_by", "enrolment"], batch_size=500)


def free_places(cohort: Cohort) -> int | None:
    """Return how many places are left; ``None`` where there is no limit."""
    if cohort.capacity is None:
        return None
    return max(0, cohort.capacity - cohort.enrolments.active().count())


def require_prerequisites(cohort: Cohort, participant: Participant) -> None:
    """Raise ``PrerequisiteMissing`` while something that goes before the course is not done."""
    if lacking := missing(cohort.course, participant):
        raise PrerequisiteMissing(sentence(lacking))


def require_open(cohort: Cohort) -> None:
    """Raise ``EnrolmentClosed`` where people cannot come in by themselves today, by enrolling or by applying."""
    require_offered(cohort)
    if not cohort.course.open_enrolment or cohort.entry == Cohort.Entry.INVITATION:
        raise EnrolmentClosed(_("The organisers choose who takes part in this course."))
    if cohort.enrolment_opens_on and cohort.today < cohort.enrolment_opens_on:
        raise EnrolmentClosed(_("Enrolment opens on %(date)s.") % {"date": date_format(cohort.enrolment_opens_on)})
    if not cohort.is_open:
        closed = min(day for day in (cohort.enrolment_closes_on, cohort.ends_on) if day)
        raise EnrolmentClosed(_("Enrolment closed on %(date)s.") % {"date": date_format(closed)})


def require_offered(cohort: Cohort) -> None:
    """Raise ``EnrolmentClosed`` for a cohort in the archive, or of a course in the archive."""
    if cohort.course.archived_at or cohort.archived_at:
        raise EnrolmentClosed(_("This course is no longer offered."))


@transaction.atomic
def withdraw(*, actor: Any, enrolment: Enrolment) -> Enrolment:
    """End an enrolment: one's own, or as an organiser. What was earned stays; who waits for a place moves up.

    Raises ``NotYourProgramme``, and ``NotEnrolled`` when it has ended before.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course").get(pk=enrolment.cohort_id)
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("participant").get(pk=enrolment.pk)
    enrolment.cohort = cohort
    if actor is not None and not can_withdraw(actor, enrolment):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if enrolment.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("You have already left this course."))
    refresh_completion(cohort.course, [enrolment])
    was_full = free_places(cohort) == 0
    enrolment.state, enrolment.withdrawn_at = Enrolment.State.WITHDRAWN, timezone.now()
    enrolment.save(update_fields=["state", "withdrawn_at"])
    cohort.applications.open().filter(participant=enrolment.participant_id).update(
        state=Application.State.TAKEN_BACK, decided_at=timezone.now()
    )
    audit.record(actor=actor, action="catalogue.withdraw", obj=enrolment)
    fill_places(cohort, was_full=was_full)
    return enrolment


def require_chooser(actor: Any, cohort: Cohort, participant: Participant) -> None:
    """Raise ``NotYourProgramme`` or ``OwnEnrolment`` unless ``actor`` may decide on somebody's place."""
    if actor is None:
        return
    if not organises(actor, cohort.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if is_own(actor, participant):
        raise OwnEnrolment


@transaction.atomic
def enrol_for(*, actor: Any, participant: Participant, cohort: Cohort) -> Enrolment:
    """Enrol somebody on their behalf. An open application of theirs is thereby accepted.

    Raises ``NotYourProgramme``, ``OwnEnrolment``, ``CohortFull``, ``AlreadyEnrolled``, ``RecordGone``.
    """
    require_chooser(actor, cohort, participant)
    return enrol(actor=actor, participant=participant, cohort=cohort, source=Enrolment.Source.ORGANISER)


@transaction.atomic
def enrol_nominated(
    *, actor: Any, participant: Participant, cohort: Cohort, representing: Representation | None = None
) -> Enrolment:
    """Enrol somebody whom a focal point nominated and an organiser selected, for whom the nomination says.

    ``actor`` ``None`` is the person's own yes to the invitation. Raises what ``enrol_for`` does.
    """
    require_chooser(actor, cohort, participant)
    source = Enrolment.Source.NOMINATION
    return enrol(actor=actor, participant=participant, cohort=cohort, source=source, representing=representing)


def fill_places(cohort: Cohort, *, was_full: bool = True) -> list[Enrolment]:
    """Let those who wait move up while places are free, the oldest first; each gets a mail. Returns who came in.

    Call it in the transaction that freed the place, and say whether every place was taken before. Where an organiser
    decides (``entry`` application) and places were free all the time, who waits was meant to wait, and stays.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    closed = cohort.archived_at or cohort.course.archived_at or cohort.is_over
    if closed or (cohort.entry == Cohort.Entry.APPLICATION and not was_full):
        return []
    came = []
    for application in cohort.applications.waiting().select_related("participant__user"):
        if free_places(cohort) == 0:
            break
        try:
            enrolment = enrol(
                actor=None,
                participant=application.participant,
                cohort=cohort,
                source=Enrolment.Source.APPLICATION,
                language=application.language,
            )
        except RecordGone:  # the next in the queue comes in
            continue
        except AlreadyEnrolled:  # by a merge of two records
            close_applications(
                actor=None, enrolments=list(cohort.enrolments.filter(participant=application.participant))
            )
        else:
            came.append(enrolment)
    return came
