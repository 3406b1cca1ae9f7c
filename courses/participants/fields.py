"""Fields of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models


class NameKeyField(models.CharField):
    """What a name is found by: ``form`` of another field of the same row, written whenever the row is."""

    def __init__(self, *, source: str = "", form: Callable[[str], str] = str, **kwargs: Any) -> None:
        self.source, self.form = source, form
        super().__init__(
            **{"max_length": 200, "blank": True, "default": "", "editable": False, "db_index": True, **kwargs}
        )

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.form(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value
