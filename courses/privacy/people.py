"""The person behind an account: account and record together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from accounts.joining import accounts_of
from core.personal import Person
from courses.participants.services import participant_of

WITHDRAW_CERTIFICATES = "certificates"
"""The option of an erasure by which names and files of certificates are withdrawn, too."""


def person_of(user: Any, *, options: frozenset[str] = frozenset()) -> Person:
    """Return the person of an account, with the participant's record if there is one."""
    return Person(user=user, participant=participant_of(user), options=options)


def with_joined(person: Person) -> list[Person]:
    """Return the person and, before them, each account that was joined to theirs: what stayed there is theirs, too.

    Each under a pseudonym of its own: both may have an attempt of the same number at the same quiz.
    """
    if person.user is None:
        return [person]
    joined = accounts_of(person.user)[:-1]
    return [*(replace(person, user=one, participant=None, pseudonym=uuid4()) for one in joined), person]
