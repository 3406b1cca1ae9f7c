"""Model fields shared by every room."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField


def validate_time_zone(value: str) -> None:
    """Raise ``ValidationError`` unless ``value`` is an IANA time zone name such as ``Africa/Nairobi``."""
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone we know."), params={"value": value})


class TimeZoneField(models.CharField):
    """An IANA time zone name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_time_zone]


class ComposedStreamField(StreamField):
    """A StreamField whose blocks a setting names, and whose block list stays out of migrations (decision 11).

    ``blocks_setting`` is the name of a setting holding ``[(name, "dotted.path.Block")]``.
    """

    def __init__(self, blocks_setting: str = "", **kwargs: Any) -> None:
        from django.conf import settings

        self.blocks_setting = blocks_setting
        kwargs.pop("block_types", None)
        kwargs.pop("block_lookup", None)
        blocks = (
            [(name, import_string(path)()) for name, path in getattr(settings, blocks_setting)]
            if blocks_setting
            else []
        )
        super().__init__(blocks, **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
