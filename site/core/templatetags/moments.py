"""Moments in words."""

from __future__ import annotations

from datetime import datetime

from django import template

from core.moments import moment_words

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """Return a moment in the viewer's time with the zone behind it; empty for none."""
    return moment_words(at) if at is not None else ""
