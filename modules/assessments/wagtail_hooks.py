"""What this room adds to the admin."""

from typing import Any

from django.urls import path
from wagtail import hooks

from core import scoped

from .viewsets import AssessmentsGroup
from .viewsets.exchange import ExportView
from .viewsets.questions import picture

scoped.register(AssessmentsGroup())


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    """The screen from which questions are taken along; pictures on which regions are drawn."""
    return [
        path("questions/export/", ExportView.as_view(), name="export_questions"),
        path("questions/picture/", picture, name="question_picture"),
    ]
