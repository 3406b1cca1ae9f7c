"""Being in a cohort: more time for one person, and moving to another cohort."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from courses.participants.models import REPRESENTATION_FIELDS
from jobs.services import queue_mail
from modules.assessments.models import Attempt
from modules.assessments.services import lengthen_running

from ..access import done_for
from ..models import Cohort, Enrolment, RequirementWaiver
from .enrolment import (
    AlreadyEnrolled,
    CohortFull,
    NotEnrolled,
    close_applications,
    fill_places,
    free_places,
    require_chooser,
    require_offered,
)
from .noticing import notice_gently
from .standing import refresh_completion


class WrongCohort(DomainError):
    """A cohort to which nobody can be moved from here."""


class WrongDeadline(DomainError):
    """A last day that extends nothing."""


@transaction.atomic
def extend(*, actor: Any, enrolment: Enrolment, until: date | None, reason: str = "") -> Enrolment:
    """Give one person a last day of their own, later than the cohort's; ``None`` takes it back.

    A quiz that the person is taking now ends later with it, and never earlier. Raises ``WrongDeadline``,
    ``NotYourProgramme``, ``OwnEnrolment``, ``NotEnrolled``.
    """
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__course__item", "participant__user")
        .get(pk=enrolment.pk)
    )
    require_chooser(actor, enrolment.cohort, enrolment.participant)
    if enrolment.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("This enrolment has ended."))
    last = enrolment.cohort.ends_on
    if until is not None and last is None:
        raise WrongDeadline(_("This cohort has no last day, so there is nothing to extend."))
    if until is not None and last is not None and until <= last:
        raise WrongDeadline(_("Choose a day after %(day)s, the last day of the cohort.") % {"day": date_format(last)})
    before, enrolment.deadline = enrolment.deadline, until
    enrolment.save(update_fields=["deadline"])
    lengthen_running(Attempt.objects.filter(done_for(Enrolment.objects.filter(pk=enrolment.pk))))
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
        # What was done since the cohort's last day counts now.
        transaction.on_commit(partial(notice_gently, Enrolment.objects.filter(pk=enrolment.pk)))
    return enrolment


@transaction.atomic
def transfer(*, actor: Any, enrolment: Enrolment, cohort: Cohort, reason: str = "") -> Enrolment:
    """Move somebody to another cohort of the same course and return the new enrolment.

    What was earned goes along: lessons, grades, attendance and tasks belong to the person, waivers in force and a
    completion (the earlier one, where both have one) move. The old enrolment is judged once more before it ends, as
    when somebody leaves, and the new one after the commit: what was finished after the old last day counts there. A
    last day of one's own does not move: it was that of the other cohort. The old enrolment stays, ended, and names the
    new one, because attempts and events name it. Raises ``WrongCohort``, ``EnrolmentClosed`` (the archive),
    ``CohortFull``, ``AlreadyEnrolled``, ``NotEnrolled``, ``NotYourProgramme`` or ``OwnEnrolment``.
    """
    ids = [enrolment.cohort_id, cohort.pk]
    cohorts = Cohort.objects.select_for_update(of=("self",)).select_related("course").filter(pk__in=ids)
    locked = {row.pk: row for row in cohorts.order_by("pk")}
    cohort = locked[cohort.pk]
    old = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__course__item", "participant__user")
        .get(pk=enrolment.pk)
    )
    require_chooser(actor, old.cohort, old.participant)
    if old.state != Enrolment.State.ACTIVE:
        raise NotEnrolled(_("This enrolment has ended."))
    if cohort.pk == old.cohort_id or cohort.course_id != old.cohort.course_id:
        raise WrongCohort(_("Choose another cohort of the same course."))
    require_offered(cohort)
    held = cohort.enrolments.active().filter(participant=old.participant).exists()
    if held:
        raise AlreadyEnrolled(_("%(name)s is in that cohort already.") % {"name": old.participant.name})
    if free_places(cohort) == 0:
        raise CohortFull(_("All places of that cohort are taken."))
    refresh_completion(old.cohort.course, [old])
    was_full = free_places(locked[old.cohort_id]) == 0
    new = cohort.enrolments.filter(participant=old.participant).first() or Enrolment(
        participant=old.participant, cohort=cohort
    )
    for name in (*REPRESENTATION_FIELDS, "source"):
        setattr(new, name, getattr(old, name))
    if old.completed_at and (new.completed_at is None or old.completed_at < new.completed_at):
        new.completed_at, new.completed_rule = old.completed_at, old.completed_rule
    new.state, new.withdrawn_at, new.transferred_to = Enrolment.State.ACTIVE, None, None
    new.enrolled_at, new.deadline = timezone.now(), None
    new.save()
    _move_waivers(old, new)
    old.state, old.withdrawn_at, old.transferred_to = Enrolment.State.WITHDRAWN, timezone.now(), new
    old.save(update_fields=["state", "withdrawn_at", "transferred_to"])
    close_applications(actor=actor, enrolments=[new])
    audit.record(actor=actor, action="catalogue.transfer", obj=new, source=old.pk, cohort=old.cohort_id, reason=reason)
    tell(new, "transferred", f"{old.pk}:{new.enrolled_at.timestamp():.0f}", old_cohort=old.cohort)
    fill_places(old.cohort, was_full=was_full)
    transaction.on_commit(partial(notice_gently, Enrolment.objects.filter(pk=new.pk)))
    return new


def _move_waivers(old: Enrolment, new: Enrolment) -> None:
    """Move the waivers in force, but for those that an earlier time in that cohort has left there."""
    held = set(new.waivers.in_force().values_list("kind", "ref"))
    moving = [waiver.pk for waiver in old.waivers.in_force() if (waiver.kind, waiver.ref) not in held]
    RequirementWaiver.objects.filter(pk__in=moving).update(enrolment=new)


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
