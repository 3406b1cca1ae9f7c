"""What every page of the desk begins with, and how it says what came of an act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from core.errors import DomainError

from ...models import Cohort, Course
from ...permissions import can_change_course


def cohort_of(request: HttpRequest, pk: int) -> Cohort:
    """Return a cohort that one organises, else ``Http404``."""
    cohorts = Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme")
    cohort = get_object_or_404(cohorts, pk=pk)
    if not can_change_course(request.user, cohort.course):
        raise Http404
    return cohort


def course_of(request: HttpRequest, key: str) -> Course:
    """Return a course that one organises, else ``Http404``."""
    course = get_object_or_404(Course.objects.visible_to(request.user).select_related("item", "programme"), key=key)
    if not can_change_course(request.user, course):
        raise Http404
    return course


def say(request: HttpRequest, act: Any, success: str, **answers: Any) -> bool:
    """Do an act and say what came of it; returns whether it was done."""
    try:
        act(actor=request.user, **answers)
    except DomainError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, success)
    return True
