"""The end of a certificate: revoked, or given way to another. The reason stays in the ledger."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from jobs.services import queue_mail

from ..models import Certificate
from ..permissions import can_end
from .errors import (
    NotAllowed,
    NotValid,
    ReasonMissing,
)
from .telling import address_of


@transaction.atomic
def revoke(*, actor: Any, certificate: Certificate, reason: str) -> Certificate:
    """Revoke a certificate; the reason stays in the ledger. Raises ``NotAllowed``, ``NotValid``, ``ReasonMissing``."""
    certificate = for_ending(actor, certificate, reason)
    end(actor, certificate, Certificate.State.REVOKED, reason)
    if to := address_of(certificate.participant):
        queue_mail(
            key=f"certificate-revoked:{certificate.serial}",
            to=to,
            template="certificates/mail/revoked",
            context={
                "name": certificate.name,
                "heading": certificate.printed.get("heading", ""),
                "title": certificate.printed.get("title", ""),
                "serial": certificate.serial,
                "reason": certificate.reason,
            },
            language=certificate.language,
        )
    return certificate


def for_ending(actor: Any, certificate: Certificate, reason: str, lock: bool = True) -> Certificate:
    """Return the certificate as it is now, to be ended; locked, unless drawing its successor comes first.

    Raises ``NotAllowed``, ``NotValid`` when it has ended already, ``ReasonMissing``.
    """
    rows = Certificate.objects.select_for_update(of=("self",)) if lock else Certificate.objects
    certificate = rows.select_related("participant__user", "template", "batch").get(pk=certificate.pk)
    if not can_end(actor, certificate):
        raise NotAllowed(_("Another organiser of the programme must do this."))
    if certificate.state != Certificate.State.VALID:
        raise NotValid(_("This certificate is no longer valid, so it cannot be changed again."))
    if not reason.strip():
        raise ReasonMissing(_("Give a reason. It stays in the ledger."))
    return certificate


def end(actor: Any, certificate: Certificate, state: str, reason: str) -> None:
    """Write the end into the ledger, once: raises ``NotValid`` when somebody else was a moment earlier."""
    changed = Certificate.objects.filter(pk=certificate.pk, state=Certificate.State.VALID).update(
        state=state, ended_at=timezone.now(), ended_by=actor, reason=" ".join(reason.split())[:300]
    )
    if not changed:
        raise NotValid(_("This certificate is no longer valid, so it cannot be changed again."))
    certificate.refresh_from_db()
    audit.record(actor=actor, action=f"certificates.{state}", obj=certificate, reason=certificate.reason)


def reconcile(kept: Certificate, other: Certificate) -> None:
    """Two records of one person become one and both hold a valid certificate for the same: the other one gives way."""
    with transaction.atomic():
        end(None, other, Certificate.State.SUPERSEDED, "Two records of the same person were merged.")
        Certificate.objects.filter(pk=other.pk).update(participant=kept.participant_id)
        if not Certificate.objects.filter(superseded_by=kept).exists():
            Certificate.objects.filter(pk=other.pk).update(superseded_by=kept)
