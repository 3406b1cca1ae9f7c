"""The statistics of the quizzes of a cohort, for its trainers and organisers: of attempts done for it alone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.spreadsheets import table_response
from modules.assessments import answer_words, figure_words
from modules.assessments.facts import gains
from modules.assessments.figures import Asked, Which, question_figures, quiz_figures, summaries
from modules.assessments.gain import cohort_gain
from modules.assessments.models import Attempt, Question, Quiz
from modules.assessments.querysets import AttemptQuerySet

from ..access import contexts
from ..models import Cohort, Enrolment, SyllabusEntry
from ..permissions import sees_answers


def _attempts(cohort: Cohort) -> AttemptQuerySet:
    return Attempt.objects.measured().filter(context__in=contexts(Enrolment.objects.filter(cohort=cohort)))


def _cohort(request: HttpRequest, pk: int) -> Cohort:
    cohorts = Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme")
    return get_object_or_404(cohorts, pk=pk)


def _quizzes(cohort: Cohort) -> Any:
    modules = SyllabusEntry.objects.filter(course=cohort.course, kind=SyllabusEntry.Kind.MODULE)
    quizzes = Quiz.objects.filter(item__parent__in=modules.values("item"))
    return quizzes.select_related("item__parent").prefetch_related("texts").order_by("item__parent__order", "pk")


@require_safe
@never_cache
@login_required
def cohort_quizzes(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The quizzes of the cohort's modules with mean and share of passes."""
    cohort = _cohort(request, pk)
    found = summaries(_attempts(cohort))
    rows = [
        {"quiz": quiz, "figures": figure_words.quiz_row(found.get(quiz.pk))}
        for quiz in _quizzes(cohort)
        if quiz.is_live or quiz.pk in found
    ]
    few = not all(row["quiz"].pk in found and found[row["quiz"].pk].told for row in rows)
    why = figure_words.too_few() if few else ""
    return render(request, "catalogue/cohort_quizzes.html", {"cohort": cohort, "rows": rows, "too_few": why})


@require_safe
@never_cache
@login_required
def cohort_quiz(request: HttpRequest, pk: int, quiz_pk: int) -> HttpResponseBase:
    """How a quiz and its questions measured in this cohort."""
    cohort = _cohort(request, pk)
    quiz = get_object_or_404(_quizzes(cohort), pk=quiz_pk)
    which = Which.asked(request.GET.get("attempts"))
    figures = quiz_figures(quiz, _attempts(cohort), which, get_language() or "en")
    may_see = sees_answers(request.user, quiz)

    def address(asked: Asked) -> str:
        if not may_see:
            return ""
        page = reverse("cohort_question", args=[cohort.pk, quiz.pk, asked.version.question_id])
        return f"{page}?attempts={which.value}#{asked.anchor}"

    if format := request.GET.get("export"):
        return _table(format, cohort, quiz, figure_words.question_table(figures))
    page = figure_words.quiz_page(quiz, figures, address)
    learners = set(_attempts(cohort).filter(quiz=quiz).values_list("learner_key", flat=True))
    page["facts"] += figure_words.gain_facts(cohort_gain(gains(learners, quiz).values()), len(learners))
    return _page(request, "catalogue/cohort_quiz.html", cohort, quiz, which, page)


@require_safe
@never_cache
@login_required
def cohort_question(request: HttpRequest, pk: int, quiz_pk: int, question_pk: int) -> HttpResponseBase:
    """Which answers this cohort gave to a question; not for who is or was to take the quiz: it tells the right ones."""
    cohort = _cohort(request, pk)
    quiz = get_object_or_404(_quizzes(cohort), pk=quiz_pk)
    if not sees_answers(request.user, quiz):
        raise Http404
    attempts = _attempts(cohort).filter(quiz=quiz)
    asked = Question.objects.filter(versions__asked__attempt__in=attempts.values("pk")).distinct()
    question = get_object_or_404(asked, pk=question_pk)
    which = Which.asked(request.GET.get("attempts"))
    figures = question_figures(question, attempts, which, get_language() or "en")
    if format := request.GET.get("export"):
        return _table(format, cohort, quiz, answer_words.answer_table(figures))
    page = answer_words.question_page(figures)
    return _page(request, "catalogue/cohort_question.html", cohort, quiz, which, page)


def _page(
    request: HttpRequest, template: str, cohort: Cohort, quiz: Quiz, which: Which, page: dict[str, Any]
) -> HttpResponseBase:
    choices = figure_words.choices_of_attempts(which)
    words = quiz.text_in(get_language())
    title = words.title if words else quiz.item.title
    return render(
        request,
        template,
        {"cohort": cohort, "quiz": quiz, "title": title, "choices": choices, "attempts": which.value, **page},
    )


def _table(format: str, cohort: Cohort, quiz: Quiz, table: Any) -> HttpResponseBase:
    head, rows = table
    return table_response(format, f"{cohort.course.key}-{cohort.pk}-{quiz.pk}-{localdate():%Y-%m-%d}", "", head, rows)
