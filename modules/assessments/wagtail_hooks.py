"""What this room adds to the admin."""

from typing import Any

from django.urls import path
from wagtail import hooks

from core import scoped

from .viewsets import AssessmentsGroup
from .viewsets.exchange import ExportView

scoped.register(AssessmentsGroup())


@hooks.register("register_admin_urls")
def export_urls() -> list[Any]:
    """The screen from which questions are taken along."""
    return [path("questions/export/", ExportView.as_view(), name="export_questions")]
