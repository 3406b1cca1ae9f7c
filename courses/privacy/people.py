"""The person behind an account: account and record together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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

    All under the same pseudonym, so that what was one learner stays one.
    """
    if person.user is None:
        return [person]
    return [*(replace(person, user=one, participant=None) for one in accounts_of(person.user)[:-1]), person]
