"""The known people and accounts that rows of a list may be: looked up many rows at a time, weighed by ``matching``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User

from ..matching import Description, Verdict, Weighed, choose, ends_of, key_of, weigh
from ..models import Participant
from .rows import description_of

PERSON, ACCOUNT = "person", "account"
Found = list[tuple[str, Weighed]]


def match_rows(actor: Any, rows: Sequence[dict[str, Any]]) -> list[Found]:
    """Return for each row's details the candidates, the likeliest first. The number of queries is constant.

    A person whom ``actor`` may not see is found by the e-mail address only: a list of names must not tell
    who takes part elsewhere. An account without a record counts when its address is verified.
    """
    emails = {row["email"].lower() for row in rows if row.get("email")}
    keys, ends = set(), set()
    for row in rows:
        for name in (row.get("name", ""), row.get("name_latin", "")):
            if name:
                keys.add(key_of(name))
                ends.add(ends_of(name))
    by_email: dict[str, list[Participant]] = defaultdict(list)
    for person in _with_address(emails):
        for address in {person.email.lower(), person.user.email.lower() if person.user else ""} & emails:
            by_email[address].append(person)
    by_name: dict[str, list[Participant]] = defaultdict(list)
    for person in _with_name(actor, keys, ends):
        for key in {person.name_key, person.latin_key, person.name_ends, person.latin_ends} - {""}:
            by_name[key].append(person)
    accounts = _accounts(emails)
    return [_candidates(row, by_email, by_name, accounts) for row in rows]


def _with_address(emails: set[str]) -> Sequence[Participant]:
    if not emails:
        return []
    present = Participant.objects.present().select_related("user")
    own = present.annotate(address=Lower("email")).filter(address__in=emails)
    return list({person.pk: person for person in [*own, *present.filter(user__email__in=emails)]}.values())


def _with_name(actor: Any, keys: set[str], ends: set[str]) -> Sequence[Participant]:
    present = Participant.objects.present()
    full, short = keys - {""}, ends - {""}
    named = Q(name_key__in=full) | Q(latin_key__in=full) | Q(name_ends__in=short) | Q(latin_ends__in=short)
    ids = list(present.filter(named).values_list("pk", flat=True))
    if not ids:
        return []
    visible = Participant.objects.filter(pk__in=ids)
    if actor is not None:
        visible = visible.visible_to(actor)
    return list(visible.select_related("user"))


def _accounts(emails: set[str]) -> dict[str, User]:
    if not emails:
        return {}
    rows = EmailAddress.objects.annotate(address=Lower("email")).filter(
        Q(address__in=emails), verified=True, user__participant__isnull=True, user__is_active=True
    )
    return {row.email.lower(): row.user for row in rows.select_related("user")}


def describe(person: Participant, asked: str = "") -> Description:
    """Return what matching compares of a record; of two addresses the one asked for."""
    own = {person.email.lower(), person.user.email.lower() if person.user else ""}
    return Description(
        tuple(name for name in (person.name, person.name_latin) if name),
        asked if asked and asked in own else person.email.lower(),
        person.country_id or "",
        person.organisation,
    )


def _candidates(
    row: dict[str, Any],
    by_email: dict[str, list[Participant]],
    by_name: dict[str, list[Participant]],
    accounts: dict[str, User],
) -> Found:
    email = row.get("email", "").lower()
    mine = description_of({**row, "email": email})
    people = {person.pk: person for person in by_email.get(email, [])} if email else {}
    for name in mine.names:
        for key in {key_of(name), ends_of(name)}:
            people |= {person.pk: person for person in by_name.get(key, [])}
    weighed = [(f"{PERSON}:{pk}", weigh(mine, describe(person, email))) for pk, person in people.items()]
    if email in accounts:
        user = accounts[email]
        weighed.append((f"{ACCOUNT}:{user.pk}", weigh(mine, Description((user.name,) if user.name else (), email))))
    return choose(weighed)


def verdict_of(found: Found) -> Verdict:
    """Return the verdict on a row: that of its likeliest candidate."""
    return found[0][1].verdict if found else Verdict.NONE
