"""Records that may be of one person: suggested, and told apart for good where they are two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from core import audit

from ..doubles import Known, Pair, pairs
from ..models import Participant, ToldApart
from ..permissions import can_merge
from .records import NotYourRecord

COLUMNS = ("pk", "name", "name_latin", "email", "user__email", "country", "organisation")
KEYS = ("name_key", "name_ends", "latin_key", "latin_ends")


def suggested_doubles(*, actor: Any) -> list[Pair]:
    """Return the pairs to look at, the likeliest first, without those told apart. Two queries.

    Whoever does not see all people gets none, and nobody decides about their own record.
    """
    people = Participant.objects.visible_to(actor).present().exclude(user=actor).order_by()
    apart = set(ToldApart.objects.visible_to(actor).order_by().values_list("one", "other"))
    rows = list(people.values_list(*COLUMNS, *KEYS).iterator(chunk_size=2000))
    return [pair for pair in pairs(_known(_sharing(rows))) if (pair.one, pair.other) not in apart]


def _sharing(rows: list[Any]) -> Iterator[Any]:
    """Yield the rows that share a key or an address with another: few of many, and only these are worth weighing."""
    seen: set[str] = set()
    shared: set[str] = set()
    told = [_told(row) for row in rows]
    for marks in told:
        shared |= seen & marks
        seen |= marks
    return (row for row, marks in zip(rows, told, strict=True) if not shared.isdisjoint(marks))


def _told(row: Any) -> set[str]:
    email, account, keys = row[3], row[4], row[len(COLUMNS) :]
    return {mark for mark in (email.lower(), (account or "").lower(), *keys) if mark}


def _known(rows: Any) -> Iterator[Known]:
    for pk, name, latin, email, account, country, organisation, *keys in rows:
        yield Known(
            pk,
            tuple(one for one in (name, latin) if one),
            frozenset(key for key in keys if key),
            frozenset(address.lower() for address in (email, account) if address),
            country or "",
            organisation,
        )


@transaction.atomic
def tell_apart(*, actor: Any, one: Participant, other: Participant) -> ToldApart:
    """Remember that two records are of two people. Doing it again changes nothing. Raises ``NotYourRecord``."""
    _require(actor, one, other)
    first, second = sorted((one, other), key=lambda person: person.pk)
    row, made = ToldApart.objects.get_or_create(one=first, other=second, defaults={"by": actor})
    if made:
        audit.record(actor=actor, action="participants.tell_apart", obj=first, other=second.pk)
    return row


@transaction.atomic
def suggest_again(*, actor: Any, pair: ToldApart) -> None:
    """Forget that two records were told apart: they are suggested again. Raises ``NotYourRecord``."""
    _require(actor, pair.one, pair.other)
    audit.record(actor=actor, action="participants.suggest_again", obj=pair.one, other=pair.other_id)
    pair.delete()


def _require(actor: Any, one: Participant, other: Participant) -> None:
    if one.pk == other.pk or not (can_merge(actor, one) and can_merge(actor, other)):
        raise NotYourRecord
    if actor.pk in (one.user_id, other.user_id):
        raise NotYourRecord
