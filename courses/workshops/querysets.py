"""Who sees which workshop, session, registration and attendance."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Coalesce

from institutions.models import Role
from institutions.roles import scope


def organised(user: Any, path: str = "") -> models.Q:
    """Q: rows whose workshop (at ``path``) the user organises: its programme, its course, or this workshop alone."""
    where, prefix = scope(user, Role.ORGANISER), f"{path}__" if path else ""
    if where.everywhere:
        return models.Q(**{f"{path or 'pk'}__isnull": False})
    seen = models.Q(**{f"{prefix}programme__in": where.programmes})
    if where.activities:
        seen |= models.Q(**{f"{prefix}course__in": where.ids("course")})
        seen |= models.Q(**{f"{path or 'pk'}__in": where.ids("workshop")})
    return seen


def ran(user: Any, path: str = "") -> models.Q:
    """Q: rows whose workshop (at ``path``, e.g. ``"workshop"``) the user organises or trains.

    A trainer is named on the workshop *and* holds the role for its programme: with the role go the workshops.
    """
    seen = organised(user, path)
    where = scope(user, Role.TRAINER)
    if not where:
        return seen
    names = apps.get_model("workshops", "WorkshopTrainer").objects.filter(user=user)
    if not where.everywhere:
        names = names.filter(workshop__programme__in=where.programmes)
    return seen | models.Q(**{f"{path or 'pk'}__in": names.values("workshop")})


class WorkshopQuerySet(models.QuerySet):
    """Workshops."""

    def public(self) -> WorkshopQuerySet:
        """What the world may read: announced or later, not archived."""
        return self.filter(state__in=apps.get_model("workshops", "Workshop").PUBLIC, archived_at__isnull=True)

    def visible_to(self, user: Any) -> WorkshopQuerySet:
        """Workshops one organises or trains: what the tools behind the sign-in show."""
        return self.filter(ran(user)) if user.is_authenticated else self.none()

    def with_people(self) -> WorkshopQuerySet:
        """Add ``people``: how many are registered now; and ``taken``: with those for whom a place is kept."""
        active = models.Q(registrations__state="registered")
        waiting = apps.get_model("workshops", "Nomination").objects.awaited().filter(workshop=models.OuterRef("pk"))
        kept = waiting.order_by().values("workshop").annotate(number=models.Count("pk")).values("number")
        counted = self.annotate(people=models.Count("registrations", filter=active, distinct=True))
        return counted.annotate(taken=models.F("people") + Coalesce(models.Subquery(kept), 0))


class WorkshopPrerequisiteQuerySet(models.QuerySet):
    """What goes before a workshop."""

    def visible_to(self, user: Any) -> WorkshopPrerequisiteQuerySet:
        """Those of workshops one organises or trains; the public reads them on the workshop's page."""
        return self.filter(ran(user, "workshop")) if user.is_authenticated else self.none()

    def in_force(self) -> WorkshopPrerequisiteQuerySet:
        """Those that can be met: a workshop that was cancelled is asked for no longer."""
        return self.exclude(other__state="cancelled").select_related("other")


class SessionQuerySet(models.QuerySet):
    """Sessions."""

    def visible_to(self, user: Any) -> SessionQuerySet:
        """Those of workshops one organises or trains."""
        return self.filter(ran(user, "workshop")) if user.is_authenticated else self.none()


class RegistrationQuerySet(models.QuerySet):
    """Registrations."""

    def visible_to(self, user: Any) -> RegistrationQuerySet:
        """One's own, and those in workshops one organises or trains."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(participant__user=user) | ran(user, "workshop"))

    def nominated_from(self, countries: Collection[str]) -> RegistrationQuerySet:
        """What a focal point sees of these countries: those who came by nomination, never who registered themselves."""
        return self.filter(source="nomination", country__in=countries)

    def active(self) -> RegistrationQuerySet:
        """Those not cancelled."""
        return self.filter(state="registered")


class NominationQuerySet(models.QuerySet):
    """Nominations."""

    def visible_to(self, user: Any) -> NominationQuerySet:
        """Those of oneself, of the countries one is focal point of, and of workshops one organises or trains."""
        if not user.is_authenticated:
            return self.none()
        own = models.Q(participant__user=user) | models.Q(country__in=scope(user, Role.FOCAL_POINT).countries)
        return self.filter(own | ran(user, "workshop"))

    def present(self) -> NominationQuerySet:
        """Without people who were erased or merged into another record."""
        return self.filter(participant__erased_at__isnull=True, participant__merged_into__isnull=True)

    def standing(self) -> NominationQuerySet:
        """Those that count among the nominees of a country: neither withdrawn nor declined."""
        return self.exclude(state__in=["withdrawn", "declined"])

    def open(self) -> NominationQuerySet:
        """Those of which something can still come: not decided, on the reserve list, or selected and not answered."""
        return self.filter(state__in=apps.get_model("workshops", "Nomination").OPEN)

    def awaited(self) -> NominationQuerySet:
        """Those for whom a place is kept: selected, and not registered in another way meanwhile."""
        return self._without_place().filter(state="selected")

    def on_reserve(self) -> NominationQuerySet:
        """The reserve list of a workshop in its order, without those who registered in another way meanwhile.

        Who was put on it first comes first; of several put there at once, who was nominated first.
        """
        return self._without_place().filter(state="reserve").order_by("decided_at", "nominated_at", "pk")

    def _without_place(self) -> NominationQuerySet:
        registered = apps.get_model("workshops", "Registration").objects.active()
        mine = registered.filter(workshop=models.OuterRef("workshop"), participant=models.OuterRef("participant"))
        return self.filter(~models.Exists(mine))


class AttendanceQuerySet(models.QuerySet):
    """Attendance."""

    def visible_to(self, user: Any) -> AttendanceQuerySet:
        """One's own, and that in workshops one organises or trains."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(participant__user=user) | ran(user, "session__workshop"))
