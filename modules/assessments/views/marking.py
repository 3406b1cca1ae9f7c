"""The trainers' pages: what waits to be marked, one answer with its rubric, release."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError

from .. import marking, services
from ..contents import content_for
from ..forms_marking import MarkForm, QueueForm, TakeBackForm
from ..marking import MarkingState
from ..models import Attempt, AttemptQuestion, Mark, Quiz
from ..permissions import marks_answers
from ..types.marked import MarkedByPerson
from ..words import marked, points_of, to_html

ANSWERS_PER_PAGE = 50
RELEASED_AT_ONCE = 200


@require_safe
@never_cache
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Answers by state, the oldest first; for those who mark, whether anything waits or not."""
    user, language = request.user, get_language()
    if not marks_answers(user) and not Attempt.objects.to_mark_by(user).exists():
        raise Http404
    form = QueueForm(request.GET, marking.quizzes(user))
    quiz, state = form.chosen_quiz, form.chosen_state
    numbers = marking.counts(user, quiz)
    found = marking.queue(user, state, quiz).with_content().select_related("attempt__quiz__item")
    found = found.prefetch_related("attempt__quiz__texts")
    page = Paginator(found, ANSWERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "assessments/marking/queue.html",
        {
            "form": form,
            "quiz": quiz,
            "state": state,
            "states": [
                {"name": name, "label": label, "number": numbers[name], "query": _query(quiz, state=name)}
                for name, label in MarkingState.choices
            ],
            "narrowed": _query(quiz),
            "page_obj": page,
            "rows": marking.rows(user, list(page.object_list), language),
            "ready": marking.ready(user, quiz).count() if state == MarkingState.MARKED else 0,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def mark_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer: what was asked and answered, the rubric as a form, marks so far."""
    user, language = request.user, get_language()
    found = AttemptQuestion.objects.to_mark_by(user).with_answers().with_content()
    question = get_object_or_404(found.select_related("attempt__quiz__item"), pk=pk)
    quiz = _quiz(request)
    error = ""
    form = _form(request, question, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            mark = services.give_mark(actor=user, question=question, **form.given())
        except services.MarkedMeanwhile as refused:
            error, data = str(refused), request.POST.copy()
            data["seen"] = str(refused.mark.pk)
            form = _form(request, question, data)
        except DomainError as refused:
            error = str(refused)
        else:
            return _go_on(request, question, mark, quiz)
    content = content_for(question)
    kind = question.version.kind
    words = content.in_language(language, kind.needed(question.version.body))
    field = kind.card(content, question.answer, language=language, seed=question.attempt.seed, graded=False)
    following = marking.next_after(user, question, quiz)
    own = marking.names(user, [question.attempt])[question.attempt_id]
    return render(
        request,
        "assessments/marking/answer.html",
        {
            "question": question,
            "attempt": question.attempt,
            "whose": own,
            "title": marking.title_of(question.attempt.quiz, language),
            "asked": marked(to_html(words.text), words.language, block=True),
            "feedback": marked(to_html(words.feedback), words.language, block=True),
            "template": kind.template_name,
            "field": {**field, "rubric": [], "comment": ""},
            "words": len((question.answer or "").split()) if isinstance(question.answer, str) else None,
            "form": form,
            "error": error,
            "live": points_of("{}", question.max_points),
            "marks": _marks(question, form),
            "query": _query(quiz),
            "next": following,
            "waiting": marking.counts(user, quiz)[MarkingState.TO_MARK],
            "can_release": question.marking == MarkingState.MARKED and not question.held_back,
            "can_take_back": any(mark.released_at for mark in question.marks.all()),
            "state": MarkingState(question.marking),
            "breadcrumbs": [
                {"title": _("Answers to mark"), "url": f"{reverse('marking')}{_query(quiz)}"},
                {"title": own.name, "url": ""},
            ],
        },
    )


def _form(request: HttpRequest, question: Any, data: Any) -> MarkForm:
    kind = question.version.kind
    assert isinstance(kind, MarkedByPerson)
    marks = list(question.marks.order_by("id"))
    return MarkForm(
        data,
        question=question,
        rubric=kind.rubric(content_for(question), get_language() or "en"),
        newest=marks[-1] if marks else None,
        again=any(mark.released_at for mark in marks),
    )


def _marks(question: Any, form: MarkForm) -> list[dict[str, Any]]:
    """Every mark of an answer, the newest first, with the levels in words."""
    levels = {level["id"]: level["label"] for criterion in form.rubric for level in criterion["levels"]}
    return [
        {
            "mark": mark,
            "points": points_of(mark.points, question.max_points),
            "levels": [
                {"criterion": criterion["label"], "level": levels.get(mark.levels.get(criterion["id"], ""), "–")}
                for criterion in form.rubric
            ],
        }
        for mark in question.marks.select_related("by").order_by("-id")
    ]


def _go_on(request: HttpRequest, question: Any, mark: Mark, quiz: Quiz | None) -> HttpResponse:
    """Say what was saved, and lead to the next answer or back to this one."""
    points = points_of(mark.points, question.max_points)
    messages.success(
        request, _("Saved: %(points)s. The learner sees it when you release the result.") % {"points": points}
    )
    if request.POST.get("act") != "next":
        return redirect(f"{reverse('mark_answer', args=[question.pk])}{_query(quiz)}")
    following = marking.next_after(request.user, question, quiz)
    if following is None:
        messages.info(request, _("That was the last one. Nothing else waits to be marked."))
        return redirect(f"{reverse('marking')}{_query(quiz, state=MarkingState.MARKED.value)}")
    return redirect(f"{reverse('mark_answer', args=[following.pk])}{_query(quiz)}")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def release(request: HttpRequest) -> HttpResponse:
    """Ask whether to release the results of chosen attempts, or of all of a quiz; POST releases what was asked for.

    More than ``RELEASED_AT_ONCE`` are released by a job. Should their number have changed since, it asks again.
    """
    user = request.user
    if not marks_answers(user) and not Attempt.objects.to_mark_by(user).exists():
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    quiz = _quiz(request)
    back = f"{reverse('marking')}{_query(quiz, state=MarkingState.MARKED.value)}"
    chosen = marking.ready(user, quiz)
    if "all" not in given:
        chosen = chosen.filter(key__in=_keys(given.getlist("attempt")))
    number, asked = chosen.count(), given.get("number", "")
    if request.method == "POST" and asked == str(number) and number > RELEASED_AT_ONCE:
        return redirect("job_status", services.start_release(actor=user, attempts=chosen).key)
    attempts = list(chosen.select_related("quiz__item").prefetch_related("quiz__texts")[:RELEASED_AT_ONCE])
    if not attempts:
        messages.warning(request, _("Choose at least one result that is marked and not released yet."))
        return redirect(back)
    if request.method == "POST" and number <= RELEASED_AT_ONCE and "all" not in given:
        released = services.release_several(actor=user, attempts=attempts)
        said = ngettext("%(number)d result is released.", "%(number)d results are released.", released)
        messages.success(request, said % {"number": released})
        return redirect(back)
    names = marking.names(user, attempts)
    return render(
        request,
        "assessments/marking/release.html",
        {
            "rows": [
                {"attempt": attempt, "whose": names[attempt.pk], "quiz": marking.title_of(attempt.quiz)}
                for attempt in attempts
            ],
            "number": number,
            "more": number - len(attempts),
            "changed": request.method == "POST",
            "query": _query(quiz),
            "back": back,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hide released marks again, with a reason."""
    attempts = Attempt.objects.to_mark_by(request.user).filter(questions__marks__released_at__isnull=False).distinct()
    attempt = get_object_or_404(attempts.select_related("quiz__item").prefetch_related("quiz__texts"), key=key)
    form = TakeBackForm(request.POST or None, label_suffix="")
    back = f"{reverse('marking')}?{urlencode({'state': MarkingState.MARKED.value})}"
    if request.method == "POST" and form.is_valid():
        try:
            services.take_back_marks(actor=request.user, attempt=attempt, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("Taken back. The learner reads again that a trainer marks the answers."))
            return redirect(back)
    return render(
        request,
        "assessments/marking/take_back.html",
        {
            "attempt": attempt,
            "whose": marking.names(request.user, [attempt])[attempt.pk],
            "title": marking.title_of(attempt.quiz),
            "form": form,
            "first": attempt.questions.filter(marks__isnull=False).first(),
        },
    )


def _quiz(request: HttpRequest) -> Quiz | None:
    """The quiz to which the queue is narrowed, as the address says."""
    keys = _keys([request.GET.get("quiz", "")])
    return Quiz.objects.select_related("item").filter(item__key__in=keys).first() if keys else None


def _keys(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _query(quiz: Quiz | None, **more: str) -> str:
    """The query that keeps the queue as it is narrowed."""
    fields = {**({"quiz": str(quiz.item.key)} if quiz else {}), **more}
    return f"?{urlencode(fields)}" if fields else ""
