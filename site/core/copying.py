"""Copying rows."""

from __future__ import annotations

from typing import Any

from django.db import models


def clone_row(row: models.Model, **changes: Any) -> Any:
    """Save a copy of a row with some fields changed, and return it.

    Every concrete field comes along but the primary key, also one that is added to the model later.
    """
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    for name, value in changes.items():
        values.pop(f"{name}_id", None)
        values[name] = value
    return type(row)._default_manager.create(**values)
