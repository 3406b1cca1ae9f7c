"""What is held about a person: every room says how it gives it out, how it erases it, and for how long it keeps it.

In a room's ``AppConfig.ready``::

    register_personal_data(
        "enrolments", title=_("Enrolments"), models=["catalogue.Enrolment.participant"],
        acts=["catalogue.CompletionRule.created_by"], export=personal.export, erase=personal.erase,
    )

``models`` names the fields by which rows hang on a person, ``acts`` those that only say who did something: the
latter are emptied by the database when an account goes. A test walks every model and fails on a link to an account
or a participant that no room has named. Rooms are asked in the order in which they registered, which is that of
``INSTALLED_APPS``, highest first: the account is erased last.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst

from .models import AuditEntry


@dataclass(frozen=True)
class Person:
    """Whose data is meant: an account, a record of a participant, or both.

    ``pseudonym`` takes the place of the account's key in what is kept without a person, so that nothing leads back.
    ``options`` are the person's own choices for the erasure.
    """

    user: Any = None
    participant: Any = None
    options: frozenset[str] = frozenset()
    pseudonym: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Fact:
    """One value about a person: a stable key and a plain value for machines, a label and words for people."""

    key: str
    label: str
    value: Any
    shown: str


Record = list[Fact]
Export = Callable[[Person], Iterable[Record]]
Erase = Callable[[Person], int]
Lock = Callable[..., object]
Files = Callable[[Person], Iterable[tuple[str, Any]]]


@dataclass(frozen=True)
class Holding:
    """What one room holds of people."""

    name: str
    title: str | Promise
    models: tuple[str, ...]
    acts: tuple[str, ...]
    export: Export
    erase: Erase
    files: Files | None = None
    lock: Lock | None = None


_holdings: dict[str, Holding] = {}


def register_personal_data(
    name: str,
    *,
    title: str | Promise,
    export: Export,
    erase: Erase,
    models: Sequence[str] = (),
    acts: Sequence[str] = (),
    files: Files | None = None,
    lock: Lock | None = None,
) -> None:
    """Register what a room holds of people, under a name; registering again replaces.

    ``export(person)`` yields records, each a list of ``Fact``; ``erase(person)`` deletes or anonymises in the
    caller's transaction and returns how many rows it touched; ``files(person)`` yields ``(name, open file)`` for the
    archive. All are called for people with only an account or only a participant's record, too. ``lock(*people)`` locks
    rows that others lock before a person's record; it is called before an erasure or a merge locks records.
    """
    _holdings[name] = Holding(name, title, tuple(models), tuple(acts), export, erase, files, lock)


def holdings() -> list[Holding]:
    """Return what is registered, in the order in which the rooms are asked."""
    return list(_holdings.values())


# --- Facts --------------------------------------------------------------------------------------


def fact(key: str, label: Any, value: Any, shown: Any = None) -> Fact:
    """Make a fact; without ``shown`` the value is put into words by its type."""
    return Fact(key, str(label), plain(value), words(value) if shown is None else str(shown))


def fields_of(obj: models.Model, *names: str) -> Record:
    """Return facts of an object's fields: labels and choices in the active language."""
    record = []
    for name in names:
        column = obj._meta.get_field(name)
        value = getattr(obj, name)
        shown = getattr(obj, f"get_{name}_display")() if getattr(column, "choices", None) else None
        label = getattr(column, "verbose_name", name)
        record.append(fact(name, capfirst(str(label)), value, shown))
    return record


def plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    return str(value)


def words(value: Any) -> str:
    """Return a value as people read it, in the active language and time zone."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, (list, tuple, set)):
        return ", ".join(words(inner) for inner in value)
    return str(value)


FREE_WORDS = ("reason", "why")
"""Under these names the data of an audit entry holds what somebody wrote, which may be about a person."""


def forget_labels(model: type[models.Model], ids: Iterable[Any]) -> int:
    """Empty the name of these objects in the audit trail, and reasons given: what happened stays, of whom goes."""
    rows = AuditEntry.objects.filter(object_type=model._meta.label_lower, object_id__in=[str(pk) for pk in ids])
    for entry in rows.filter(data__has_any_keys=list(FREE_WORDS)):
        rest = {key: value for key, value in entry.data.items() if key not in FREE_WORDS}
        AuditEntry.objects.filter(pk=entry.pk).update(data=rest)
    return rows.exclude(object_label="").update(object_label="")


# --- Retention ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Retention:
    """For how long one kind of record is kept. ``due(before)`` is the queryset of what has been kept long enough."""

    kind: str
    title: str | Promise
    default_days: int
    due: Callable[[datetime], models.QuerySet]
    purge: Callable[[models.QuerySet], int]

    @property
    def days(self) -> int:
        """Days kept, from ``settings.CAMPUS_RETENTION`` or the room's default; 0 keeps for ever."""
        return int(settings.CAMPUS_RETENTION.get(self.kind, self.default_days))

    def overdue(self, now: datetime) -> models.QuerySet | None:
        """Return what is due to go at ``now``; ``None`` where the kind is kept for ever."""
        return self.due(now - timedelta(days=self.days)) if self.days > 0 else None


_retentions: dict[str, Retention] = {}


def delete_rows(rows: models.QuerySet) -> int:
    """Delete the rows of a queryset and return how many of them there were."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


def register_retention(
    kind: str,
    *,
    title: str | Promise,
    default_days: int,
    due: Callable[[datetime], models.QuerySet],
    purge: Callable[[models.QuerySet], int] = delete_rows,
) -> None:
    """Register for how long a kind of record is kept.

    ``due(before)`` returns the rows that are over since ``before``; ``purge(rows)`` takes a piece of them (a queryset
    by primary keys) and returns how many it dealt with. The scheduler purges once a night, in pieces.
    """
    _retentions[kind] = Retention(kind, title, default_days, due, purge)


def retentions() -> list[Retention]:
    """Return what is registered, by kind."""
    return [_retentions[kind] for kind in sorted(_retentions)]
