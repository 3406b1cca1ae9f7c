"""Who may do what with organisations, programmes and roles."""

from __future__ import annotations

from typing import Any

from core.permissions import ACTIVITY_ORGANISERS, EDITORS, ORGANISERS, TRAINERS

from .models import Programme, Role, RoleAssignment
from .roles import is_organiser, scope

GROUP_PERMISSIONS = {
    ORGANISERS: [
        "add_organisation",
        "change_organisation",
        "view_organisation",
        "add_programme",
        "change_programme",
        "view_programme",
        "add_roleassignment",
        "change_roleassignment",
        "view_roleassignment",
    ],
    TRAINERS: ["view_organisation"],
}

# Who may open the admin at all, and who may read the audit trail: said here, because here are the roles.
ADMIN_PERMISSIONS = {
    ORGANISERS: ["access_admin"],
    ACTIVITY_ORGANISERS: ["access_admin"],
    TRAINERS: ["access_admin"],
    EDITORS: ["access_admin"],
}
CORE_PERMISSIONS = {ORGANISERS: ["view_auditentry"]}


def organises_all(user: Any) -> bool:
    """Organisers without a programme, and superusers."""
    return scope(user, Role.ORGANISER).everywhere


def organises_a_programme(user: Any) -> bool:
    """Organisers of a programme or of all, who keep what courses share; not those of one course or workshop."""
    where = scope(user, Role.ORGANISER)
    return where.everywhere or bool(where.programmes)


def can_change_programme(user: Any, programme: Programme) -> bool:
    """Organisers of the programme."""
    return is_organiser(user, programme.pk)


def can_grant_role(user: Any, role: str, programme_id: int | None) -> bool:
    """Organisers of all give every role; organisers of a programme make trainers in it."""
    return organises_all(user) or (role == Role.TRAINER and is_organiser(user, programme_id))


def can_revoke_role(user: Any, assignment: RoleAssignment) -> bool:
    """Whoever could give it, but nobody their own."""
    return assignment.user_id != user.pk and can_grant_role(user, assignment.role, assignment.programme_id)
