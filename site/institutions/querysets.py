"""Who sees which programme, organisation and role."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone


def _organises(user: Any) -> Any:
    from .models import Role
    from .roles import scope

    return scope(user, Role.ORGANISER)


class ProgrammeQuerySet(models.QuerySet):
    """Programmes."""

    def visible_to(self, user: Any) -> ProgrammeQuerySet:
        """Those in which one holds a role; all for whoever organises or trains everywhere."""
        from .models import Role
        from .roles import scope

        organises, trains = scope(user, Role.ORGANISER), scope(user, Role.TRAINER)
        if organises.everywhere or trains.everywhere:
            return self.all()
        return self.filter(pk__in=organises.programmes | trains.programmes)

    def in_use(self) -> ProgrammeQuerySet:
        """Those not archived."""
        return self.filter(archived_at__isnull=True)


class OrganisationQuerySet(models.QuerySet):
    """Organisations: one shared list, so that nobody is written down twice."""

    def visible_to(self, user: Any) -> OrganisationQuerySet:
        """All of them for organisers and trainers."""
        from .models import Role
        from .roles import holds

        return self.all() if holds(user, Role.ORGANISER, Role.TRAINER) else self.none()


class RoleAssignmentQuerySet(models.QuerySet):
    """Role assignments."""

    def visible_to(self, user: Any) -> RoleAssignmentQuerySet:
        """One's own; those in programmes one organises; all for organisers of all."""
        if not user.is_authenticated:
            return self.none()
        organises = _organises(user)
        if organises.everywhere:
            return self.all()
        return self.filter(models.Q(user_id=user.pk) | models.Q(programme__in=organises.programmes))

    def current(self, on: date | None = None) -> RoleAssignmentQuerySet:
        """Those in force on a day (default: today, UTC)."""
        day = on or timezone.now().date()
        return self.filter(
            models.Q(starts_on__isnull=True) | models.Q(starts_on__lte=day),
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day),
        )
