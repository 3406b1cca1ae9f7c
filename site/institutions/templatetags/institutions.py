"""What templates ask about roles."""

from __future__ import annotations

from typing import Any

from django import template

from institutions.models import Role
from institutions.roles import holds

register = template.Library()


@register.filter
def holds_a_role(user: Any) -> bool:
    """Whether somebody holds any role, or administers the site."""
    return bool(getattr(user, "is_superuser", False)) or holds(user, *Role)
