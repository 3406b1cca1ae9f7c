"""Two records of one person become one, and back again while that can be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError

from ..models import Merge, Participant
from ..permissions import can_merge
from .focal_points import refresh_roles
from .merge_preview import INTO, SOURCE
from .merge_rules import (
    Sentence,
    conflicting,
    consents_taken_back,
    pointing,
    reconcilers,
    relations,
    require_mergeable,
    settling,
)
from .records import DETAILS, NotYourRecord, forget_participant

UNDO_DAYS = 30


class CannotUndo(DomainError):
    """The merge cannot be undone any more."""


# --- Merging --------------------------------------------------------------------------------------


@transaction.atomic
def merge_participants(
    *, actor: Any, source: Participant, into: Participant, keep: Mapping[str, str] | None = None
) -> Participant:
    """Make two records of one person one: everything of ``source`` goes to ``into``, which is returned.

    ``source`` stays, marked as merged, so that old references still read. Empty details of ``into`` are filled;
    what is written there stays, unless ``keep`` says ``{detail: "source"}``. A consent taken back in one record
    after it was given in the other stays taken back. ``undo_merge`` takes the merge back for ``UNDO_DAYS`` days.
    Raises ``NotYourRecord`` or ``CannotMerge``.
    """
    rows = {row.pk: row for row in Participant.objects.select_for_update().filter(pk__in=[source.pk, into.pk])}
    source, into = rows[source.pk], rows[into.pk]
    require_mergeable(actor, source, into)
    account = source.user
    taken_back = _take_back_consents(source, into)
    counts, moved, reconciled = _move(source, into)
    reconciled += taken_back
    source.user, source.merged_into = None, into
    source.save(update_fields=["user", "merged_into"])
    written = _write(source, into, keep or {})
    if account is not None:
        into.user = account
    into.save()
    forget_participant(account)
    changes = {"account": account.pk if account else None, "details": written, "moved": moved, "reconciled": reconciled}
    Merge.objects.create(source=source, into=into, merged_by=actor, changes=changes)
    filled = sorted(written)
    audit.record(actor=actor, action="participants.merge", obj=into, source=source.pk, moved=counts, filled=filled)
    refresh_roles(into)
    return into


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
        before = _around(consent)
        consent.withdrawn_at = later.withdrawn_at
        consent.save(update_fields=["withdrawn_at"])
        changes += _differences(before)
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
                    before = _around(kept) | _around(row)
                    told.reconcile(kept, row)
                    reconciled += _differences(before)
                    outcome = "reconciled"
            tally = counts.setdefault(label, {})
            tally[outcome] = tally.get(outcome, 0) + 1
        if keys:
            moved.append([label, field, keys])
    for found, settle in settling:
        for row in list(found(into)):
            before = _around(row)
            settle(row)
            reconciled += _differences(before)
    return counts, moved, reconciled


# --- What undoing needs ---------------------------------------------------------------------------


def _values(row: models.Model) -> dict[str, Any]:
    """Return a row's columns as JSON keeps them."""
    found = {}
    for column in row._meta.concrete_fields:
        value = column.value_from_object(row)
        found[column.attname] = None if value is None else column.value_to_string(row)
    return found


def _around(row: models.Model) -> dict[tuple[str, Any], dict[str, Any]]:
    """Return the values of a row and of the rows that point to it, freshly read."""
    found = {}
    for kind, field in pointing(type(row)):
        for other in kind._default_manager.filter(**{field: row.pk}):
            found[kind._meta.label_lower, other.pk] = _values(other)
    fresh = type(row)._default_manager.get(pk=row.pk)
    found[row._meta.label_lower, row.pk] = _values(fresh)
    return found


def _differences(before: dict[tuple[str, Any], dict[str, Any]]) -> list[Any]:
    """Return ``[label, key, {column: [before, after]}]`` of rows that changed; ``after`` ``None`` for one deleted."""
    changes = []
    for (label, pk), old in before.items():
        row = apps.get_model(label)._default_manager.filter(pk=pk).first()
        if row is None:
            changes.append([label, pk, old, None])
            continue
        new = _values(row)
        columns = [column for column, value in old.items() if new[column] != value]
        if columns:
            changes.append([label, pk, {c: old[c] for c in columns}, {c: new[c] for c in columns}])
    return changes


# --- Undoing --------------------------------------------------------------------------------------


def why_not_undo(actor: Any, merge: Merge) -> str:
    """Return why a merge cannot be undone by somebody, or an empty string."""
    if merge.undone_at:
        return _("This merge was undone.")
    if not merge.changes or merge.merged_at < timezone.now() - timedelta(days=UNDO_DAYS):
        return _("A merge can be undone for %(days)d days. After that it stays.") % {"days": UNDO_DAYS}
    if merge.source.merged_into_id != merge.into_id or merge.into.merged_into_id:
        return _("The record was merged again since. Undo the later merge first.")
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
            now = _values(row)
            values = {name: value for name, value in before.items() if now[name] == after[name]}
            back.setdefault(label, []).append((row, values))
    told = [(reconcilers[label], rows) for label, rows in back.items() if label in reconcilers]
    return [sentence for one, rows in told if one.comes_back for sentence in one.comes_back(rows)]


@transaction.atomic
def undo_merge(*, actor: Any, merge: Merge) -> Participant:
    """Take a merge back and return the record that is on its own again.

    What came since stays with the record that was kept; a detail or row changed since keeps its newer value. A place
    that the merge freed may be taken by now: nobody loses theirs, the cohort or workshop has one more than its places
    (``before_undo`` says so first). Raises ``CannotUndo`` with the reason.
    """
    merge = Merge.objects.select_for_update(of=("self",)).select_related("source", "into").get(pk=merge.pk)
    people = {p.pk: p for p in Participant.objects.select_for_update().filter(pk__in=[merge.source_id, merge.into_id])}
    merge.source, merge.into = people[merge.source_id], people[merge.into_id]
    if reason := why_not_undo(actor, merge):
        raise CannotUndo(reason)
    source, into, changes = merge.source, merge.into, merge.changes
    for column, (before, after) in changes["details"].items():
        if getattr(into, column) == after:
            setattr(into, column, before)
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
        _restore(apps.get_model(label), pk, before, after)
    merge.undone_at, merge.undone_by, merge.changes = timezone.now(), actor, {}
    merge.save(update_fields=["undone_at", "undone_by", "changes"])
    audit.record(actor=actor, action="participants.undo_merge", obj=into, source=source.pk)
    confirmed = source.designations.filter(confirmed_at__isnull=False, country__isnull=False)
    refresh_roles(source)
    refresh_roles(into, also=list(confirmed.values_list("country_id", flat=True)))
    forget_participant(source.user)
    return source


def _restore(kind: type[models.Model], pk: Any, before: dict[str, Any], after: dict[str, Any] | None) -> None:
    """Give a row the values it had, where it still has those that the merge gave it; make it again if it is gone."""
    columns = {column.attname: column for column in kind._meta.concrete_fields}

    def value(name: str) -> Any:
        return None if before[name] is None else columns[name].to_python(before[name])

    if after is None:
        if not kind._default_manager.filter(pk=pk).exists():
            kind._default_manager.bulk_create([kind(**{name: value(name) for name in before})])
            kind._default_manager.filter(pk=pk).update(**{name: value(name) for name in before})  # and its own times
        return
    row = kind._default_manager.filter(pk=pk).first()
    if row is None:
        return
    now = _values(row)
    restored = {name: value(name) for name in before if now[name] == after[name]}
    if restored:
        kind._default_manager.filter(pk=pk).update(**restored)


def forget_merges(before: datetime) -> int:
    """Empty what undoing would need in merges older than a moment; returns how many."""
    return Merge.objects.filter(merged_at__lt=before).exclude(changes={}).update(changes={})
