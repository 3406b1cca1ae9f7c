"""What this room holds of people: mails to the addresses of their account, and work that they started."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.joining import may_be_reopened
from core.personal import Person, Record, fact

from .models import Job, MailChoice, OutboxMail


def _mails(person: Person) -> Any:
    """Mails to the account's own addresses. A participant's address may be an office's, so it proves nothing."""
    addresses = {person.user.email, *person.user.emailaddress_set.values_list("email", flat=True)}
    to = Q()
    for address in addresses:
        to |= Q(to__iexact=address)
    return OutboxMail.objects.filter(to)


def export(person: Person) -> Iterator[Record]:
    """Mails by subject and day (their links and codes would open doors), and background work.

    Not mails to an account that was joined to this one while that can be undone: they name its address.
    """
    if person.user is None:
        return
    for choice in MailChoice.objects.filter(user=person.user):
        yield [
            fact("kind", _("Kind of mail"), choice.kind),
            fact("wanted", _("Wanted"), choice.wanted),
            fact("changed_at", _("Date"), choice.changed_at),
        ]
    mails = OutboxMail.objects.none() if may_be_reopened(person.user) else _mails(person)
    for mail in mails.iterator(chunk_size=2000):
        yield [
            fact("mail", _("Mail"), mail.subject),
            fact("to", _("E-mail address"), mail.to),
            fact("sent_at", _("Sent"), mail.sent_at),
        ]
    for job in Job.objects.filter(created_by=person.user).iterator(chunk_size=2000):
        yield [
            fact("job", _("Work in the background"), job.kind),
            fact("created_at", _("Started"), job.created_at),
            fact("state", _("State"), job.state, job.get_state_display()),
        ]


def erase(person: Person) -> int:
    """Delete the mails, those that wait to be sent too. Work that was started stays, without who started it."""
    return 0 if person.user is None else _mails(person).delete()[0]


def old_mails(before: datetime) -> Any:
    """Mails that were sent or failed."""
    return OutboxMail.objects.filter(
        state__in=[OutboxMail.State.SENT, OutboxMail.State.FAILED], created_at__lt=before, due_at__lt=timezone.now()
    )


def old_jobs(before: datetime) -> Any:
    """Work that is over and on which nothing hangs."""
    rows = Job.objects.filter(state__in=Job.FINAL, created_at__lt=before)
    for relation in Job._meta.related_objects:
        rows = rows.filter(**{f"{relation.name}__isnull": True})
    return rows
