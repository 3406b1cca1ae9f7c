"""What the workers do with the rows: take a job and run it, send a mail, sweep up what was lost."""

from __future__ import annotations

import logging
import os
import smtplib
import socket
import traceback
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import DomainError

from . import subscriptions
from .models import Job, OutboxMail
from .services import HINT, LEASE, JobLost, hint, kind_of

log = logging.getLogger("jobs")

JOB_ATTEMPTS = 5
"""How often a job may stop at the same place before it counts as failed."""
JOB_PAUSE = timedelta(seconds=20)
"""Waited after an error, times the number of attempts."""
MAIL_PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
"""Waited after each failed attempt to send; after the last one the mail has failed."""
MAIL_LEASE = timedelta(minutes=5)
SWEEP_LIMIT = 200


# --- Jobs ---------------------------------------------------------------------------------------


def run(key: str | uuid.UUID) -> Job | None:
    """Take a job and run it to its end; ``None`` when it is somebody else's, over, or unknown."""
    job = claim(key)
    if job is None:
        return None
    kind = kind_of(job)
    try:
        if kind is None:
            raise LookupError(f"No handler is registered for jobs of kind {job.kind!r}.")
        with translation.override(job.language or settings.LANGUAGE_CODE):
            kind.handler(job)
    except JobLost:
        log.info("job %s was taken over", job.key)
    except DomainError as error:
        _end(job, state=Job.State.FAILED, result={**job.result, "message": str(error)}, error=str(error))
    except Exception:
        _stumble(job)
    else:
        _end(job, state=Job.State.DONE, result=job.result, error="")
    return job


def claim(key: str | uuid.UUID) -> Job | None:
    """Write our name and a lease into the row if it waits, or if the lease of its worker ran out."""
    now = timezone.now()
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, key=key, attempts__lt=JOB_ATTEMPTS).update(
        state=Job.State.RUNNING,
        lease_owner=owner,
        lease_until=now + LEASE,
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", now),
    )
    return Job.objects.filter(key=key, lease_owner=owner).first() if taken else None


def _end(job: Job, **changes: Any) -> None:
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_owner=job.lease_owner)
    mine.update(lease_owner="", lease_until=None, finished_at=timezone.now(), **changes)


def _stumble(job: Job) -> None:
    """After an error: wait and try again, or give up. The traceback stays in the row, out of the log."""
    error = traceback.format_exc(limit=-8)
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_owner=job.lease_owner)
    attempts = mine.values_list("attempts", flat=True).first() or JOB_ATTEMPTS
    log.error("job %s (%s), attempt %s: %s", job.key, job.kind, attempts, error.strip().splitlines()[-1].split(":")[0])
    if attempts >= JOB_ATTEMPTS:
        _end(job, state=Job.State.FAILED, result={**job.result, "message": _gave_up(job)}, error=error)
    else:
        mine.update(
            state=Job.State.QUEUED, lease_owner="", lease_until=timezone.now() + JOB_PAUSE * attempts, error=error
        )


def _gave_up(job: Job) -> str:
    with translation.override(job.language or settings.LANGUAGE_CODE):
        return _(
            "The work stopped several times at the same place. What was finished is kept; it can be started again."
        )


# --- Mail ---------------------------------------------------------------------------------------


def deliver(pk: int) -> OutboxMail | None:
    """Send one mail of the outbox; ``None`` when it is not due, being sent, over, or overtaken (then it goes unsent).

    At most once: the row says "sending" before the message leaves, and a mail whose worker died in
    that moment is not sent again by itself. An error the mail server answers is kept; one that may
    pass (a 4xx answer, no connection) is tried again later, one that will not (5xx) is not.
    """
    now = timezone.now()
    due = OutboxMail.objects.filter(pk=pk, state=OutboxMail.State.QUEUED, due_at__lte=now)
    key = due.values_list("key", flat=True).first()
    if key is None:
        return None
    if subscriptions.is_overtaken(key):
        due.delete()
        return None
    taken = due.update(state=OutboxMail.State.SENDING, lease_until=now + MAIL_LEASE, attempts=F("attempts") + 1)
    if not taken:
        return None
    mail = OutboxMail.objects.get(pk=pk)
    try:
        connection = get_connection()
        message = EmailMultiAlternatives(
            mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=mail.headers, connection=connection
        )
        if mail.html:
            message.attach_alternative(mail.html, "text/html")
        message.send()
    except Exception as error:
        _mail_failed(mail, error)
    else:
        mail.state, mail.sent_at, mail.error, mail.lease_until = OutboxMail.State.SENT, timezone.now(), "", None
    mail.save(update_fields=["state", "sent_at", "error", "lease_until", "due_at"])
    return mail


def _mail_failed(mail: OutboxMail, error: Exception) -> None:
    mail.error = f"{type(error).__name__}: {error}"[:2000]
    mail.lease_until = None
    log.warning("mail %s, attempt %s: %s", mail.pk, mail.attempts, type(error).__name__)
    if _is_final(error) or mail.attempts > len(MAIL_PAUSES):
        mail.state = OutboxMail.State.FAILED
    else:
        mail.state = OutboxMail.State.QUEUED
        mail.due_at = timezone.now() + MAIL_PAUSES[mail.attempts - 1]


def _is_final(error: Exception) -> bool:
    """Whether trying again is useless: the server said no for good, or the message cannot be written."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # our own set-up; may be mended
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, (ValueError, TypeError))  # Django's BadHeaderError is a ValueError


# --- Sweeping -----------------------------------------------------------------------------------


def sweep() -> dict[str, int]:
    """Find what was lost and tell the workers again. Returns the counts, for the log and the tests.

    Jobs: waiting ones whose message never arrived, and running ones whose lease ran out; those that
    stopped too often at the same place have failed. Mails: due ones; a mail that was being sent when
    its worker died is marked, not repeated.
    """
    now = timezone.now()
    counts = {"failed": 0, "jobs": 0, "mails": 0, "doubtful": 0}
    expired = Q(lease_until__lt=now) | Q(lease_until__isnull=True)
    due = Job.objects.filter(expired, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    for job in due.filter(attempts__gte=JOB_ATTEMPTS)[:SWEEP_LIMIT]:
        result = {**job.result, "message": _gave_up(job)}
        counts["failed"] += due.filter(pk=job.pk, attempts__gte=JOB_ATTEMPTS).update(
            state=Job.State.FAILED, result=result, finished_at=now, lease_owner="", lease_until=None
        )
    for key in list(
        due.filter(attempts__lt=JOB_ATTEMPTS).order_by("created_at").values_list("key", flat=True)[:SWEEP_LIMIT]
    ):
        due.filter(key=key, state=Job.State.QUEUED).update(lease_until=now + HINT)
        hint("jobs.tasks.run_job", str(key))
        counts["jobs"] += 1

    counts["doubtful"] = OutboxMail.objects.filter(state=OutboxMail.State.SENDING, lease_until__lt=now).update(
        state=OutboxMail.State.FAILED,
        lease_until=None,
        error="The worker stopped while sending. It is not known whether the mail went out.",
    )
    waiting = OutboxMail.objects.filter(expired, state=OutboxMail.State.QUEUED, due_at__lte=now)
    for pk in list(waiting.order_by("due_at").values_list("pk", flat=True)[:SWEEP_LIMIT]):
        if waiting.filter(pk=pk).update(lease_until=now + HINT):
            hint("jobs.tasks.send_mail", pk)
            counts["mails"] += 1
    return counts


def work_off(limit: int = 1000) -> int:
    """Do here and now what is due: jobs first, then mail. For tests and for repair by hand; returns the count."""
    jobs = Job.objects.filter(state=Job.State.QUEUED, attempts__lt=JOB_ATTEMPTS).order_by("created_at")
    mails = OutboxMail.objects.filter(state=OutboxMail.State.QUEUED, due_at__lte=timezone.now()).order_by("pk")
    worked = [run(key) for key in list(jobs.values_list("key", flat=True)[:limit])]
    sent = [deliver(pk) for pk in list(mails.values_list("pk", flat=True)[:limit])]
    return sum(row is not None for row in (*worked, *sent))
