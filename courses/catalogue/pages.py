"""Where jobs of this room lead on to."""

from __future__ import annotations

from django.urls import reverse

from jobs.models import Job

from .models import Course, RuleDraft


def rule_address(job: Job) -> str:
    """Return the address of the rule that a job applies."""
    course = Course.objects.filter(pk=job.params["course"]).first()
    return reverse("course_rule", args=[course.key]) if course else ""


def preview_address(job: Job) -> str:
    """Return the address of the preview that a job works out."""
    draft = RuleDraft.objects.select_related("course").filter(pk=job.params["draft"]).first()
    return reverse("course_rule_preview", args=[draft.course.key]) if draft else ""


def cohort_address(job: Job) -> str:
    """Return the address of the matrix that a job works for."""
    return reverse("cohort_progress", args=[job.params["cohort"]])
