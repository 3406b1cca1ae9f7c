"""What a merge changed, column by column, and how rows get their values again."""

from __future__ import annotations

from collections.abc import Collection
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


def differences(before: Values, *, whole: Collection[str] = ()) -> list[Any]:
    """Return ``[label, key, {column: before}, {column: after}]`` of rows that changed; no ``after`` for one deleted.

    Of the models in ``whole`` with all columns, not only those that changed. One query for each model.
    """
    keys: dict[str, list[Any]] = {}
    for label, pk in before:
        keys.setdefault(label, []).append(pk)
    rows = {label: apps.get_model(label)._default_manager.in_bulk(pks) for label, pks in keys.items()}
    changes = []
    for (label, pk), old in before.items():
        row = rows[label].get(pk)
        if row is None:
            changes.append([label, pk, old, None])
            continue
        new = values_of(row)
        columns = [column for column, value in old.items() if new[column] != value]
        if columns:
            columns = list(old) if label in whole else columns
            changes.append([label, pk, {c: old[c] for c in columns}, {c: new[c] for c in columns}])
    return changes


def restore(kind: type[models.Model], pk: Any, before: dict[str, Any], after: dict[str, Any] | None) -> None:
    """Give a row the values it had, where it still has those that the merge gave it; make it again if it is gone."""
    if after is None:
        if not kind._default_manager.filter(pk=pk).exists():
            _make(kind, _read(kind, before))
        return
    row = kind._default_manager.filter(pk=pk).first()
    if row is None:
        return
    now, was = values_of(row), _read(kind, before)
    restored = {name: was[name] for name in before if now[name] == after[name]}
    if restored:
        kind._default_manager.filter(pk=pk).update(**restored)


def restore_whole(kind: type[models.Model], pk: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Give a row all the values it had, if nothing in it has changed since; else make another with these values.

    What somebody did in a row after it moved to them stays with them.
    """
    row = kind._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    was = _read(kind, before)
    if row is not None and values_of(row) == after:
        kind._default_manager.filter(pk=pk).update(**was)
    else:
        _make(kind, {name: value for name, value in was.items() if name != kind._meta.pk.attname or row is None})


def _read(kind: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    columns = {column.attname: column for column in kind._meta.concrete_fields}
    return {name: None if text is None else columns[name].to_python(text) for name, text in values.items()}


def _make(kind: type[models.Model], values: dict[str, Any]) -> None:
    made = kind(**values)
    kind._default_manager.bulk_create([made])
    kind._default_manager.filter(pk=made.pk).update(**values)  # and its own times
