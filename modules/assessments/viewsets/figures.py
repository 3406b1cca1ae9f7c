"""The statistics of quizzes and questions in the admin, for those who write quizzes; see ``measured_for``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import scoped
from core.spreadsheets import table_response

from .. import answer_words, figure_words
from ..figures import Asked, Which, question_figures, quiz_figures
from ..models import Attempt, Question, Quiz


class Statistics(scoped.ObjectActView):
    """A page of figures, and its table as CSV or XLSX (``?export=csv``)."""

    label = figure_words.STATISTICS
    icon_name = "table"
    permission_required = "view"
    template_name = "assessments/admin/figures.html"
    figures_template = ""
    http_method_names = ["get", "head"]

    def figures(self) -> Any:
        raise NotImplementedError

    def page(self, figures: Any) -> dict[str, Any]:
        raise NotImplementedError

    def table(self, figures: Any) -> Any:
        raise NotImplementedError

    @property
    def which(self) -> Which:
        return Which.asked(self.request.GET.get("attempts"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        figures = self.figures()
        if format := request.GET.get("export"):
            head, rows = self.table(figures)
            name = f"{self.model._meta.model_name}-{self.scoped_object.pk}-{localdate():%Y-%m-%d}"
            return table_response(format, name, str(self.scoped_object), head, rows)
        return self.render_to_response(
            self.get_context_data(
                figures_template=self.figures_template,
                choices=figure_words.choices_of_attempts(self.which),
                attempts=self.which.value,
                **self.page(figures),
            )
        )


class QuizStatistics(Statistics):
    """How a quiz and its questions measure."""

    figures_template = "assessments/figures/quiz.html"

    def figures(self) -> Any:
        quiz: Quiz = self.scoped_object
        return quiz_figures(quiz, Attempt.objects.measured_for(self.request.user), self.which, get_language() or "en")

    def page(self, figures: Any) -> dict[str, Any]:
        quiz: Quiz = self.scoped_object
        in_use = quiz.item.retired_at is None
        return {
            **figure_words.quiz_page(quiz, figures, self.address),
            "quiz": quiz,
            "links": [
                *([{"url": reverse("quizzes:edit", args=[quiz.pk]), "label": _("Edit the quiz")}] * in_use),
                {"url": reverse("quizzes:index"), "label": _("Back to the list")},
            ],
        }

    def address(self, asked: Asked) -> str:
        place = f"?attempts={self.which.value}#{asked.anchor}"
        return reverse("questions:statistics", args=[asked.version.question_id]) + place

    def table(self, figures: Any) -> Any:
        return figure_words.question_table(figures)


class QuestionStatistics(Statistics):
    """Which answers were given to each version of a question, in every quiz that asks it."""

    figures_template = "assessments/figures/question.html"

    def figures(self) -> Any:
        question: Question = self.scoped_object
        return question_figures(
            question, Attempt.objects.measured_for(self.request.user), self.which, get_language() or "en"
        )

    def page(self, figures: Any) -> dict[str, Any]:
        question: Question = self.scoped_object
        in_use = question.retired_at is None
        return {
            **answer_words.question_page(figures),
            "links": [
                *([{"url": reverse("questions:edit", args=[question.pk]), "label": _("Edit the question")}] * in_use),
                {"url": reverse("questions:versions", args=[question.pk]), "label": _("Versions")},
                {"url": reverse("questions:index"), "label": _("Back to the list")},
            ],
        }

    def table(self, figures: Any) -> Any:
        return answer_words.answer_table(figures)
