"""What may be merged, what moves with a merge, and what happens where both records have something of one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.joining import why_not_join
from accounts.models import User
from core.errors import DomainError

from ..models import Consent, Participant
from ..permissions import can_merge
from .records import NotYourRecord

SOURCE, INTO = "source", "into"
ABOUT_TWO_RECORDS = {"participants.merge", "participants.toldapart"}
"""Models about two records, which a merge leaves as they are."""


class CannotMerge(DomainError):
    """The two records cannot become one."""


@dataclass(frozen=True)
class Conflict:
    """Something that both records have and of which one stays: what it is, in either record, and what will be."""

    kind: str
    source: str
    into: str
    stays: str


@dataclass(frozen=True)
class Sentence:
    """What an organiser reads before a merge is undone; a warning where there will be more people than places."""

    text: str
    warning: bool = False


OWN_STAYS = gettext_lazy("What the record that stays has, stays.")


@dataclass(frozen=True)
class Reconciler:
    """What happens to two rows of which there can be only one, and how people are told before."""

    reconcile: Callable[[Any, Any], None]
    stays: Any
    tell: Callable[[Any, Any], Conflict] | None = None
    inside: Callable[[Any, Any], list[Conflict]] | None = None
    comes_back: Callable[[list[tuple[Any, Mapping[str, Any]]]], list[Sentence]] | None = None


# Higher rooms say what happens when both records have a row of which there can be only one.
reconcilers: dict[str, Reconciler] = {}


def register_reconciler(
    label: str,
    reconcile: Callable[[Any, Any], None],
    *,
    stays: Any = OWN_STAYS,
    tell: Callable[[Any, Any], Conflict] | None = None,
    inside: Callable[[Any, Any], list[Conflict]] | None = None,
    comes_back: Callable[[list[tuple[Any, Mapping[str, Any]]]], list[Sentence]] | None = None,
) -> None:
    """Register ``reconcile(kept, other)`` for a model (``"catalogue.Enrolment"``) with one row per participant.

    Called in the transaction of a merge when both records have such a row: bring what matters of
    ``other`` into ``kept``, and put ``other`` out of use or delete it. Without one, ``other`` stays
    with the merged record. What it changes in the two rows, and in rows that point to them, is noted and can be undone.
    ``stays`` (lazy text) says in the preview what will be, or ``tell(kept, other)`` where that depends on the two rows;
    ``inside(kept, other)`` names what both rows hold twice;
    ``comes_back([(row, values), ...])`` returns sentences to say before an undo gives these rows these values again.
    """
    reconcilers[label.lower()] = Reconciler(reconcile, stays, tell, inside, comes_back)


Settle = tuple[Callable[[Participant], Iterable[models.Model]], Callable[[Any], None]]
settling: list[Settle] = []


def register_settling(found: Callable[[Participant], Iterable[models.Model]], settle: Callable[[Any], None]) -> None:
    """Register what is put right when everything has moved to one record.

    ``found(participant)`` returns the rows that do not go together any more, though each could move; ``settle(row)`` is
    called for each in the transaction of the merge. What it changes in the row is noted and can be undone.
    """
    if (found, settle) not in settling:
        settling.append((found, settle))


telling_before_undo: list[Callable[[Any], Iterable[Sentence]]] = []


def register_before_undo(tell: Callable[[Any], Iterable[Sentence]]) -> None:
    """Register ``tell(merge)``: what a room says before two records with an account each are two again."""
    if tell not in telling_before_undo:
        telling_before_undo.append(tell)


def relations() -> list[tuple[type[models.Model], str]]:
    """Every model and field that points to a participant and moves with a merge."""
    return [pair for pair in pointing(Participant) if pair[0]._meta.label_lower not in ABOUT_TWO_RECORDS]


def pointing(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """Return every model and field that points to a model, also those without a name for the way back."""
    return [
        (relation.related_model, relation.field.name)
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel) and isinstance(relation.field, models.ForeignKey)
    ]  # type: ignore[misc]


def unique_constraints(kind: type[models.Model], field: str) -> list[models.UniqueConstraint]:
    """Return the constraints by which there can be only one row for a person."""
    found = kind._meta.constraints
    return [one for one in found if isinstance(one, models.UniqueConstraint) and field in one.fields]


def require_mergeable(actor: Any, source: Participant, into: Participant, account: str = INTO) -> None:
    """Return if the actor (``None``: the system) may make two records one. ``account``: whose account goes on.

    Raises ``CannotMerge`` with the reason, or ``NotYourRecord`` for who may not merge these at all.
    """
    if source.pk == into.pk:
        raise CannotMerge(_("Choose two different records."))
    if source.merged_into_id or into.merged_into_id:
        raise CannotMerge(_("One of these records is already merged into another."))
    if actor is not None and not (can_merge(actor, source) and can_merge(actor, into)):
        raise NotYourRecord
    if actor is not None and actor.pk in (source.user_id, into.user_id):
        raise CannotMerge(_("You cannot merge your own record. Ask another organiser."))
    both = kept_and_closed(source, into, account)
    if both is not None and (why := why_not_join(*both)):
        raise CannotMerge(why)


def kept_and_closed(source: Participant, into: Participant, account: str) -> tuple[User, User] | None:
    """Return the account that goes on and the one that is closed, where both records have one."""
    if source.user is None or into.user is None:
        return None
    return (source.user, into.user) if account == SOURCE else (into.user, source.user)


def why_not_merge(actor: Any, source: Participant, into: Participant, account: str = INTO) -> str:
    """Return why somebody cannot make two records one, or an empty string."""
    try:
        require_mergeable(actor, source, into, account)
    except DomainError as error:
        return str(error)
    return ""


def consents_taken_back(source: Participant, into: Participant) -> list[tuple[Consent, Consent]]:
    """Return ``(consent that stands, the later taking back)``: somebody said no after they had said yes elsewhere.

    A person takes a consent back for themselves, not for one of their records.
    """
    rows = list(Consent.objects.filter(participant__in=[source, into]).order_by("pk"))
    found = []
    for row in rows:
        later = [
            one
            for one in rows
            if one.purpose == row.purpose and one.withdrawn_at is not None and one.withdrawn_at > row.given_at
        ]
        if row.withdrawn_at is None and later:
            found.append((row, max(later, key=lambda one: (one.withdrawn_at, one.pk))))
    return found


def conflicting(row: models.Model, field: str, into: Participant) -> models.Model | None:
    """Return the row of ``into`` that stands in the way of moving ``row`` to it."""
    kind = type(row)
    for constraint in unique_constraints(kind, field):
        same = {name: getattr(row, name) for name in constraint.fields if name != field}
        found = kind._default_manager.filter(**same, **{field: into})
        if constraint.condition is not None:
            found = found.filter(constraint.condition)
        if other := found.first():
            return other
    return None
