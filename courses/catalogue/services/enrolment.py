"""Enrolling and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from courses.participants.models import REPRESENTATION_FIELDS, Participant
from jobs.services import queue_mail
from modules.records.models import Event
from modules.records.services import log_event

from ..models import Application, Cohort, Enrolment, RequirementWaiver
from ..permissions import organises
from ..prerequisites import missing, sentence
from ..signals import enrolled
from .courses import NotYourProgramme


class EnrolmentClosed(DomainError):
    """The cohort takes nobody now."""


class CohortFull(DomainError):
    """Every place is taken."""


class AlreadyEnrolled(DomainError):
    """The participant is in this cohort."""


class PrerequisiteMissing(DomainError):
    """Something else has to be completed first."""


class WrongCohort(DomainError):
    """A cohort to which nobody can be moved from here."""


class WrongDeadline(DomainError):
    """A last day that extends nothing."""


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

    Copies whom and what the participant represents today. Raises ``AlreadyEnrolled`` and ``CohortFull``; for
    oneself also ``EnrolmentClosed`` (the window, the course's ``open_enrolment``, the cohort's ``entry``) and
    ``PrerequisiteMissing``. Who is chosen by others comes in outside the window too, never beyond the places.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
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
    if actor is not None and not organises(actor, cohort.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if actor is not None and any(person.user_id == actor.pk for person in participants):
        raise OwnEnrolment
    people = {person.pk: person for person in participants}
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
    course = cohort.course
    if course.archived_at or cohort.archived_at:
        raise EnrolmentClosed(_("This course is no longer offered."))
    if not course.open_enrolment or cohort.entry == Cohort.Entry.INVITATION:
        raise EnrolmentClosed(_("The organisers choose who takes part in this course."))
    if cohort.enrolment_opens_on and cohort.today < cohort.enrolment_opens_on:
        raise EnrolmentClosed(_("Enrolment opens on %(date)s.") % {"date": date_format(cohort.enrolment_opens_on)})
    if not cohort.is_open:
        assert cohort.enrolment_closes_on
        raise EnrolmentClosed(_("Enrolment closed on %(date)s.") % {"date": date_format(cohort.enrolment_closes_on)})


@transaction.atomic
def withdraw(*, actor: Any, enrolment: Enrolment) -> Enrolment:
    """End an enrolment. What was earned stays; who waits for a place moves up.

    Raises ``NotEnrolled`` when it has ended before.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("You have already left this course."))
    enrolment.state, enrolment.withdrawn_at = Enrolment.State.WITHDRAWN, timezone.now()
    enrolment.save(update_fields=["state", "withdrawn_at"])
    audit.record(actor=actor, action="catalogue.withdraw", obj=enrolment)
    fill_places(enrolment.cohort)
    return enrolment


def _organised(actor: Any, cohort: Cohort, participant: Participant) -> None:
    """Raise ``NotYourProgramme`` or ``OwnEnrolment`` unless ``actor`` may decide on somebody's place."""
    if actor is None:
        return
    if not organises(actor, cohort.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if participant.user_id == actor.pk:
        raise OwnEnrolment


@transaction.atomic
def enrol_for(*, actor: Any, participant: Participant, cohort: Cohort) -> Enrolment:
    """Enrol somebody on their behalf. An open application of theirs is thereby accepted.

    Raises ``NotYourProgramme``, ``OwnEnrolment``, ``CohortFull``, ``AlreadyEnrolled``.
    """
    _organised(actor, cohort, participant)
    enrolment = enrol(actor=actor, participant=participant, cohort=cohort, source=Enrolment.Source.ORGANISER)
    Application.objects.open().filter(cohort=cohort, participant=participant).update(
        state=Application.State.ACCEPTED, decided_at=timezone.now(), decided_by=actor, enrolment=enrolment
    )
    return enrolment


@transaction.atomic
def enrol_nominated(*, actor: Any, participant: Participant, cohort: Cohort) -> Enrolment:
    """Enrol somebody whom a focal point nominated and an organiser selected. Raises what ``enrol_for`` does."""
    _organised(actor, cohort, participant)
    return enrol(actor=actor, participant=participant, cohort=cohort, source=Enrolment.Source.NOMINATION)


@transaction.atomic
def extend(*, actor: Any, enrolment: Enrolment, until: date | None, reason: str = "") -> Enrolment:
    """Give one person a last day of their own, later than the cohort's; ``None`` takes it back.

    Raises ``WrongDeadline``, ``NotYourProgramme``, ``OwnEnrolment``, ``NotEnrolled``.
    """
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__course__item", "participant__user")
        .get(pk=enrolment.pk)
    )
    _organised(actor, enrolment.cohort, enrolment.participant)
    if enrolment.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("This enrolment has ended."))
    last = enrolment.cohort.ends_on
    if until is not None and last is None:
        raise WrongDeadline(_("This cohort has no last day, so there is nothing to extend."))
    if until is not None and last is not None and until <= last:
        raise WrongDeadline(_("Choose a day after %(day)s, the last day of the cohort.") % {"day": date_format(last)})
    before, enrolment.deadline = enrolment.deadline, until
    enrolment.save(update_fields=["deadline"])
    audit.record(
        actor=actor,
        action="catalogue.extend",
        obj=enrolment,
        before=before and before.isoformat(),
        until=until and until.isoformat(),
        reason=reason,
    )
    if until is not None:
        tell(enrolment, "extended", f"{until.isoformat()}", until=until)
    return enrolment


@transaction.atomic
def transfer(*, actor: Any, enrolment: Enrolment, cohort: Cohort, reason: str = "") -> Enrolment:
    """Move somebody to another cohort of the same course and return the new enrolment.

    What was earned goes along: lessons, grades, attendance and tasks belong to the person, waivers in force and a
    completion move. The old enrolment stays, ended, and names the new one, because attempts and events name it.
    Raises ``WrongCohort``, ``CohortFull``, ``AlreadyEnrolled``, ``NotEnrolled``, ``NotYourProgramme`` or
    ``OwnEnrolment``.
    """
    old = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__course__item", "participant__user")
        .get(pk=enrolment.pk)
    )
    _organised(actor, old.cohort, old.participant)
    if old.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("This enrolment has ended."))
    if cohort.pk == old.cohort_id or cohort.course_id != old.cohort.course_id or cohort.archived_at:
        raise WrongCohort(_("Choose another cohort of the same course."))
    held = cohort.enrolments.active().filter(participant=old.participant).exists()
    if held:
        raise AlreadyEnrolled(_("%(name)s is in that cohort already.") % {"name": old.participant.name})
    if free_places(cohort) == 0:
        raise CohortFull(_("All places of that cohort are taken."))
    new = cohort.enrolments.filter(participant=old.participant).first() or Enrolment(
        participant=old.participant, cohort=cohort
    )
    for name in (*REPRESENTATION_FIELDS, "source", "completed_at", "completed_rule"):
        setattr(new, name, getattr(old, name))
    new.state, new.withdrawn_at, new.transferred_to = Enrolment.State.ACTIVE, None, None
    new.enrolled_at = timezone.now()
    new.save()
    RequirementWaiver.objects.in_force().filter(enrolment=old).update(enrolment=new)
    old.state, old.withdrawn_at, old.transferred_to = Enrolment.State.WITHDRAWN, timezone.now(), new
    old.save(update_fields=["state", "withdrawn_at", "transferred_to"])
    Application.objects.open().filter(cohort=cohort, participant=old.participant).update(
        state=Application.State.ACCEPTED, decided_at=timezone.now(), decided_by=actor, enrolment=new
    )
    audit.record(actor=actor, action="catalogue.transfer", obj=new, source=old.pk, cohort=old.cohort_id, reason=reason)
    tell(new, "transferred", f"{old.pk}:{new.enrolled_at.timestamp():.0f}", old_cohort=old.cohort)
    fill_places(old.cohort)
    return new


def fill_places(cohort: Cohort) -> list[Enrolment]:
    """Let those who wait move up while places are free, the oldest first; each gets a mail. Returns who came in.

    Call it in the transaction that freed the place.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    if cohort.archived_at or (cohort.ends_on and cohort.ends_on < cohort.today):
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
        except AlreadyEnrolled:
            enrolment = cohort.enrolments.get(participant=application.participant)
        application.state, application.enrolment = Application.State.ACCEPTED, enrolment
        application.decided_at = timezone.now()
        application.save(update_fields=["state", "enrolment", "decided_at"])
        came.append(enrolment)
    return came


def tell(enrolment: Enrolment, template: str, key: str, **context: Any) -> None:
    """Queue a mail about an enrolment, in the person's language; nobody without an address gets one."""
    participant, cohort = enrolment.participant, enrolment.cohort
    to = participant.email or (participant.user.email if participant.user else "")
    if to:
        queue_mail(
            key=f"{template}:{enrolment.pk}:{key}",
            to=to,
            template=f"catalogue/mail/{template}",
            context={"name": participant.name, "course": cohort.course, "cohort": cohort, **context},
            language=participant.language or (participant.user.language if participant.user else ""),
        )
