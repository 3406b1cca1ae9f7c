"""Enrolling and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from courses.participants.models import REPRESENTATION_FIELDS, Participant
from institutions.roles import is_organiser
from jobs.services import queue_mail
from modules.records.models import Event
from modules.records.services import log_event

from ..models import Cohort, Enrolment
from ..signals import enrolled
from .courses import NotYourProgramme


class EnrolmentClosed(DomainError):
    """The cohort takes nobody now."""


class CohortFull(DomainError):
    """Every place is taken."""


class AlreadyEnrolled(DomainError):
    """The participant is in this cohort."""


class OwnEnrolment(DomainError):
    """Nobody decides on their own place."""

    def __init__(self) -> None:
        super().__init__(_("You cannot decide on a place of your own. Ask another organiser."))


class NotEnrolled(DomainError):
    """The enrolment has already ended."""


@transaction.atomic
def enrol(
    *, actor: Any, participant: Participant, cohort: Cohort, source: str = Enrolment.Source.SELF, language: str = ""
) -> Enrolment:
    """Enrol a participant in a cohort, or take back a withdrawal, and return the enrolment.

    Copies whom and what the participant represents today. Raises ``EnrolmentClosed`` (the window or, for
    oneself, the course's ``open_enrolment``), ``CohortFull`` and ``AlreadyEnrolled``. Organisers may enrol
    outside the window, never beyond the places.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    if source == Enrolment.Source.SELF:
        _require_open(cohort)
    enrolment = Enrolment.objects.filter(participant=participant, cohort=cohort).first()
    if enrolment is not None and enrolment.state == Enrolment.State.ACTIVE:
        raise AlreadyEnrolled(_("You are already enrolled in this course."))
    if cohort.capacity is not None and cohort.enrolments.active().count() >= cohort.capacity:
        raise CohortFull(_("All places are taken. Please choose another cohort."))
    enrolment = enrolment or Enrolment(participant=participant, cohort=cohort)
    for name in REPRESENTATION_FIELDS:
        setattr(enrolment, name, getattr(participant, name))
    enrolment.state, enrolment.source, enrolment.withdrawn_at = Enrolment.State.ACTIVE, source, None
    enrolment.enrolled_at = timezone.now()
    enrolment.save()
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
    return enrolment


def tell_enrolled(enrolment: Enrolment, language: str = "") -> None:
    """Queue the mail that says so, once for each time somebody enrols; nobody without an address gets one."""
    participant, cohort = enrolment.participant, enrolment.cohort
    to = participant.email or (participant.user.email if participant.user else "")
    if to:
        queue_mail(
            key=f"enrolled:{enrolment.pk}:{enrolment.enrolled_at.timestamp():.0f}",
            to=to,
            template="catalogue/mail/enrolled",
            context={"name": participant.name, "course": cohort.course, "cohort": cohort},
            language=language or participant.language,
        )


@transaction.atomic
def enrol_many(*, actor: Any, participants: Sequence[Participant], cohort: Cohort, source: str) -> set[int]:
    """Enrol many people in a few statements and return the ids of those who are in now, or were before.

    In the order given, as long as there are places; a withdrawal is taken back. No mail: whoever brings people
    in by the hundred says when they are told. Raises ``NotYourProgramme`` or ``OwnEnrolment``.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    if actor is not None and not is_organiser(actor, cohort.course.programme_id):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if actor is not None and any(person.user_id == actor.pk for person in participants):
        raise OwnEnrolment
    people = {person.pk: person for person in participants}
    held = {row.participant_id: row for row in cohort.enrolments.filter(participant__in=people)}
    inside = {pk for pk, row in held.items() if row.state == Enrolment.State.ACTIVE}
    coming = [person for pk, person in people.items() if pk not in inside]
    if cohort.capacity is not None:
        coming = coming[: max(0, cohort.capacity - cohort.enrolments.active().count())]
    now, rows = timezone.now(), []
    for person in coming:
        row = held.get(person.pk) or Enrolment(participant=person, cohort=cohort)
        for name in REPRESENTATION_FIELDS:
            setattr(row, name, getattr(person, name))
        row.state, row.source, row.withdrawn_at, row.enrolled_at = Enrolment.State.ACTIVE, source, None, now
        rows.append(row)
    Enrolment.objects.bulk_create([row for row in rows if row.pk is None], batch_size=500)
    for row in rows:
        if row.participant_id in held:
            row.save()
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
    return inside | {row.participant_id for row in rows}


def _require_open(cohort: Cohort) -> None:
    course = cohort.course
    if course.archived_at or cohort.archived_at:
        raise EnrolmentClosed(_("This course is no longer offered."))
    if not course.open_enrolment:
        raise EnrolmentClosed(_("The organisers choose who takes part in this course."))
    if cohort.enrolment_opens_on and cohort.today < cohort.enrolment_opens_on:
        raise EnrolmentClosed(_("Enrolment opens on %(date)s.") % {"date": date_format(cohort.enrolment_opens_on)})
    if not cohort.is_open:
        assert cohort.enrolment_closes_on
        raise EnrolmentClosed(_("Enrolment closed on %(date)s.") % {"date": date_format(cohort.enrolment_closes_on)})


@transaction.atomic
def withdraw(*, actor: Any, enrolment: Enrolment) -> Enrolment:
    """End an enrolment. What was earned stays. Raises ``NotEnrolled`` when it has ended before."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("You have already left this course."))
    enrolment.state, enrolment.withdrawn_at = Enrolment.State.WITHDRAWN, timezone.now()
    enrolment.save(update_fields=["state", "withdrawn_at"])
    audit.record(actor=actor, action="catalogue.withdraw", obj=enrolment)
    return enrolment
