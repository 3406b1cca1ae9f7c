"""Who sees which person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from institutions.models import Role
from institutions.roles import holds, scope

# Higher rooms (catalogue, workshops) say through which of their records a person becomes visible.
_ties: list[Callable[[Any], models.Q]] = []


def register_tie(tie: Callable[[Any], models.Q]) -> None:
    """Register ``tie(user) -> Q`` over Participant: people that ``user`` works with in a higher room."""
    _ties.append(tie)


# Likewise for lists of people: those that lead to what somebody organises without its programme.
_list_ties: list[Callable[[Any], models.Q]] = []


def register_list_tie(tie: Callable[[Any], models.Q]) -> None:
    """Register ``tie(user) -> Q`` over PeopleImport: lists that lead to what ``user`` organises in a higher room."""
    _list_ties.append(tie)


class ParticipantQuerySet(models.QuerySet):
    """People."""

    def visible_to(self, user: Any) -> ParticipantQuerySet:
        """Oneself; for staff, those tied to their courses and workshops and those they wrote down themselves.

        Organisers of all see everybody. Without a role, the people of former courses are out of sight.
        """
        if not user.is_authenticated:
            return self.none()
        if scope(user, Role.ORGANISER).everywhere:
            return self.all()
        seen = models.Q(user=user)
        if holds(user, *Role):
            seen |= models.Q(created_by=user)
        for tie in _ties:
            seen |= tie(user)
        return self.filter(seen).distinct()

    def willing(self, purpose: str) -> ParticipantQuerySet:
        """Those who consented to this, have not taken it back, and can be written to."""
        consents = apps.get_model("participants", "Consent").objects.standing().filter(purpose=purpose)
        reached = self.exclude(models.Q(email="") & models.Q(user__isnull=True)).exclude(user__is_active=False)
        return reached.present().filter(pk__in=consents.values("participant"))

    def present(self) -> ParticipantQuerySet:
        """Without records merged into another, and without those erased."""
        return self.filter(merged_into__isnull=True, erased_at__isnull=True)


class DesignationQuerySet(models.QuerySet):
    """Focal-point designations."""

    def visible_to(self, user: Any) -> DesignationQuerySet:
        """One's own; organisers of all see every one."""
        if not user.is_authenticated:
            return self.none()
        if scope(user, Role.ORGANISER).everywhere:
            return self.all()
        return self.filter(participant__user=user)

    def in_force(self) -> DesignationQuerySet:
        """Confirmed and covering today (UTC)."""
        today = timezone.now().date()
        return self.filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=today),
            confirmed_at__isnull=False,
            starts_on__lte=today,
        )


class PeopleImportQuerySet(models.QuerySet):
    """Lists of people brought in."""

    def visible_to(self, user: Any) -> PeopleImportQuerySet:
        """Those of programmes one organises, and into single courses one organises; organisers of all see every one."""
        where = scope(user, Role.ORGANISER)
        if where.everywhere:
            return self.all()
        seen = models.Q(programme__in=where.programmes)
        for tie in _list_ties:
            seen |= tie(user)
        return self.filter(seen)


class DataNoticeQuerySet(models.QuerySet):
    """Versions of the data notice."""

    def visible_to(self, user: Any) -> DataNoticeQuerySet:
        """Everybody may read what is in force; what is still being written only organisers of all."""
        if scope(user, Role.ORGANISER).everywhere:
            return self.all()
        return self.in_force()

    def in_force(self) -> DataNoticeQuerySet:
        """Those whose day has come, the newest first."""
        return self.filter(published_on__lte=timezone.now().date()).order_by("-version")


class ConsentQuerySet(models.QuerySet):
    """Consents."""

    def visible_to(self, user: Any) -> ConsentQuerySet:
        """One's own; nobody else needs the history. What others may do by a consent asks ``standing``."""
        return self.filter(participant__user=user) if user.is_authenticated else self.none()

    def standing(self) -> ConsentQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class MergeQuerySet(models.QuerySet):
    """Merges of two records of one person."""

    def visible_to(self, user: Any) -> MergeQuerySet:
        """All for organisers of all, who alone merge."""
        return self.all() if scope(user, Role.ORGANISER).everywhere else self.none()


class ToldApartQuerySet(models.QuerySet):
    """Pairs that were told apart."""

    def visible_to(self, user: Any) -> ToldApartQuerySet:
        """All for organisers of all, who alone merge."""
        return self.all() if scope(user, Role.ORGANISER).everywhere else self.none()

    def present(self) -> ToldApartQuerySet:
        """Without pairs of which a record was merged or erased since."""
        gone = models.Q()
        for side in ("one", "other"):
            gone |= models.Q(**{f"{side}__merged_into__isnull": False}) | models.Q(
                **{f"{side}__erased_at__isnull": False}
            )
        return self.exclude(gone)
