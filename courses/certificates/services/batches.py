"""A batch of certificates: asked for, and approved where the template wants a second organiser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from courses.catalogue.models import Cohort
from courses.participants.models import Participant
from courses.workshops.models import Workshop
from jobs.services import start_job

from ..eligibility import KINDS, eligible, subject_key, subject_kind
from ..models import Batch, CertificateTemplate
from ..permissions import can_approve, can_issue
from .errors import (
    NobodyChosen,
    NotAllowed,
    NotComplete,
    NotWaiting,
    OwnCertificate,
    TemplateUnsuitable,
)

JOB = "certificates.issue"
ARCHIVE_JOB = "certificates.archive"


@transaction.atomic
def request_batch(
    *,
    actor: Any,
    template: CertificateTemplate,
    subject: Cohort | Workshop,
    participants: Iterable[Participant],
    language: str = "",
) -> Batch:
    """Ask for certificates for the chosen participants of a cohort or workshop; returns the batch.

    The work begins at once unless the template asks for a second approval. ``language``: empty for each
    person's own. Raises ``NotAllowed``, ``TemplateUnsuitable``, ``NobodyChosen``, ``OwnCertificate`` and
    ``NotComplete``.
    """
    if not can_issue(actor, subject):
        raise NotAllowed(_("You may issue certificates only in programmes you organise."))
    require_suitable(actor=actor, template=template, subject=subject)
    chosen = {participant.pk for participant in participants}
    if not chosen:
        raise NobodyChosen(_("Choose at least one person."))
    candidates = {candidate.participant.pk: candidate for candidate in eligible(subject, template.kind, actor=actor)}
    for pk in chosen:
        candidate = candidates.get(pk)
        if candidate is None:
            raise NotComplete(_("Somebody you chose no longer takes part. Load the page again."))
        if candidate.refused:
            raise OwnCertificate(candidate.refused)
        if not candidate.can_receive:
            raise NotComplete(
                _("%(name)s does not meet every requirement, or has the certificate already. Load the page again.")
                % {"name": candidate.participant.name}
            )
    kind = subject_kind(subject)
    batch = Batch.objects.create(
        template=template,
        subject_key=subject_key(subject),
        participants=[pk for pk in candidates if pk in chosen],
        language=language,
        requested_by=actor,
        **{kind: subject},
    )
    audit.record(
        actor=actor, action="certificates.request_batch", obj=batch, subject=batch.subject_key, people=len(chosen)
    )
    if not template.second_approval:
        _start(actor, batch)
    return batch


def require_suitable(*, actor: Any, template: CertificateTemplate, subject: Cohort | Workshop) -> None:
    """Raise ``TemplateUnsuitable`` unless the actor may use this template for this subject."""
    if (
        template.archived_at
        or template.kind not in KINDS[subject_kind(subject)]
        or not suitable_templates(actor, subject).filter(pk=template.pk).exists()
    ):
        raise TemplateUnsuitable(_("This template cannot be used here. Choose another one."))


def suitable_templates(actor: Any, subject: Cohort | Workshop) -> Any:
    """Return the templates the actor may use for a subject: general ones and those of its programme, with words."""
    programme = subject.course.programme_id if isinstance(subject, Cohort) else subject.programme_id
    mine = CertificateTemplate.objects.visible_to(actor).in_use().filter(kind__in=KINDS[subject_kind(subject)])
    return (
        (mine.filter(programme=programme) | mine.filter(programme__isnull=True))
        .filter(texts__isnull=False)
        .distinct()
        .prefetch_related("texts")
    )


@transaction.atomic
def approve_batch(*, actor: Any, batch: Batch) -> Batch:
    """Give the second approval and start the work. Raises ``NotWaiting`` and ``NotAllowed``."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("template").get(pk=batch.pk)
    if not is_waiting(batch):
        raise NotWaiting(_("This batch does not wait for an approval."))
    if not can_approve(actor, batch):
        raise NotAllowed(_("Another organiser of the programme, who gets no certificate here, must approve."))
    batch.approved_by, batch.approved_at = actor, timezone.now()
    batch.save(update_fields=["approved_by", "approved_at"])
    audit.record(actor=actor, action="certificates.approve_batch", obj=batch)
    _start(actor, batch)
    return batch


def is_waiting(batch: Batch) -> bool:
    """Whether the batch waits for a second approval."""
    return batch.job_id is None and batch.template.second_approval


def _start(actor: Any, batch: Batch) -> None:
    batch.job = start_job(actor=actor, kind=JOB, params={"batch": str(batch.key)}, total=len(batch.participants) + 1)
    batch.save(update_fields=["job"])
