"""Two records of one person become one, and back again while that can be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.joining import release
from accounts.models import User
from core import audit
from core.errors import DomainError
from core.personal import Person, holdings
from jobs.services import forget_mails

from ..addresses import addresses_of
from ..models import Merge, Participant
from ..permissions import can_merge
from ..signals import records_changed
from .focal_points import refresh_roles
from .joining import (
    UNDO_DAYS,
    accounts_stand,
    going_back,
    join_accounts,
    lock_accounts,
    part_accounts,
    tell_accounts,
)
from .merge_rules import (
    INTO,
    SOURCE,
    CannotMerge,
    Sentence,
    conflicting,
    consents_taken_back,
    kept_and_closed,
    reconcilers,
    relations,
    require_mergeable,
    settling,
    telling_before_undo,
)
from .merge_traces import around, differences, restore, values_of
from .records import DETAILS, NotYourRecord, forget_participant


class CannotUndo(DomainError):
    """The merge cannot be undone any more."""


# --- Merging --------------------------------------------------------------------------------------


@transaction.atomic
def merge_participants(
    *,
    actor: Any,
    source: Participant,
    into: Participant,
    keep: Mapping[str, str] | None = None,
    account: str = INTO,
    closes: str | None = None,
) -> Participant:
    """Make two records of one person one: everything of ``source`` goes to ``into``, which is returned.

    ``source`` stays, marked as merged, so that old references still read. Empty details of ``into`` are filled;
    what is written there stays, unless ``keep`` says ``{detail: "source"}``. A consent taken back in one record
    after it was given in the other stays taken back. Where both have an account, that of the record ``account`` names
    goes on, and the other is closed (``joining``). ``undo_merge`` takes the merge back for ``UNDO_DAYS`` days.
    ``closes``: the number of the account that the page said will be closed, or nothing; another is not closed.
    Raises ``NotYourRecord`` or ``CannotMerge``.
    """
    for holding in holdings():
        if holding.lock is not None:
            holding.lock(Person(participant=source), Person(participant=into))
    source, into = _lock(source.pk, into.pk)
    require_mergeable(actor, source, into, account)
    both = kept_and_closed(source, into, account)
    if closes is not None and closes != (str(both[1].pk) if both else ""):
        raise CannotMerge(_("One of the records has an account by now. Please look again."))
    moving = source.user
    taken_back = _take_back_consents(source, into)
    counts, moved, reconciled = _move(source, into)
    reconciled += taken_back
    source.user, source.merged_into = None, into
    source.save(update_fields=["user", "merged_into"])
    written = _write(source, into, keep or {})
    own = into.user_id
    if both is not None:
        into.user = both[0]
    elif moving is not None:
        into.user = moving
    into.save()
    changes = {"account": moving.pk if moving else None, "details": written, "moved": moved, "reconciled": reconciled}
    if both is not None:
        changes["accounts"] = join_accounts(*both) | {"source": moving.pk if moving else None, "into": own}
    merge = Merge.objects.create(source=source, into=into, merged_by=actor, changes=changes)
    said = {"source": source.pk, "moved": counts, "filled": sorted(written)}
    if both is not None:
        said |= {"account_kept": both[0].pk, "account_closed": both[1].pk}
        tell_accounts(merge, *both)
    audit.record(actor=actor, action="participants.merge", obj=into, **said)
    for user in (moving, *(both or ())):
        forget_participant(user)
    refresh_roles(into)
    transaction.on_commit(partial(records_changed.send, sender=Merge, participants=[into]))
    return into


def _lock(source: int, into: int) -> tuple[Participant, Participant]:
    """Lock both records, then both accounts, each in the order of their numbers: two merges wait for each other.

    A merge has locked the cohorts before: whoever gives a place locks the cohort first, and then the record.
    """
    rows = Participant.objects.select_for_update().filter(pk__in=[source, into]).order_by("pk")
    found = {row.pk: row for row in rows}
    lock_accounts(*found.values())
    return found[source], found[into]


def _write(source: Participant, into: Participant, keep: Mapping[str, str]) -> dict[str, list[Any]]:
    """Write the details that stay into ``into``; return ``{column: [before, after]}`` of those that changed."""
    written = {}
    for name in DETAILS:
        stays = keep.get(name, INTO) if getattr(into, name) else SOURCE
        if stays == SOURCE and getattr(source, name) and getattr(source, name) != getattr(into, name):
            column = Participant._meta.get_field(name).attname  # type: ignore[union-attr]
            written[column] = [getattr(into, column), getattr(source, column)]
            setattr(into, name, getattr(source, name))
    return written


def _take_back_consents(source: Participant, into: Participant) -> list[Any]:
    """Let a consent that was taken back later stay taken back; return what undoing needs."""
    changes = []
    for consent, later in consents_taken_back(source, into):
        before = around(consent)
        consent.withdrawn_at = later.withdrawn_at
        consent.save(update_fields=["withdrawn_at"])
        changes += differences(before)
    return changes


def _move(source: Participant, into: Participant) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Move every row that points to ``source``; return counts for the audit entry, and what undoing needs."""
    counts: dict[str, dict[str, int]] = {}
    moved: list[Any] = []
    reconciled: list[Any] = []
    for kind, field in relations():
        label = kind._meta.label_lower
        keys = []
        for row in kind._default_manager.filter(**{field: source}).order_by("pk"):
            try:
                with transaction.atomic():
                    kind._default_manager.filter(pk=row.pk).update(**{field: into})
                keys.append(row.pk)
                outcome = "moved"
            except IntegrityError:
                kept = conflicting(row, field, into)
                told = reconcilers.get(label)
                outcome = "left"
                if kept is not None and told is not None:
                    before = around(kept) | around(row)
                    told.reconcile(kept, row)
                    reconciled += differences(before)
                    outcome = "reconciled"
            tally = counts.setdefault(label, {})
            tally[outcome] = tally.get(outcome, 0) + 1
        if keys:
            moved.append([label, field, keys])
    for found, settle in settling:
        for row in list(found(into)):
            before = around(row)
            settle(row)
            reconciled += differences(before)
    return counts, moved, reconciled


# --- Undoing --------------------------------------------------------------------------------------


def why_not_undo(actor: Any, merge: Merge) -> str:
    """Return why a merge cannot be undone by somebody, or an empty string."""
    if merge.undone_at:
        return _("This merge was undone.")
    if not merge.changes or merge.merged_at < timezone.now() - timedelta(days=UNDO_DAYS):
        return _("A merge can be undone for %(days)d days. After that it stays.") % {"days": UNDO_DAYS}
    if merge.source.merged_into_id != merge.into_id or merge.into.merged_into_id:
        return _("The record was merged again since. Undo the later merge first.")
    if "accounts" in merge.changes and not accounts_stand(merge.changes["accounts"], merge.into):
        return _("One of the two accounts is gone, or belongs to another record by now.")
    if actor is not None and not can_merge(actor, merge.into):
        return str(NotYourRecord())
    if actor is not None and merge.into.user_id == actor.pk:
        return _("This is your own record. Ask another organiser.")
    return ""


def before_undo(merge: Merge) -> list[Sentence]:
    """Return what an organiser is told before a merge is undone, by the rooms whose rows come back. Changes nothing."""
    back: dict[str, list[tuple[Any, Mapping[str, Any]]]] = {}
    for label, pk, before, after in merge.changes.get("reconciled", []):
        row = apps.get_model(label)._default_manager.filter(pk=pk).first()
        if row is not None and after is not None:
            now = values_of(row)
            values = {name: value for name, value in before.items() if now[name] == after[name]}
            back.setdefault(label, []).append((row, values))
    told = [(reconcilers[label], rows) for label, rows in back.items() if label in reconcilers]
    said = [sentence for one, rows in told if one.comes_back for sentence in one.comes_back(rows)]
    if "accounts" in merge.changes:
        closed = User.objects.get(pk=merge.changes["accounts"]["closed"])
        words = _("The account %(address)s is opened again, with what had been learned with it until the merge.")
        said.insert(0, Sentence(words % {"address": closed.email}))
        said += going_back(merge)
        said += [sentence for tell in telling_before_undo for sentence in tell(merge)]
    return said


@transaction.atomic
def undo_merge(*, actor: Any, merge: Merge) -> Participant:
    """Take a merge back and return the record that is on its own again.

    What came since stays with the record that was kept; a detail or row changed since keeps its newer value. A place
    that the merge freed may be taken by now: nobody loses theirs, the cohort or workshop has one more than its places
    (``before_undo`` says so first). Raises ``CannotUndo`` with the reason.
    """
    merge = Merge.objects.select_for_update(of=("self",)).select_related("source", "into").get(pk=merge.pk)
    merge.source, merge.into = _lock(merge.source_id, merge.into_id)
    if reason := why_not_undo(actor, merge):
        raise CannotUndo(reason)
    source, into, changes = merge.source, merge.into, merge.changes
    for column, (before, after) in changes["details"].items():
        if getattr(into, column) == after:
            setattr(into, column, before)
    accounts = changes.get("accounts")
    if accounts is not None:
        account, into.user_id = accounts["source"], accounts["into"]
        part_accounts(accounts)
    else:
        account = changes["account"] if into.user_id and into.user_id == changes["account"] else None
        if account:
            into.user = None
    into.save()
    source.merged_into, source.user_id = None, account
    source.save()
    for label, field, keys in changes["moved"]:
        rows = apps.get_model(label)._default_manager.filter(pk__in=keys, **{field: into})
        rows.update(**{field: source})
    for label, pk, before, after in reversed(changes["reconciled"]):
        restore(apps.get_model(label), pk, before, after)
    merge.undone_at, merge.undone_by, merge.changes = timezone.now(), actor, {}
    merge.save(update_fields=["undone_at", "undone_by", "changes"])
    audit.record(actor=actor, action="participants.undo_merge", obj=into, source=source.pk)
    if accounts is not None:
        users = User.objects.in_bulk([accounts["kept"], accounts["closed"]])
        tell_accounts(merge, users[accounts["kept"]], users[accounts["closed"]], parted=True)
    confirmed = source.designations.filter(confirmed_at__isnull=False, country__isnull=False)
    refresh_roles(source)
    refresh_roles(into, also=list(confirmed.values_list("country_id", flat=True)))
    forget_participant(source.user)
    transaction.on_commit(partial(records_changed.send, sender=Merge, participants=[source, into]))
    return source


@transaction.atomic
def forget_merges(before: datetime) -> int:
    """Empty what undoing would need in merges older than a moment; returns how many.

    An account that was closed by one of them cannot be opened any more, and lets go of its addresses. The mails to
    them go first: nothing would lead to these later, if the person asks to be forgotten.
    """
    due = Merge.objects.select_for_update(of=("self",)).filter(merged_at__lt=before).exclude(changes={})
    for merge in due.filter(changes__has_key="accounts").order_by("pk"):
        for closed in User.objects.select_for_update().filter(pk=merge.changes["accounts"]["closed"]):
            forget_mails(addresses_of(Person(user=closed), []).own)
            release(closed)
    return Merge.objects.filter(merged_at__lt=before).exclude(changes={}).update(changes={})
