"""The person behind an account: account and record together."""

from __future__ import annotations

from typing import Any

from core.personal import Person
from courses.participants.services import participant_of

WITHDRAW_CERTIFICATES = "certificates"
"""The option of an erasure by which names and files of certificates are withdrawn, too."""


def person_of(user: Any, *, options: frozenset[str] = frozenset()) -> Person:
    """Return the person of an account, with the participant's record if there is one."""
    return Person(user=user, participant=participant_of(user), options=options)
