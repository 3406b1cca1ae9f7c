"""Who sees which certificate, batch and template."""

from __future__ import annotations

from typing import Any

from django.db import models

from courses.catalogue.models import Course
from courses.catalogue.querysets import organised as of_course
from courses.workshops.models import Workshop
from courses.workshops.querysets import organised as of_workshop
from institutions.models import Role
from institutions.roles import scope


def organised_subject(user: Any) -> models.Q:
    """Q: rows about a cohort, workshop or course of a programme that the user organises."""
    where = scope(user, Role.ORGANISER)
    if where.everywhere:
        return ~models.Q(subject_key="")
    return of_course(user, "cohort__course") | of_workshop(user, "workshop") | of_course(user, "course")


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
        """Those of programmes in which one organises anything; general ones for every organiser."""
        where = scope(user, Role.ORGANISER)
        if where.everywhere:
            return self
        if not where:
            return self.none()
        seen = models.Q(programme__in=where.programmes) | models.Q(programme__isnull=True)
        if where.activities:  # to print on, not to change: see TemplateViewSet.may
            courses = Course.objects.filter(pk__in=where.ids("course"))
            workshops = Workshop.objects.filter(pk__in=where.ids("workshop"))
            seen |= models.Q(programme__in=courses.values("programme"))
            seen |= models.Q(programme__in=workshops.values("programme"))
        return self.filter(seen)

    def in_use(self) -> TemplateQuerySet:
        """Those not archived."""
        return self.filter(archived_at__isnull=True)
