"""Which mails somebody wants. Each kind can be left by one click, from the mail itself, without signing in (RFC 8058).

A room registers the kinds that are not needed for the thing itself (reminders, digests, news) and asks ``refused_by``
before it writes. Mails about what somebody has just done (enrolled, certificate issued, sign-in) have no kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.joining import Twice, move_missing
from accounts.models import User
from core import audit
from core.links import make_token, read_token

from .models import MailChoice

PURPOSE = "unsubscribe"
LINK_AGE = timedelta(days=365)


@dataclass(frozen=True)
class MailKind:
    """A kind of mail that one may leave: its name, and one sentence on what comes and how often."""

    name: str
    title: str | Promise
    about: str | Promise
    still_due: Callable[[str], bool]


_kinds: dict[str, MailKind] = {}


def register_mail_kind(
    name: str, *, title: str | Promise, about: str | Promise, still_due: Callable[[str], bool]
) -> None:
    """Register a kind of mail (in ``AppConfig.ready``); registering again replaces.

    The keys of such mails begin with ``name`` and a colon. ``still_due`` gets the rest and is asked when the mail is
    about to leave: whoever has finished or left the kind since it was written gets none.
    """
    _kinds[name] = MailKind(name, title, about, still_due)


def is_overtaken(key: str) -> bool:
    """Whether a mail that waits is not to be sent any more. Mails without a kind never are."""
    name, _colon, rest = key.partition(":")
    kind = _kinds.get(name)
    return kind is not None and not kind.still_due(rest)


def mail_kinds() -> list[MailKind]:
    """Return the kinds in the order in which they were registered."""
    return list(_kinds.values())


def refused_by(user_ids: Iterable[int], kind: str) -> set[int]:
    """Return those of the accounts that do not want a kind. One query."""
    return set(
        MailChoice.objects.filter(user__in=list(user_ids), kind=kind, wanted=False).values_list("user_id", flat=True)
    )


def choices_of(user: Any) -> dict[str, bool]:
    """Return ``{kind: wanted}`` of every kind; who has said nothing wants it."""
    said = dict(MailChoice.objects.filter(user=user).values_list("kind", "wanted"))
    return {name: said.get(name, True) for name in _kinds}


@transaction.atomic
def choose(*, actor: Any, user: Any, wanted: Iterable[str]) -> None:
    """Save which kinds an account wants; all others it does not. Unknown names are left out."""
    wanted, before = set(wanted), choices_of(user)
    changed = {name: name in wanted for name in _kinds if before[name] != (name in wanted)}
    for name, value in changed.items():
        MailChoice.objects.update_or_create(
            user=user, kind=name, defaults={"wanted": value, "changed_at": timezone.now()}
        )
    if changed:
        audit.record(actor=actor, action="jobs.choose_mails", obj=user, changed=changed)


def leave(*, user: Any, kind: str) -> None:
    """Leave one kind; doing it again changes nothing. Raises ``LookupError`` for an unknown kind."""
    if kind not in _kinds:
        raise LookupError(kind)
    choose(actor=user, user=user, wanted={name for name, on in choices_of(user).items() if on and name != kind})


def token_for(user: Any, kind: str) -> str:
    """Return the token of a link that leaves one kind for one account and does nothing else."""
    return make_token(PURPOSE, [str(user.key), kind])


def read(token: str) -> tuple[str, str]:
    """Return ``(account key, kind)``. Raises ``core.links.LinkExpired`` and ``LinkInvalid``."""
    key, kind = read_token(PURPOSE, token, max_age=LINK_AGE)
    return key, kind


def link(user: Any, kind: str, language: str) -> str:
    """Return the address by which ``user`` leaves a kind of mail."""
    with translation.override(language):
        return settings.BASE_URL + reverse("unsubscribe", args=[token_for(user, kind)])


def headers(url: str) -> dict[str, str]:
    """Return the headers by which a mail program offers to leave by one click (RFC 2369, RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


# --- Two accounts of one person ---------------------------------------------------------------------


def _pairs(kept: User, closed: User) -> list[tuple[MailChoice, MailChoice]]:
    mine = {row.kind: row for row in MailChoice.objects.filter(user=kept)}
    theirs = MailChoice.objects.filter(user=closed).order_by("kind")
    return [(mine[row.kind], row) for row in theirs if row.kind in mine]


def twice(kept: User, closed: User) -> list[Twice]:
    """Say of every kind of mail about which both accounts have decided what holds."""

    def said(wanted: bool) -> str:
        return _("wanted") if wanted else _("not wanted")

    return [
        Twice(
            str(_kinds[mine.kind].title) if mine.kind in _kinds else mine.kind,
            said(other.wanted),
            said(mine.wanted),
            _("Sent only where both want it."),
        )
        for mine, other in _pairs(kept, closed)
    ]


def join(kept: User, closed: User) -> None:
    """Move the choices; of two about one kind a no stays a no."""
    for mine, other in _pairs(kept, closed):
        if mine.wanted and not other.wanted:
            mine.wanted, mine.changed_at = False, other.changed_at
            mine.save(update_fields=["wanted", "changed_at"])
    move_missing("jobs.MailChoice", "kind")(kept, closed)
