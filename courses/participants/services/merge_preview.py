"""Two records side by side, before they become one. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..models import Participant
from .joining import AccountsPreview, preview_accounts
from .merge_rules import (
    INTO,
    OWN_STAYS,
    SOURCE,
    Conflict,
    consents_taken_back,
    kept_and_closed,
    reconcilers,
    relations,
    unique_constraints,
    why_not_merge,
)
from .records import DETAILS


@dataclass(frozen=True)
class Choice:
    """One detail as both records have it, and which value stays unless somebody says otherwise."""

    name: str
    label: str
    source: str
    into: str
    stays: str

    @property
    def differs(self) -> bool:
        return self.source != self.into


@dataclass(frozen=True)
class Preview:
    """What a merge would do."""

    choices: list[Choice]
    moved: list[tuple[str, int]]
    problem: str
    conflicts: list[Conflict]
    accounts: AccountsPreview | None


def preview_merge(*, actor: Any, source: Participant, into: Participant, account: str = INTO) -> Preview:
    """Return both records side by side and how many rows of each kind would move. Changes nothing.

    ``account``: whose account goes on, where both have one.
    """
    problem = why_not_merge(actor, source, into, account)
    choices = [
        Choice(name, _label(name), _shown(source, name), _shown(into, name), INTO if getattr(into, name) else SOURCE)
        for name in DETAILS
        if getattr(source, name) or getattr(into, name)
    ]
    moved, conflicts = [], []
    for kind, field in relations():
        pairs = _pairs(kind, field, source, into)
        for kept, other in pairs:
            conflicts += _conflicts(kept, other)
        if count := kind._default_manager.filter(**{field: source}).count() - len(pairs):
            moved.append((capfirst(str(kind._meta.verbose_name_plural)), count))
    both = kept_and_closed(source, into, account)
    accounts = preview_accounts(*both) if both is not None else None
    return Preview(choices, moved, problem, conflicts + _consents(source, into), accounts)


def _consents(source: Participant, into: Participant) -> list[Conflict]:
    """Return the consents of one record that were taken back in the other since."""
    found = []
    for consent, later in consents_taken_back(source, into):
        assert later.withdrawn_at
        words = {"purpose": consent.get_purpose_display()}
        given = _("%(purpose)s: given on %(date)s") % {**words, "date": date_format(consent.given_at)}
        ended = _("%(purpose)s: taken back on %(date)s") % {**words, "date": date_format(later.withdrawn_at)}
        sides = {later.participant_id: ended, consent.participant_id: given}
        stays = _("What was taken back stays taken back.")
        found.append(Conflict(_("Consent"), sides.get(source.pk, ""), sides.get(into.pk, ""), stays))
    return found


def _pairs(kind: Any, field: str, source: Participant, into: Participant) -> list[tuple[Any, Any]]:
    """Return ``(row of into, row of source)`` of which there can be only one; a query for each constraint."""
    found: dict[int, tuple[Any, Any]] = {}
    for constraint in unique_constraints(kind, field):
        others = [name for name in constraint.fields if name != field]
        rows = kind._default_manager.filter(**{f"{field}__in": [source.pk, into.pk]})
        if constraint.condition is not None:
            rows = rows.filter(constraint.condition)
        related = [name for name in [field, *others] if kind._meta.get_field(name).is_relation]
        related += [f"{name}__{one.name}" for name in related for one in _foreign_keys(kind, name)]
        mine: dict[tuple[Any, ...], Any] = {}
        theirs: list[tuple[tuple[Any, ...], Any]] = []
        for row in rows.select_related(*related).order_by("pk"):
            key = tuple(getattr(row, kind._meta.get_field(name).attname) for name in others)
            if getattr(row, kind._meta.get_field(field).attname) == into.pk:
                mine[key] = row
            else:
                theirs.append((key, row))
        found |= {row.pk: (mine[key], row) for key, row in theirs if key in mine}
    return list(found.values())


def _foreign_keys(kind: Any, name: str) -> list[models.Field]:
    """Return what a related record needs to say its own name: its session's workshop, its cohort's course."""
    return [one for one in kind._meta.get_field(name).related_model._meta.fields if one.many_to_one and not one.null]


def _conflicts(kept: models.Model, other: models.Model) -> list[Conflict]:
    told = reconcilers.get(kept._meta.label_lower)
    if told and told.tell:
        found = [told.tell(kept, other)]
    else:
        stays = told.stays if told else OWN_STAYS
        found = [Conflict(capfirst(str(kept._meta.verbose_name)), str(other), str(kept), str(stays))]
    return found + (told.inside(kept, other) if told and told.inside else [])


def _label(name: str) -> str:
    return capfirst(str(Participant._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _shown(record: Participant, name: str) -> str:
    display = getattr(record, f"get_{name}_display", None)
    return str((display() if display else getattr(record, name)) or "")
