"""The one place that answers "which roles does this person hold, and where?".

Everything else (``visible_to``, ``can_...``, menus) asks here. One query per person and request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .activities import ids_of
from .models import Role, RoleAssignment


@dataclass(frozen=True)
class Scope:
    """Where somebody holds a role: everywhere, or in these programmes, countries and single activities."""

    everywhere: bool = False
    programmes: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()
    activities: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.programmes) or bool(self.countries) or bool(self.activities)

    def ids(self, kind: str) -> frozenset[int]:
        """Return the ids of the single activities of one kind, e.g. ``"course"``."""
        return ids_of(kind, self.activities)


def scope(user: Any, role: Role) -> Scope:
    """Return where ``user`` holds ``role`` today. A superuser is an organiser and editor everywhere.

    Nobody (anonymous, inactive) holds nothing.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Scope()
    if user.is_superuser and role in (Role.ORGANISER, Role.EDITOR):
        return Scope(everywhere=True)
    held = user.__dict__.get("_campus_roles")
    if held is None:
        held = list(
            RoleAssignment.objects.current()
            .filter(user_id=user.pk)
            .values_list("role", "programme_id", "country_id", "activity")
        )
        user.__dict__["_campus_roles"] = held
    mine = [where for name, *where in held if name == role]
    return Scope(
        everywhere=any(where == [None, None, ""] for where in mine),
        programmes=frozenset(programme for programme, _, _ in mine if programme is not None),
        countries=frozenset(country for _, country, _ in mine if country is not None),
        activities=frozenset(activity for _, _, activity in mine if activity),
    )


def forget_roles(user: Any) -> None:
    """Drop what ``scope`` remembers on this user object (after granting or revoking)."""
    user.__dict__.pop("_campus_roles", None)


def is_organiser(user: Any, programme_id: int | None, *activities: str) -> bool:
    """Whether ``user`` organises this programme, or one of these activities of it alone.

    ``None`` is something of no programme: organisers of all only.
    """
    where = scope(user, Role.ORGANISER)
    return (
        where.everywhere
        or (programme_id is not None and programme_id in where.programmes)
        or not where.activities.isdisjoint(activities)
    )


def holds(user: Any, *roles: Role) -> bool:
    """Whether ``user`` holds any of the roles anywhere."""
    return any(scope(user, role) for role in roles)


def holds_a_role(user: Any) -> bool:
    """Whether ``user`` works here in any role."""
    return holds(user, *Role)


def why_not_join(kept: Any, closed: Any) -> str:
    """Return why two accounts cannot become one: one of them holds a role, or will."""
    today = timezone.now().date()
    held = RoleAssignment.objects.filter(user__in=[kept, closed]).exclude(ends_on__lt=today)
    roles = sorted({str(Role(role).label) for role in held.values_list("role", flat=True)})
    if not roles:
        return ""
    return _(
        "One of the two accounts holds a role: %(roles)s. Who decides about learning must not gain any by a merge, so "
        "such accounts are not joined. End the role first."
    ) % {"roles": ", ".join(roles)}
