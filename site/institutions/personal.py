"""What this room holds of people: their roles."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.personal import Person, Record, fact, fields_of, forget_labels

from .models import RoleAssignment


def export(person: Person) -> Iterator[Record]:
    """Roles, past ones too."""
    if person.user is None:
        return
    for role in RoleAssignment.objects.filter(user=person.user).select_related("programme", "country"):
        yield [
            *fields_of(role, "role", "starts_on", "ends_on"),
            fact("for", _("For"), str(role.programme or role.country or "")),
            fact("granted_at", _("Given"), role.granted_at),
        ]


def erase(person: Person) -> int:
    """Remove the roles that have ended; nobody is erased while a role is in force."""
    if person.user is None:
        return 0
    rows = RoleAssignment.objects.filter(user=person.user)
    forget_labels(RoleAssignment, rows.values_list("pk", flat=True))
    return rows.delete()[0]
