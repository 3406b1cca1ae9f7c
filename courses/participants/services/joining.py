"""Two records of one person, each with an account: one account goes on, the other is closed, and both come back.

What moves and how is said by the rooms (``accounts.joining``). Here it is done, noted and told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts import joining
from accounts.joining import Twice, belongings
from accounts.models import User
from jobs.services import queue_mail

from ..models import Merge, Participant
from .merge_rules import Sentence, pointing
from .merge_traces import Values, differences, restore, restore_whole, values_of

UNDO_DAYS = 30


@dataclass(frozen=True)
class AccountsPreview:
    """Two accounts side by side, what moves to the one that is kept, and what both have."""

    kept: User
    closed: User
    facts: list[tuple[str, str, str]]
    moved: list[tuple[str, int]]
    twice: list[Twice]


def preview_accounts(kept: User, closed: User) -> AccountsPreview:
    """Return what joining two accounts would do. Changes nothing."""
    protected = [_("yes") if joining.has_second_factor(user) else _("no") for user in (closed, kept)]
    facts = [
        (_("Address to sign in with"), closed.email, kept.email),
        (_("Account since"), _day(closed.date_joined), _day(kept.date_joined)),
        (_("Last sign-in"), _day(closed.last_login), _day(kept.last_login)),
        (_("Second factor"), protected[0], protected[1]),
    ]
    moved, twice = [], []
    for kind in belongings():
        theirs = kind.of(closed).count()
        facts.append((str(kind.title), str(theirs), str(kind.of(kept).count())))
        both = kind.twice(kept, closed)
        if count := theirs - sum(not one.moves for one in both):
            moved.append((str(kind.title), count))
        twice += both
    return AccountsPreview(kept, closed, facts, moved, twice)


def _day(moment: Any) -> str:
    return date_format(localtime(moment)) if moment else ""


def join_accounts(kept: User, closed: User) -> dict[str, Any]:
    """Close one account and let what was learned with it go to the other; return what undoing needs.

    Inside the transaction of a merge, with both accounts locked. Of a row that moves and to which no other points all
    columns are noted (``whole``): there can be another with the same values.
    """
    theirs, mine = _locked(closed), _locked(kept)
    for kind in belongings():
        kind.join(kept, closed)
    was = joining.close(closed=closed, kept=kept)
    whole = {kind.label for kind in belongings() if not pointing(apps.get_model(kind.label))}
    notes: dict[str, list[Any]] = {"whole": [], "moved": [], "rows": differences(mine)}
    for change in differences(theirs, whole=whole):
        label, *_rest, after = change
        notes["rows" if after is None else "whole" if label in whole else "moved"].append(change)
    return {"kept": kept.pk, "closed": closed.pk, "was": was, **notes}


def _locked(user: User) -> Values:
    """Return the values of an account's rows, locked: nobody writes into them between this and what is done here."""
    return {
        (kind.label, row.pk): values_of(row)
        for kind in belongings()
        for row in kind.of(user).select_for_update(of=("self",))
    }


def part_accounts(changes: Mapping[str, Any]) -> None:
    """Give an account back what ``join_accounts`` took, and open it again. Inside the transaction of an undo.

    What moved goes first: its places are free then. What the kept account has written since into a row that moved stays
    with it, and the other gets a row as it had it; an attempt, with all its answers, goes back as it is
    (``going_back`` says so before).
    """
    closed = User.objects.select_for_update(no_key=True).get(pk=changes["closed"])
    for label, pk, before, after in changes["whole"]:
        restore_whole(apps.get_model(label), pk, before, after)
    for label, pk, before, after in [*changes["moved"], *changes["rows"]]:
        restore(apps.get_model(label), pk, before, after)
    joining.reopen(closed=closed, was=changes["was"])


def going_back(merge: Merge) -> list[Sentence]:
    """Return what the rooms say of rows that go back though something came into them since the merge."""
    said: list[Sentence] = []
    for kind in belongings():
        if kind.goes_back is not None:
            keys = [pk for label, pk, *_values in merge.changes["accounts"]["moved"] if label == kind.label]
            said += [Sentence(text) for text in kind.goes_back(keys, merge.merged_at)]
    return said


def lock_accounts(*people: Participant) -> None:
    """Lock the accounts of these records, in the order of their numbers: two merges of one account wait.

    Not their keys: else somebody who is just handing in, whose answers name the account, and this wait for each other.
    """
    ids = [person.user_id for person in people if person.user_id]
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    users = {user.pk: user for user in locked}
    for person in people:
        if person.user_id:
            person.user = users[person.user_id]


def accounts_stand(changes: Mapping[str, Any], into: Participant) -> bool:
    """Whether the accounts of a merge are as it left them: the record has the one that was kept, none the other."""
    kept, closed = changes["kept"], changes["closed"]
    joined = User.objects.filter(pk=closed, joined_to=kept).exists()
    return joined and into.user_id == kept and not Participant.objects.filter(user=closed).exists()


def tell_accounts(merge: Merge, kept: User, closed: User, *, parted: bool = False) -> None:
    """Write to the person at both addresses, each in the account's language, what became of the accounts.

    The other account's address is only hinted at: should they be two people, neither learns where the other reads mail.
    """
    act = "parted" if parted else "joined"
    for user in (kept, closed):
        queue_mail(
            key=f"accounts-{act}:{merge.pk}:{user.pk}",
            to=user.email,
            template=f"participants/mail/accounts_{act}",
            context={
                "name": str(user),
                "kept": kept.email if user == kept else joining.hint_of(kept.email),
                "closed": closed.email if user == closed else joining.hint_of(closed.email),
                "until": merge.merged_at + timedelta(days=UNDO_DAYS),
            },
            language=user.language or settings.LANGUAGE_CODE,
        )
