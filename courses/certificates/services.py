"""What people do with certificates: ask for a batch, approve it, revoke, re-issue, withdraw a name.

Nothing is drawn inside a transaction: a certificate is set and stored first, then its row, audit entry and
mail are written in one short transaction. Running anything twice issues nothing twice: the serial of a
certificate follows from the batch and the person, and the ledger takes only one valid certificate per
participant, kind and subject.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import audit, links
from core.errors import DomainError
from courses.catalogue.models import Cohort, Course
from courses.participants.models import Participant
from courses.workshops.models import Workshop
from jobs.services import queue_mail, start_job
from modules.lessons.models import LessonProgress
from modules.records.models import Event
from modules.records.services import log_event

from . import serials
from .eligibility import KINDS, Candidate, eligible, subject_key, subject_kind
from .models import Batch, Certificate, CertificateTemplate
from .permissions import can_approve, can_end, can_issue, can_withdraw_name, is_own
from .render import BatchRenderer
from .wording import language_for, sheet_for

log = logging.getLogger("certificates")

JOB = "certificates.issue"
ARCHIVE_JOB = "certificates.archive"
LINK = "certificate"
LINK_AGE = timedelta(days=30)
"""How long the signed link in a mail opens the file without an account."""


class NotAllowed(DomainError):
    """Somebody else's programme, or one's own certificate."""


class TemplateUnsuitable(DomainError):
    """The template is archived, of another programme, or for another kind of subject."""


class NobodyChosen(DomainError):
    """A batch without people."""


class NotComplete(DomainError):
    """Somebody chosen does not meet the requirements, or has the certificate already."""


class OwnCertificate(DomainError):
    """Nobody certifies themselves."""


class NotWaiting(DomainError):
    """The batch does not wait for an approval."""


class NotValid(DomainError):
    """Only a valid certificate can be revoked or replaced."""


class ReasonMissing(DomainError):
    """An act that needs a reason."""


class AlreadyWithdrawn(DomainError):
    """Name and file are gone already."""


# --- A batch --------------------------------------------------------------------------------------


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


# --- One certificate ------------------------------------------------------------------------------


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
    ``NotComplete`` and ``OwnCertificate``. Call it outside any transaction.
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
    return _issue(
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


def _dates(subject: Any, candidate: Candidate) -> tuple[date | None, date | None]:
    if isinstance(subject, Cohort) and (subject.self_paced or not subject.ends_on):
        return subject.starts_on or candidate.started_on, candidate.completed_on or timezone.now().date()
    return subject.starts_on, subject.ends_on


def _lessons_done(participant: Participant, subject: Any) -> dict[str, dict[str, int | None]]:
    """Return which lessons of the course were done, in which state.

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


def _issue(
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
    stored = _files().save(f"certificates/{now.year}/{serial}-{digest[:8]}.pdf", ContentFile(pdf))
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
        _files().delete(stored)
        raise
    if certificate is not None:
        return certificate
    # Another worker was a moment earlier: its certificate counts, our file does not.
    _files().delete(stored)
    earlier = Certificate.objects.filter(serial=serial).first()
    return earlier or Certificate.objects.get(
        participant=participant, kind=row.kind, subject_key=row.subject_key, state=Certificate.State.VALID
    )


@transaction.atomic
def _enter(actor: Any, row: Certificate, replaces: Certificate | None, reason: str) -> Certificate | None:
    """Write the row, its audit entry and its mail; ``None`` when the ledger holds such a certificate already.

    The database decides by its constraints; no error is raised for it, so no transaction is broken by it.
    """
    if replaces is not None:
        _end(actor, replaces, Certificate.State.SUPERSEDED, reason)
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


def _files() -> Storage:
    """Where the files of certificates are: never in the open."""
    return Certificate._meta.get_field("pdf").storage  # type: ignore[union-attr]


def serial_for(purpose: str, year: int) -> str:
    """Return the serial that belongs to a purpose: always the same one, and nobody else can work it out."""

    def digest(number: int) -> bytes:
        return salted_hmac("certificates.serial", f"{purpose}:{number}", algorithm="sha256").digest()

    return serials.make(getattr(settings, "CERTIFICATE_PREFIX", "PC"), year, digest)


def address_of(participant: Participant) -> str:
    """Return where to write to, empty for nowhere."""
    return participant.email or (participant.user.email if participant.user else "")


def tell_holder(certificate: Certificate) -> None:
    """Queue the mail that says the certificate is there, if the holder has an address."""
    participant = certificate.participant
    if not (to := address_of(participant)):
        return
    with translation.override(certificate.language):
        if participant.user_id:
            url = settings.BASE_URL + reverse("my_certificates")
        else:
            token = links.make_token(LINK, certificate.serial)
            url = settings.BASE_URL + reverse("certificate_link", args=[token])
        check = settings.BASE_URL + reverse("certificate_check", args=[certificate.serial])
    queue_mail(
        key=f"certificate:{certificate.serial}",
        to=to,
        template="certificates/mail/issued",
        context={
            "name": certificate.name,
            "heading": certificate.printed["heading"],
            "title": certificate.printed["title"],
            "issuer": certificate.printed["issuer"],
            "serial": certificate.serial,
            "url": url,
            "needs_sign_in": bool(participant.user_id),
            "days": LINK_AGE.days,
            "check_url": check,
        },
        language=certificate.language,
    )


# --- The end of a certificate ---------------------------------------------------------------------


@transaction.atomic
def revoke(*, actor: Any, certificate: Certificate, reason: str) -> Certificate:
    """Revoke a certificate; the reason stays in the ledger. Raises ``NotAllowed``, ``NotValid``, ``ReasonMissing``."""
    certificate = _for_ending(actor, certificate, reason)
    _end(actor, certificate, Certificate.State.REVOKED, reason)
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


def supersede(
    *, actor: Any, certificate: Certificate, reason: str, renderer: BatchRenderer | None = None
) -> Certificate:
    """Issue a certificate anew, with the person's name as it is now, and retire the old one; returns the new one.

    Evidence, dates, hours and title stay as they were. Raises ``NotAllowed``, ``NotValid``, ``ReasonMissing``.
    Call it outside any transaction.
    """
    certificate = _for_ending(actor, certificate, reason, lock=False)
    if certificate.withdrawn_at:
        raise AlreadyWithdrawn(_("The holder has withdrawn the name from this certificate."))
    title = certificate.printed.get("title", ""), certificate.printed.get("title_language") or certificate.language
    return _issue(
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


def _for_ending(actor: Any, certificate: Certificate, reason: str, lock: bool = True) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",)) if lock else Certificate.objects
    certificate = rows.select_related("participant__user", "template", "batch").get(pk=certificate.pk)
    if not can_end(actor, certificate):
        raise NotAllowed(_("Another organiser of the programme must do this."))
    if certificate.state != Certificate.State.VALID:
        raise NotValid(_("This certificate is no longer valid, so it cannot be changed again."))
    if not reason.strip():
        raise ReasonMissing(_("Give a reason. It stays in the ledger."))
    return certificate


def _end(actor: Any, certificate: Certificate, state: str, reason: str) -> None:
    changed = Certificate.objects.filter(pk=certificate.pk, state=Certificate.State.VALID).update(
        state=state, ended_at=timezone.now(), ended_by=actor, reason=" ".join(reason.split())[:300]
    )
    if not changed:
        raise NotValid(_("This certificate is no longer valid, so it cannot be changed again."))
    certificate.refresh_from_db()
    audit.record(actor=actor, action=f"certificates.{state}", obj=certificate, reason=certificate.reason)


@transaction.atomic
def withdraw_name(*, actor: Any, certificate: Certificate) -> Certificate:
    """Withdraw name and file at the holder's request; serial, hash, dates and state stay.

    Raises ``NotAllowed`` and ``AlreadyWithdrawn``.
    """
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("participant__user", "batch")
        .get(pk=certificate.pk)
    )
    if not can_withdraw_name(actor, certificate):
        raise NotAllowed(_("Only the holder can ask for this."))
    if certificate.withdrawn_at:
        raise AlreadyWithdrawn(_("Name and file have been withdrawn already."))
    certificate.withdrawn_at = timezone.now()
    certificate.name = ""
    certificate.printed = {**certificate.printed, "name_latin": ""}
    certificate.save(update_fields=["withdrawn_at", "name", "printed"])
    audit.record(actor=actor, action="certificates.withdraw_name", obj=certificate)
    transaction.on_commit(partial(remove_withdrawn_files, certificate.pk))
    return certificate


def remove_withdrawn_files(pk: int | None = None) -> int:
    """Delete the files of withdrawn certificates, and the ZIPs that hold them; returns how many certificates.

    Runs after the commit of a withdrawal; ``manage.py check_certificates`` runs it again for what a crash left.
    """
    rows = Certificate.objects.filter(withdrawn_at__isnull=False).exclude(pdf="").select_related("batch")
    if pk is not None:
        rows = rows.filter(pk=pk)
    count = 0
    for certificate in rows:
        batch = certificate.batch
        if batch is not None and batch.archive:
            batch.archive.delete(save=False)
            Batch.objects.filter(pk=batch.pk).update(archive="")
        certificate.pdf.delete(save=False)
        Certificate.objects.filter(pk=certificate.pk).update(pdf="")
        count += 1
    return count


def is_unaltered(certificate: Certificate) -> bool:
    """Whether the stored file is byte for byte the one issued; a missing file is not."""
    if not certificate.pdf:
        return False
    try:
        with certificate.pdf.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = ""
    if digest != certificate.sha256:
        log.error("The stored file of certificate %s is not the one issued.", certificate.serial)
        return False
    return True


def reconcile(kept: Certificate, other: Certificate) -> None:
    """Two records of one person become one and both hold a valid certificate for the same: the other one gives way."""
    with transaction.atomic():
        _end(None, other, Certificate.State.SUPERSEDED, "Two records of the same person were merged.")
        Certificate.objects.filter(pk=other.pk).update(participant=kept.participant_id)
        if not Certificate.objects.filter(superseded_by=kept).exists():
            Certificate.objects.filter(pk=other.pk).update(superseded_by=kept)
