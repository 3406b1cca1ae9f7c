"""Where the work of imports is watched, and by whom."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from jobs.models import Job

from ..models import PeopleImport


def import_url(job: Job) -> str:
    """Return the address of the import's page, in the active language."""
    return reverse("people_import", args=[job.params["import"]])


def watched_jobs(user: Any) -> Q:
    """Q over jobs: those of the imports of programmes one organises."""
    lists = PeopleImport.objects.visible_to(user)
    return (
        Q(pk__in=lists.values("check_job")) | Q(pk__in=lists.values("write_job")) | Q(pk__in=lists.values("mail_job"))
    )
