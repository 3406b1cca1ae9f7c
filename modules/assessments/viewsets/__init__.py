"""The question bank and the quizzes in the admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from .bank import AllowanceViewSet, CategoryViewSet
from .exchange import ImportViewSet
from .questions import QuestionViewSet
from .quizzes import QuizViewSet


class AssessmentsGroup(ViewSetGroup):
    """Questions and quizzes under one menu entry."""

    menu_label = _("Quizzes")
    menu_icon = "help"
    menu_order = 220
    items = (
        QuizViewSet("quizzes"),
        QuestionViewSet("questions"),
        CategoryViewSet("question_categories"),
        ImportViewSet("question_imports"),
        AllowanceViewSet("extra_time"),
    )
