"""Requirements that count as met though they were not done here: waived, or recognised from elsewhere."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError

from ..models import Enrolment, RequirementWaiver
from ..permissions import can_waive
from .standing import Standings, refresh_completion


class MayNotWaive(DomainError):
    """Only an organiser of the programme may, and never for oneself."""


class CannotWaive(DomainError):
    """The rule does not ask for it, it is waived already, or the reason is missing."""


@transaction.atomic
def grant_waiver(
    *,
    actor: Any,
    enrolment: Enrolment,
    kind: str,
    ref: str,
    reason: str,
    basis: str = RequirementWaiver.Basis.WAIVED,
    evidence: str = "",
    issuer: str = "",
) -> RequirementWaiver:
    """Let a requirement of the course's rule count as met for one enrolment, and return the record.

    ``recognised`` needs who issued the outside certificate and where its evidence is. Raises ``MayNotWaive`` and
    ``CannotWaive``.
    """
    if not can_waive(actor, enrolment):
        raise MayNotWaive(_("Only an organiser of the programme may do this, and nobody for themselves."))
    standings = Standings(enrolment.cohort.course)
    if (kind, ref) not in {leaf.key for leaf in standings.rule.leaves}:
        raise CannotWaive(_("The rule of this course does not ask for that."))
    if not reason.strip():
        raise CannotWaive(_("Please give a reason. The participant can read it."))
    if basis == RequirementWaiver.Basis.RECOGNISED and not (evidence.strip() and issuer.strip()):
        raise CannotWaive(_("Name who issued the certificate, and where it can be seen."))
    try:
        with transaction.atomic():
            waiver = RequirementWaiver.objects.create(
                enrolment=enrolment,
                kind=kind,
                ref=ref,
                title=standings.title(kind, ref)[:300],
                basis=basis,
                reason=reason.strip(),
                evidence=evidence.strip(),
                issuer=issuer.strip(),
                granted_by=actor,
            )
    except IntegrityError as error:
        raise CannotWaive(_("This requirement counts as met already.")) from error
    audit.record(actor=actor, action="catalogue.grant_waiver", obj=waiver, kind=kind, ref=ref, basis=str(basis))
    refresh_completion(enrolment.cohort.course, [enrolment], standings)
    return waiver


@transaction.atomic
def end_waiver(*, actor: Any, waiver: RequirementWaiver, reason: str) -> RequirementWaiver:
    """Take a waiver back, with a reason; the record stays. Completion that was earned stays too.

    Raises ``MayNotWaive`` and ``CannotWaive``.
    """
    waiver = RequirementWaiver.objects.select_for_update().get(pk=waiver.pk)
    if not can_waive(actor, waiver.enrolment):
        raise MayNotWaive(_("Only an organiser of the programme may do this, and nobody for themselves."))
    if waiver.ended_at is not None:
        raise CannotWaive(_("It has been taken back already."))
    if not reason.strip():
        raise CannotWaive(_("Please give a reason. The participant can read it."))
    waiver.ended_at, waiver.ended_by, waiver.end_reason = timezone.now(), actor, reason.strip()
    waiver.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record(actor=actor, action="catalogue.end_waiver", obj=waiver)
    return waiver
