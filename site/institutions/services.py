"""What people do with roles and institutions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.permissions import ACTIVITY_ORGANISERS, EDITORS, FOCAL_POINTS, ORGANISERS, TRAINERS

from . import activities
from .models import Programme, Role, RoleAssignment
from .permissions import can_grant_role, can_revoke_role
from .roles import forget_roles

GROUP_OF_ROLE = {
    Role.ORGANISER: ORGANISERS,
    Role.TRAINER: TRAINERS,
    Role.FOCAL_POINT: FOCAL_POINTS,
    Role.EDITOR: EDITORS,
}


def group_of(role: Role, activity: str = "") -> str:
    """Return the group of those who hold a role; an organiser of one activity keeps nothing that courses share."""
    return ACTIVITY_ORGANISERS if activity else GROUP_OF_ROLE[role]


class OwnRole(DomainError):
    """Nobody gives a role to themselves or takes it."""

    def __init__(self) -> None:
        super().__init__(_("You cannot give or take a role of your own. Ask another organiser."))


class RoleNotYours(DomainError):
    """Organisers of a programme only make trainers, and only in it."""

    def __init__(self) -> None:
        super().__init__(
            _("Only organisers of all programmes can do this. In your own programme you can give the role of trainer.")
        )


class RoleNeedsCountry(DomainError):
    """A focal point without a country."""

    def __init__(self) -> None:
        super().__init__(_("Choose the country of the focal point."))


class RoleHasTwoPlaces(DomainError):
    """A role for a programme and a country at once."""

    def __init__(self) -> None:
        super().__init__(_("Choose a programme, a country or one activity, not several."))


class RoleNotForActivity(DomainError):
    """Only organisers are limited to one course or workshop, and only to one that exists."""

    def __init__(self) -> None:
        super().__init__(_("Only organisers can be limited to one course or workshop."))


class RoleEndsBeforeStart(DomainError):
    """The last day lies before the first."""

    def __init__(self) -> None:
        super().__init__(_("The last day must not lie before the first."))


@transaction.atomic
def grant_role(
    *,
    actor: Any,
    user: Any,
    role: Role,
    programme: Programme | None = None,
    country_id: str | None = None,
    activity: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleAssignment:
    """Give ``user`` a role; granting again changes only the dates. Also puts the account into the role's group.

    ``actor`` is a user or ``None`` for the system. Raises ``OwnRole`` when actor and user are the same,
    ``RoleNotYours`` when the actor may not give it, and for each wrong combination an error of its own:
    ``RoleHasTwoPlaces``, ``RoleNotForActivity``, ``RoleNeedsCountry``, ``RoleEndsBeforeStart``.
    """
    if actor is not None and actor.pk == user.pk:
        raise OwnRole
    if actor is not None and not can_grant_role(actor, role, programme.pk if programme else None):
        raise RoleNotYours
    if sum(map(bool, (programme, country_id, activity))) > 1:
        raise RoleHasTwoPlaces
    if activity and (role != Role.ORGANISER or not activities.exists(activity)):
        raise RoleNotForActivity
    if role == Role.FOCAL_POINT and not country_id:
        raise RoleNeedsCountry
    if starts_on and ends_on and ends_on < starts_on:
        raise RoleEndsBeforeStart
    assignment, __ = RoleAssignment.objects.update_or_create(
        user=user,
        role=role,
        programme=programme,
        country_id=country_id,
        activity=activity,
        defaults={"starts_on": starts_on, "ends_on": ends_on, "granted_by": actor},
    )
    user.groups.add(Group.objects.get(name=group_of(role, activity)))
    forget_roles(user)
    audit.record(
        actor=actor,
        action="institutions.grant_role",
        obj=assignment,
        user=user.pk,
        role=str(role),
        **({"activity": activity} if activity else {}),
    )
    return assignment


@transaction.atomic
def revoke_role(*, actor: Any, assignment: RoleAssignment) -> None:
    """Take a role away; the account leaves the role's group with its last assignment of that role.

    Raises ``OwnRole`` or ``RoleNotYours`` as for giving it.
    """
    if actor is not None and actor.pk == assignment.user_id:
        raise OwnRole
    if actor is not None and not can_revoke_role(actor, assignment):
        raise RoleNotYours
    user, role = assignment.user, Role(assignment.role)
    audit.record(actor=actor, action="institutions.revoke_role", obj=assignment, user=user.pk, role=str(role))
    assignment.delete()
    limited = bool(assignment.activity)
    others = RoleAssignment.objects.filter(user=user, role=role)
    if not (others.exclude(activity="") if limited else others.filter(activity="")).exists():
        user.groups.remove(Group.objects.get(name=group_of(role, assignment.activity)))
    forget_roles(user)
