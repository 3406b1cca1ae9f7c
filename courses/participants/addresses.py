"""Which mail belongs to somebody who is being forgotten. An address may be that of an office, so it is asked twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User
from core.personal import Person

from .models import Participant


@dataclass(frozen=True)
class Addresses:
    """``own`` lead to this person alone; at ``shared`` only what names the person is theirs."""

    own: frozenset[str]
    shared: frozenset[str]
    names: tuple[str, ...]


def own_addresses(user: Any) -> set[str]:
    """The addresses that an account has proved, and those that were joined to it, in lower case."""
    if not getattr(user, "pk", None):
        return set()
    own = Q(user=user) | Q(user__joined_to=user)
    proved = EmailAddress.objects.filter(own, verified=True).values_list("email", flat=True)
    return {user.email.lower(), *(address.lower() for address in proved)}


def addresses_of(person: Person, records: Iterable[Participant]) -> Addresses:
    """Return the addresses of an account and of a person's records, in lower case.

    What an account has proved is its own. What is only written in a record is the person's own where somebody else
    vouches for it (no account: an organiser wrote it down) and nobody else uses it; somebody with an account could
    have written any address there, and must not silence it by asking to be forgotten.
    """
    records = list(records)
    written = {record.email.lower() for record in records if record.email}
    proved: set[str] = set()
    if person.user is not None:
        verified = EmailAddress.objects.filter(user=person.user, verified=True)
        proved = {person.user.email.lower(), *(row.email.lower() for row in verified)}
    open_question = written - proved
    shared = set(open_question) if person.user is not None else _used_by_others(open_question, records)
    names = {name for record in records for name in (record.name, record.name_latin) if name.strip()}
    return Addresses(frozenset(proved | (open_question - shared)), frozenset(shared), tuple(sorted(names)))


def _used_by_others(addresses: set[str], records: list[Participant]) -> set[str]:
    """Those of the addresses that an account or another person's record has, too."""
    if not addresses:
        return set()
    others = Participant.objects.present().exclude(pk__in=[record.pk for record in records])
    used: set[str] = set()
    for rows in (others, User.objects.all(), EmailAddress.objects.all()):
        found = rows.annotate(address=Lower("email")).filter(address__in=addresses)
        used |= set(found.values_list("address", flat=True))
    return used
