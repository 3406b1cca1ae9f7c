"""Who sees which certificate, batch and template."""

from __future__ import annotations

from typing import Any

from django.db import models

from institutions.models import Role
from institutions.roles import scope


def organised_subject(user: Any) -> models.Q:
    """Q: rows about a cohort, workshop or course of a programme that the user organises."""
    where = scope(user, Role.ORGANISER)
    if where.everywhere:
        return ~models.Q(subject_key="")
    return (
        models.Q(cohort__course__programme__in=where.programmes)
        | models.Q(workshop__programme__in=where.programmes)
        | models.Q(course__programme__in=where.programmes)
    )


class CertificateQuerySet(models.QuerySet):
    """The ledger."""

    def visible_to(self, user: Any) -> CertificateQuerySet:
        """One's own, and those of programmes one organises."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(participant__user=user) | organised_subject(user)).distinct()


class BatchQuerySet(models.QuerySet):
    """Batches."""

    def visible_to(self, user: Any) -> BatchQuerySet:
        """Those of programmes one organises."""
        return self.filter(organised_subject(user)) if user.is_authenticated else self.none()


class TemplateQuerySet(models.QuerySet):
    """Templates."""

    def visible_to(self, user: Any) -> TemplateQuerySet:
        """Those of programmes one organises; general ones for every organiser."""
        where = scope(user, Role.ORGANISER)
        if where.everywhere:
            return self
        if not where:
            return self.none()
        return self.filter(models.Q(programme__in=where.programmes) | models.Q(programme__isnull=True))

    def in_use(self) -> TemplateQuerySet:
        """Those not archived."""
        return self.filter(archived_at__isnull=True)
