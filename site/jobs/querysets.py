"""Who sees which job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from institutions.models import Role
from institutions.roles import scope

Tie = Callable[[Any], models.Q]
_ties: list[Tie] = []


def register_tie(tie: Tie) -> None:
    """Let a higher room say which jobs a user may watch because of what they are about."""
    _ties.append(tie)


class JobQuerySet(models.QuerySet):
    """Jobs."""

    def visible_to(self, user: Any) -> JobQuerySet:
        """Those one started, those a higher room ties to oneself; organisers of all see every one."""
        if not user.is_authenticated:
            return self.none()
        if scope(user, Role.ORGANISER).everywhere:
            return self
        seen = models.Q(created_by=user)
        for tie in _ties:
            seen |= tie(user)
        return self.filter(seen).distinct()
