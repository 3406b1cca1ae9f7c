"""The local mailbox: what the outbox holds and what was written under ``var/mail``."""

from __future__ import annotations

import email
import email.policy
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from .models import OutboxMail

NEWEST = 200
RULE = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Letter:
    """One mail as the mailbox shows it."""

    ident: str
    to: str
    subject: str
    text: str
    at: datetime
    state: str
    language: str = ""
    error: str = ""


def letters() -> list[Letter]:
    """Return the newest mails: the outbox, and the files of mail sent without it."""
    rows = [
        Letter(
            ident=f"outbox-{mail.pk}",
            to=mail.to,
            subject=mail.subject,
            text=mail.text,
            at=mail.created_at,
            state=str(mail.get_state_display()),
            language=mail.language,
            error=mail.error,
        )
        for mail in OutboxMail.objects.order_by("-created_at")[:NEWEST]
    ]
    known = set(OutboxMail.objects.order_by("-created_at").values_list("headers__Message-ID", flat=True)[: NEWEST * 2])
    return sorted(rows + _files(known), key=lambda letter: letter.at, reverse=True)[:NEWEST]


def find(ident: str) -> Letter | None:
    """Return one mail of ``letters``."""
    return next((letter for letter in letters() if letter.ident == ident), None)


def _files(known: set[str]) -> list[Letter]:
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.VAR / "mail")
    found = []
    for path in sorted(folder.glob("*.log"), reverse=True)[:NEWEST]:
        for number, raw in enumerate(path.read_bytes().split(RULE)):
            if raw.strip():
                message = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
                if message["Message-ID"] not in known:
                    found.append(_letter(message, f"{path.name}:{number}"))
    return found


def _letter(message: EmailMessage, name: str) -> Letter:
    body = message.get_body(("plain", "html"))
    try:
        at = parsedate_to_datetime(message["Date"])
    except (TypeError, ValueError):
        at = datetime.now(UTC)
    return Letter(
        ident="file-" + hashlib.sha256(name.encode()).hexdigest()[:16],
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        state="",
        language=str(message["Content-Language"] or ""),
    )
