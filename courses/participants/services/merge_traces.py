"""What a merge changed, column by column, and how rows get their values again."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from .merge_rules import pointing

Values = dict[tuple[str, Any], dict[str, Any]]


def values_of(row: models.Model) -> dict[str, Any]:
    """Return a row's columns as JSON keeps them."""
    found = {}
    for column in row._meta.concrete_fields:
        value = column.value_from_object(row)
        found[column.attname] = None if value is None else column.value_to_string(row)
    return found


def around(row: models.Model) -> Values:
    """Return the values of a row and of the rows that point to it, freshly read."""
    found = {}
    for kind, field in pointing(type(row)):
        for other in kind._default_manager.filter(**{field: row.pk}):
            found[kind._meta.label_lower, other.pk] = values_of(other)
    fresh = type(row)._default_manager.get(pk=row.pk)
    found[row._meta.label_lower, row.pk] = values_of(fresh)
    return found


def differences(before: Values) -> list[Any]:
    """Return ``[label, key, {column: [before, after]}]`` of rows that changed; ``after`` ``None`` for one deleted."""
    changes = []
    for (label, pk), old in before.items():
        row = apps.get_model(label)._default_manager.filter(pk=pk).first()
        if row is None:
            changes.append([label, pk, old, None])
            continue
        new = values_of(row)
        columns = [column for column, value in old.items() if new[column] != value]
        if columns:
            changes.append([label, pk, {c: old[c] for c in columns}, {c: new[c] for c in columns}])
    return changes


def restore(kind: type[models.Model], pk: Any, before: dict[str, Any], after: dict[str, Any] | None) -> None:
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
    now = values_of(row)
    restored = {name: value(name) for name in before if now[name] == after[name]}
    if restored:
        kind._default_manager.filter(pk=pk).update(**restored)
