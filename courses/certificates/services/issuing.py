"""One certificate: set, stored and entered in the ledger; or issued anew in place of another.

Nothing is drawn inside a transaction: a certificate is set and stored first, then its row, audit entry and
mail are written in one short transaction. Running anything twice issues nothing twice: the serial of a
certificate follows from the batch and the person, and the ledger takes only one valid certificate per
participant, kind and subject.
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import audit
from courses.catalogue.models import Cohort, Course
from courses.participants.models import Participant
from courses.participants.permissions import is_own
from courses.participants.services import require_present
from modules.lessons.models import LessonProgress
from modules.records.models import Event
from modules.records.services import log_event

from .. import serials
from ..eligibility import Candidate, eligible, subject_key, subject_kind
from ..models import Batch, Certificate, CertificateTemplate
from ..render import BatchRenderer
from ..wording import language_for, sheet_for
from .ending import end, for_ending
from .errors import (
    AlreadyWithdrawn,
    NotComplete,
    OwnCertificate,
)
from .files import storage
from .telling import tell_holder


def issue_certificate(
    *,
    actor: Any,
    batch: Batch,
    participant: Participant,
    candidate: Candidate | None = None,
    renderer: BatchRenderer | None = None,
) -> Certificate:
    """Set, store and enter the certificate of one participant of a batch; returns the one that counts.

    Safe to run twice. ``candidate`` and ``renderer`` spare the work when many are issued. Raises
    ``NotComplete``, ``OwnCertificate``, and ``RecordGone`` where the person was erased or merged meanwhile. Call it
    outside any transaction.
    """
    earlier = Certificate.objects.filter(batch=batch, participant=participant).first()
    if earlier is not None:
        return earlier
    subject, template = batch.subject, batch.template
    if candidate is None:
        people = eligible(subject, template.kind)  # type: ignore[arg-type]
        candidate = next((person for person in people if person.participant.pk == participant.pk), None)
    if candidate is None or not candidate.complete:
        raise NotComplete(_("Not every requirement is met any more."))
    if candidate.certificate is not None:
        return candidate.certificate
    if any(is_own(person, participant) for person in (actor, batch.requested_by, batch.approved_by) if person):
        raise OwnCertificate(_("Nobody issues a certificate to themselves. Ask another organiser."))
    starts_on, ends_on = _dates(subject, candidate)
    offered = subject.course.hours if isinstance(subject, Cohort) else subject.hours  # type: ignore[union-attr]
    hours = offered if candidate.hours is None else candidate.hours
    return enter_ledger(
        actor=actor,
        purpose=f"{batch.key}:{participant.pk}",
        template=template,
        subject=subject,
        participant=participant,
        language=language_for(participant, subject, batch.language),
        starts_on=starts_on,
        ends_on=ends_on,
        hours=hours,
        evidence={**candidate.evidence, "lessons": _lessons_done(participant, subject)},
        batch=batch,
        renderer=renderer or BatchRenderer(),
    )


def supersede(
    *, actor: Any, certificate: Certificate, reason: str, renderer: BatchRenderer | None = None
) -> Certificate:
    """Issue a certificate anew, with the person's name as it is now, and retire the old one; returns the new one.

    Evidence, dates, hours and title stay as they were. Raises ``NotAllowed``, ``NotValid``, ``ReasonMissing``,
    ``AlreadyWithdrawn`` where the holder has withdrawn the name, and ``RecordGone`` for a holder who was erased.
    Call it outside any transaction.
    """
    certificate = for_ending(actor, certificate, reason, lock=False)
    if certificate.withdrawn_at:
        raise AlreadyWithdrawn(_("The holder has withdrawn the name from this certificate."))
    title = certificate.printed.get("title", ""), certificate.printed.get("title_language") or certificate.language
    return enter_ledger(
        actor=actor,
        purpose=f"supersede:{certificate.serial}",
        template=certificate.template,
        subject=certificate.subject,
        participant=certificate.participant,
        language=certificate.language,
        starts_on=certificate.starts_on,
        ends_on=certificate.ends_on,
        hours=certificate.hours,
        evidence={**certificate.evidence, "supersedes": certificate.serial},
        batch=certificate.batch,
        renderer=renderer or BatchRenderer(),
        title=title,
        replaces=certificate,
        reason=reason,
    )


def enter_ledger(
    *,
    actor: Any,
    purpose: str,
    template: CertificateTemplate,
    subject: Any,
    participant: Participant,
    language: str,
    starts_on: date | None,
    ends_on: date | None,
    hours: Decimal,
    evidence: dict[str, Any],
    batch: Batch | None,
    renderer: BatchRenderer,
    title: tuple[str, str] | None = None,
    replaces: Certificate | None = None,
    reason: str = "",
) -> Certificate:
    """Draw the sheet, keep the file, then write the row, the audit entry and the mail in one short transaction.

    ``purpose`` makes the serial number: the same purpose is the same certificate. When the ledger holds it already, or
    a valid one of this kind for this person and subject, that one is returned and our file is deleted. ``replaces`` is
    ended with ``reason``. Raises ``RecordGone``, and ``NotValid`` when ``replaces`` has ended meanwhile; then, too, no
    file is left behind.
    """
    now = timezone.now()
    serial = serial_for(purpose, now.year)
    sheet, printed = sheet_for(
        serial=serial,
        template=template,
        subject=subject,
        participant=participant,
        language=language,
        starts_on=starts_on,
        ends_on=ends_on,
        hours=hours,
        issued_on=now.date(),
        title=title,
    )
    pdf = renderer.pdf(sheet)
    digest = hashlib.sha256(pdf).hexdigest()
    stored = storage().save(f"certificates/{now.year}/{serial}-{digest[:8]}.pdf", ContentFile(pdf))
    row = Certificate(
        serial=serial,
        kind=template.kind,
        participant=participant,
        template=template,
        batch=batch,
        language=sheet.language,
        name=sheet.name,
        printed=printed,
        evidence=evidence,
        hours=hours,
        starts_on=starts_on,
        ends_on=ends_on,
        issued_at=now,
        issued_by=actor,
        pdf=stored,
        sha256=digest,
        subject_key=subject_key(subject),
        **{subject_kind(subject): subject},
    )
    try:
        certificate = _enter(actor, row, replaces, reason)
    except BaseException:
        storage().delete(stored)
        raise
    if certificate is not None:
        return certificate
    # Another worker was a moment earlier: its certificate counts, our file does not.
    storage().delete(stored)
    earlier = Certificate.objects.filter(serial=serial).first()
    return earlier or Certificate.objects.get(
        participant=participant, kind=row.kind, subject_key=row.subject_key, state=Certificate.State.VALID
    )


@transaction.atomic
def _enter(actor: Any, row: Certificate, replaces: Certificate | None, reason: str) -> Certificate | None:
    """Write the row, its audit entry and its mail; ``None`` when the ledger holds such a certificate already.

    The database decides by its constraints; no error is raised for it, so no transaction is broken by it. Drawing took
    a while: the person may have been erased or merged since (``RecordGone``).
    """
    require_present(row.participant)
    if replaces is not None:
        end(actor, replaces, Certificate.State.SUPERSEDED, reason)
    Certificate.objects.bulk_create([row], ignore_conflicts=True)
    certificate = Certificate.objects.filter(serial=row.serial, pdf=row.pdf.name).first()
    if certificate is None:
        if replaces is not None:
            transaction.set_rollback(True)
        return None
    if replaces is not None:
        replaces.superseded_by = certificate
        replaces.save(update_fields=["superseded_by"])
    audit.record(actor=actor, action="certificates.issue", obj=certificate, subject=certificate.subject_key)
    course = certificate.cohort.course if certificate.cohort else certificate.course
    if certificate.participant.user and course and replaces is None:
        log_event(
            user=certificate.participant.user,
            verb=Event.Verb.EARNED,
            item=course.item,
            context=certificate.subject_key,
            language=certificate.language,
            certificate=certificate.serial,
        )
    tell_holder(certificate)
    return certificate


def _dates(subject: Any, candidate: Candidate) -> tuple[date | None, date | None]:
    if isinstance(subject, Cohort) and (subject.self_paced or not subject.ends_on):
        return subject.starts_on or candidate.started_on, candidate.completed_on or subject.today
    return subject.starts_on, subject.ends_on


def _lessons_done(participant: Participant, subject: Any) -> dict[str, dict[str, int | None]]:
    """Return which lessons of the course were done, in which state: that of the text that was read, in its language.

    ``{item key: {"version": number, "revision": of the page, where known}}``.
    """
    course = subject if isinstance(subject, Course) else subject.course
    if course is None or participant.user is None:
        return {}
    done = LessonProgress.objects.filter(
        learner_key=participant.user.key, done_at__isnull=False, item__parent__syllabus_entries__course=course
    )
    rows = done.values_list("item__key", "version", "revision").distinct()
    return {str(key): {"version": version, "revision": revision} for key, version, revision in rows}


def serial_for(purpose: str, year: int) -> str:
    """Return the serial that belongs to a purpose: always the same one, and nobody else can work it out."""

    def digest(number: int) -> bytes:
        return salted_hmac("certificates.serial", f"{purpose}:{number}", algorithm="sha256").digest()

    return serials.make(getattr(settings, "CERTIFICATE_PREFIX", "PC"), year, digest)
