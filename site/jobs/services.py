"""What the other rooms ask of background work: start a job, say how far it is, queue a mail.

A job is a row. Starting one writes the row and, once the transaction is committed, a message to the
queue; when the message is lost (the file-system broker loses whatever a killed worker held) the
sweeper sends another. A worker takes a job by writing its name and a lease into the row; ``advance``
renews the lease. When the lease runs out, another worker goes on. Therefore a handler re-reads what
is already done, and does the rest.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, reduce
from operator import or_
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, Value, When
from django.template import Context
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import select_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.languages import direction

from .models import Job, OutboxMail

log = logging.getLogger("jobs")

LEASE = timedelta(seconds=30)
"""How long a job belongs to a worker that says nothing."""
HINT = timedelta(seconds=30)
"""How long after a message to the queue no other is sent for a row still waiting."""

Handler = Callable[[Job], None]


class JobLost(Exception):
    """The job is no longer ours: its lease ran out and another worker took it, or it was cancelled."""


class JobNotFailed(DomainError):
    """Only a job that failed can be started again."""

    def __init__(self) -> None:
        super().__init__(_("This work has not failed, so there is nothing to start again."))


@dataclass(frozen=True)
class Kind:
    """A registered kind of job."""

    handler: Handler
    title: Any = ""
    url: Callable[[Job], str] | None = None


_kinds: dict[str, Kind] = {}


def register_handler(kind: str, handler: Handler, *, title: Any = "", url: Callable[[Job], str] | None = None) -> None:
    """Say what does the jobs of a kind (in ``AppConfig.ready``).

    The handler re-reads what is done, is safe to run twice and calls ``advance`` at least every few
    seconds. A ``DomainError`` ends the job and is shown to people; any other error is tried again.
    ``title`` (lazy text) heads the job's page, ``url(job)`` is where it leads on to.
    """
    _kinds[kind] = Kind(handler, title, url)


def kind_of(job: Job) -> Kind | None:
    """Return what is registered for the job's kind."""
    return _kinds.get(job.kind)


@transaction.atomic
def start_job(*, actor: Any, kind: str, params: Mapping[str, Any], total: int = 0, language: str = "") -> Job:
    """Write a job's row and, after the commit, tell the workers. Raises ``LookupError`` for an unknown kind.

    ``params`` must be JSON-serialisable: ids, no personal data.
    """
    if kind not in _kinds:
        raise LookupError(f"No handler is registered for jobs of kind {kind!r}.")
    job = Job.objects.create(
        kind=kind,
        params=dict(params),
        total=total,
        language=language or translation.get_language() or settings.LANGUAGE_CODE,
        created_by=actor if getattr(actor, "pk", None) else None,
        lease_until=timezone.now() + HINT,
    )
    transaction.on_commit(partial(hint, "jobs.tasks.run_job", str(job.key)))
    return job


def advance(job: Job, done: int, total: int | None = None) -> None:
    """Say how far the job is and renew its lease. Call it outside any transaction.

    Progress also clears the count of attempts: it counts crashes at the same place. Raises ``JobLost``
    when the job was taken over or cancelled; let it pass through.
    """
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_owner=job.lease_owner)
    changes: dict[str, Any] = {
        "done": done,
        "lease_until": timezone.now() + LEASE,
        "attempts": Case(
            When(done__lt=done, then=Value(1)), default=F("attempts"), output_field=PositiveSmallIntegerField()
        ),
    }
    if total is not None:
        changes["total"] = total
    if not mine.update(**changes):
        raise JobLost(str(job.key))
    job.done = done
    if total is not None:
        job.total = total


@transaction.atomic
def retry_job(*, actor: Any, job: Job) -> Job:
    """Start a failed job again, from where it was. Raises ``JobNotFailed``."""
    changed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
        state=Job.State.QUEUED, attempts=0, error="", result={}, finished_at=None, lease_until=timezone.now() + HINT
    )
    if not changed:
        raise JobNotFailed
    job.refresh_from_db()
    audit.record(actor=actor, action="jobs.retry", obj=job)
    transaction.on_commit(partial(hint, "jobs.tasks.run_job", str(job.key)))
    return job


def hint(task: str, *args: Any) -> None:
    """Tell the workers that a row is waiting. A broker that does not answer is no error: the sweeper finds the row."""
    try:
        current_app.send_task(task, args, retry=False)
    except Exception as error:
        log.warning("The queue did not take %s: %s", task, type(error).__name__)


# --- Mail ---------------------------------------------------------------------------------------


def queue_mail(
    *,
    key: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str = "",
    headers: Mapping[str, str] | None = None,
) -> OutboxMail:
    """Write a mail into the outbox, rendered now in ``language``; a worker sends it after the commit.

    ``template`` names ``<template>_subject.txt``, ``<template>.txt`` and, if there is one,
    ``<template>.html`` (which may extend ``jobs/mail.html``). Text parts are rendered without HTML
    escaping. The context gains ``language``, ``direction``, ``base_url`` and ``site_name``.
    The same ``key`` twice is one mail: the first.
    """
    if earlier := OutboxMail.objects.filter(key=key).first():
        return earlier
    mail = draft_mail(key=key, to=to, template=template, context=context, language=language, headers=headers)
    mail.lease_until = timezone.now() + HINT
    try:
        with transaction.atomic():
            mail.save()
    except IntegrityError:  # somebody else was a moment earlier
        return OutboxMail.objects.get(key=key)
    transaction.on_commit(partial(hint, "jobs.tasks.send_mail", mail.pk))
    return mail


def draft_mail(
    *,
    key: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    language: str = "",
    headers: Mapping[str, str] | None = None,
) -> OutboxMail:
    """Return a mail rendered as ``queue_mail`` does, but not saved: for ``queue_drafts``."""
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    subject, text, html = _render(template, context, language)
    return OutboxMail(
        key=key,
        to=to,
        subject=subject[:255],
        text=text,
        html=html,
        headers={**_standing_headers(language), **(headers or {}), "Message-ID": message_id(key)},
        language=language,
    )


def queue_drafts(mails: Sequence[OutboxMail]) -> None:
    """Write many mails into the outbox, a few hundred to a statement. A key that is there already stays as it was.

    No message goes to the queue: the sweeper takes them up in portions, so that a large sending neither floods the
    broker nor holds up the mails that people wait for.
    """
    OutboxMail.objects.bulk_create(mails, batch_size=200, ignore_conflicts=True)


def keys_queued(keys: Sequence[str]) -> set[str]:
    """Return those of the keys that are in the outbox already. One query for 500."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        some = OutboxMail.objects.filter(key__in=keys[start : start + 500])
        found.update(some.values_list("key", flat=True))
    return found


def forget_mails(addresses: Iterable[str], *, naming: Sequence[str] = ()) -> int:
    """Delete the mails to these addresses, those that wait to be sent too; return how many.

    With ``naming`` only those that name one of these people: for an address that others read as well.
    """
    to = reduce(or_, (Q(to__iexact=address) for address in addresses), Q())
    if not to:
        return 0
    named = reduce(or_, (Q(**{f"{part}__contains": name}) for name in naming for part in ("subject", "text")), Q())
    return OutboxMail.objects.filter(to, named).delete()[0]


def forget_mails_naming(key: str, naming: Sequence[str]) -> int:
    """Delete the mails to others whose key begins with ``key`` and that name one of these people; return how many."""
    if not naming:
        return 0
    named = reduce(or_, (Q(**{f"{part}__contains": name}) for name in naming for part in ("subject", "text")), Q())
    return OutboxMail.objects.filter(named, key__startswith=key).delete()[0]


def message_id(key: str) -> str:
    """Return the Message-ID of the mail with this key: always the same, so that a copy can be recognised."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{_host()}>"


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def _standing_headers(language: str) -> dict[str, str]:
    return {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<mail.{_host()}>",
        "Content-Language": language,
    }


def _render(template: str, context: Mapping[str, Any], language: str) -> tuple[str, str, str]:
    with translation.override(language):
        full = {
            "site_name": settings.WAGTAIL_SITE_NAME,
            **context,
            "language": language,
            "direction": direction(language),
            "base_url": settings.BASE_URL,
        }
        subject = " ".join(_plain(f"{template}_subject.txt", context=full).split())
        text = _plain(f"{template}.txt", f"{template}_message.txt", context=full).strip() + "\n"
        try:
            html = select_template([f"{template}.html", f"{template}_message.html"]).render(full | {"subject": subject})
        except TemplateDoesNotExist:
            html = ""
    return subject, text, html


def _plain(*names: str, context: Mapping[str, Any]) -> str:
    template: Any = select_template(list(names))
    return template.template.render(Context(dict(context), autoescape=False))
