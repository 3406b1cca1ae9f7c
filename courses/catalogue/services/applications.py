"""Asking for a place, and deciding about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from courses.participants.models import Participant
from courses.participants.permissions import is_own
from courses.participants.services import require_present
from jobs.services import queue_mail

from ..models import Application, ApplicationQuestion, Cohort, Course, Enrolment
from ..permissions import organises
from .courses import NotYourProgramme
from .enrolment import (
    AlreadyEnrolled,
    EnrolmentClosed,
    OwnEnrolment,
    enrol,
    free_places,
    require_open,
    require_prerequisites,
)

State = Application.State


class AlreadyApplied(DomainError):
    """There is an open application."""


class AlreadyDecided(DomainError):
    """The application has been decided, or taken back."""

    def __init__(self) -> None:
        super().__init__(_("This application has been decided or taken back since. Please look again."))


class AnswerMissing(DomainError):
    """A question that must be answered."""


@transaction.atomic
def apply(
    *,
    actor: Any,
    participant: Participant,
    cohort: Cohort,
    answers: Mapping[int, str] | None = None,
    language: str = "",
) -> Application:
    """Ask for a place in a cohort; ``answers`` is ``{question id: text, choice id, or "yes"}``.

    Where everybody enrols by themselves it is a place on the waiting list, for which nothing is asked. Raises
    ``EnrolmentClosed``, ``PrerequisiteMissing``, ``AlreadyEnrolled``, ``AlreadyApplied``, ``AnswerMissing``,
    ``RecordGone``.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course__item").get(pk=cohort.pk)
    require_present(participant)
    require_open(cohort)
    require_prerequisites(cohort, participant)
    if cohort.enrolments.active().filter(participant=participant).exists():
        raise AlreadyEnrolled(_("You are already enrolled in this course."))
    if cohort.applications.open().filter(participant=participant).exists():
        raise AlreadyApplied(_("You have applied for this cohort already."))
    waits = cohort.entry == Cohort.Entry.SELF
    if waits and free_places(cohort) != 0:
        raise EnrolmentClosed(_("There are free places: you can enrol at once."))
    application = Application(cohort=cohort, participant=participant, language=language)
    if waits:
        application.state, application.waiting_since = State.WAITING, timezone.now()
    else:
        application.answers = _answers(cohort.course, answers or {})
    application.save()
    audit.record(actor=actor, action="catalogue.apply", obj=application)
    _tell(application, "application_waiting" if waits else "application_sent")
    return application


def _answers(course: Course, given: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return the answers with their questions as they are put today. Raises ``AnswerMissing``."""
    kept = []
    for question in course.application_questions.in_use().select_related("course__item"):
        value = str(given.get(question.pk, "")).strip()
        words = value
        if question.kind == ApplicationQuestion.Kind.CHOICE:
            words = dict(question.offered()).get(value, "")
            value = value if words else ""
        elif question.kind == ApplicationQuestion.Kind.AGREE:
            value, words = ("yes", _("Yes")) if value else ("", "")
        if question.required and not value:
            raise AnswerMissing(_("Please answer: %(question)s") % {"question": question.title})
        kept.append({"question": question.pk, "title": question.title, "value": value[:5000], "words": words[:5000]})
    return kept


@transaction.atomic
def take_back(*, actor: Any, application: Application) -> Application:
    """Take one's own application back. Raises ``AlreadyDecided`` or ``NotYourProgramme``."""
    application = _locked(application)
    if actor is not None and application.participant.user_id != actor.pk:
        raise NotYourProgramme(_("This application belongs to somebody else."))
    if not application.is_open:
        raise AlreadyDecided
    application.state, application.decided_at = State.TAKEN_BACK, timezone.now()
    application.save(update_fields=["state", "decided_at"])
    audit.record(actor=actor, action="catalogue.take_back_application", obj=application)
    return application


@transaction.atomic
def accept(*, actor: Any, application: Application) -> Enrolment:
    """Give a place. Raises ``CohortFull``, ``AlreadyDecided``, ``NotYourProgramme``, ``OwnEnrolment``."""
    application = _decidable(actor, application)
    try:
        enrolment = enrol(
            actor=actor,
            participant=application.participant,
            cohort=application.cohort,
            source=Enrolment.Source.APPLICATION,
            language=application.language,
        )
    except AlreadyEnrolled:
        enrolment = application.cohort.enrolments.get(participant=application.participant)
    _decide(actor, application, State.ACCEPTED, enrolment=enrolment)
    return enrolment


@transaction.atomic
def put_on_waiting_list(*, actor: Any, application: Application, reason: str = "") -> Application:
    """Put an application on the waiting list: the person moves up when a place frees.

    Raises as ``accept``, and ``AlreadyDecided`` where it is there already.
    """
    application = _decidable(actor, application)
    if application.state == State.WAITING:
        raise AlreadyDecided
    _decide(actor, application, State.WAITING, reason=reason, waiting_since=timezone.now())
    _tell(application, "application_waiting")
    return application


@transaction.atomic
def decline(*, actor: Any, application: Application, reason: str) -> Application:
    """Decline, with a reason that the person reads. Raises ``AnswerMissing`` without one, and as ``accept``."""
    application = _decidable(actor, application)
    if not reason.strip():
        raise AnswerMissing(_("Please give a reason: the person reads it."))
    _decide(actor, application, State.DECLINED, reason=reason.strip())
    _tell(application, "application_declined")
    return application


def _locked(application: Application) -> Application:
    """Lock the cohort before the application, in the order in which places are filled."""
    Cohort.objects.select_for_update().get(pk=application.cohort_id)
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("cohort__course__item", "participant__user")
        .get(pk=application.pk)
    )


def _decidable(actor: Any, application: Application) -> Application:
    application = _locked(application)
    if not organises(actor, application.cohort.course):
        raise NotYourProgramme(_("You organise other programmes. Choose one of your own."))
    if is_own(actor, application.participant):
        raise OwnEnrolment
    if not application.is_open:
        raise AlreadyDecided
    return application


def _decide(actor: Any, application: Application, state: str, **fields: Any) -> None:
    application.state, application.decided_at, application.decided_by = state, timezone.now(), actor
    for name, value in fields.items():
        setattr(application, name, value)
    application.save()
    audit.record(actor=actor, action=f"catalogue.application_{state}", obj=application)


def _tell(application: Application, template: str) -> None:
    """Queue a mail about an application; acceptance is told by the mail that says one is enrolled."""
    person, cohort = application.participant, application.cohort
    to = person.email or (person.user.email if person.user else "")
    if to:
        queue_mail(
            key=f"{template}:{application.pk}",
            to=to,
            template=f"catalogue/mail/{template}",
            context={
                "name": person.name,
                "course": cohort.course,
                "cohort": cohort,
                "reason": application.reason,
                "application": application,
            },
            language=application.language or person.language,
        )
