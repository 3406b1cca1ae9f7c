"""The pages of a quiz: what it is, the questions, the result."""

from __future__ import annotations

from math import ceil
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from core.wording import duration
from modules.lessons.models import ModulePage
from modules.lessons.outline import best_pages

from .. import services
from ..facts import gains
from ..forms import (
    HandInForm,
    answers_in,
    drop_file,
    fresh_key,
    seen_in,
)
from ..models import Attempt, AttemptQuestion, Quiz
from ..next_steps import next_step
from ..paper import about, context_of, current_language, paper
from ..rules import attempts_used, rules_for
from ..scoring import standing
from ..services.errors import when
from ..services.taking import check_start
from ..sheet import Card, cards


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def quiz(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the quiz is, its rules, one's own attempts; POST starts an attempt or goes on with the open one."""
    found = _quiz_or_404(request, key)
    user, refusal = request.user, ""
    if request.method == "POST":
        if not user.is_authenticated:
            return redirect(f"{reverse('account_login')}?next={reverse('quiz', args=[key])}")
        try:
            begun = services.start_attempt(actor=user, quiz=found, language=current_language())
        except DomainError as error:
            refusal = str(error)
        else:
            return redirect("attempt", begun.key)
    mine = list(Attempt.objects.visible_to(user).filter(quiz=found).order_by("-number"))
    for attempt in mine:
        if attempt.is_open and attempt.is_overdue and services.close_attempt(attempt_id=attempt.pk):
            attempt.refresh_from_db()
    rules = rules_for(user, found)
    tried = attempts_used(user, found, rules)
    current = next((attempt for attempt in mine if attempt.is_open), None)
    if current is None and not refusal:
        try:
            check_start(found, rules, tried)
        except DomainError as error:
            refusal = str(error)
    questions = found.slots.filter(question__retired_at__isnull=True).aggregate(all=Sum("draws"))["all"] or 0
    graded = [attempt for attempt in mine if not attempt.is_open]
    results = [(one.percent, one.passed, one.series) for one in reversed(graded) if one.percent is not None]
    return render(
        request,
        "assessments/quiz.html",
        {
            **about(found),
            "rules": rules,
            "questions": questions,
            "left": None if rules.attempts_allowed is None else max(0, rules.attempts_allowed - tried.number),
            "opens": when(rules.opens_at) if rules.opens_at and rules.opens_at > timezone.now() else "",
            "closes": when(rules.closes_at) if rules.closes_at else "",
            "deadline": when(current.deadline_at) if current and current.deadline_at else "",
            "current": current,
            "attempts": graded,
            "passed": standing(found.grade_rule, results, found.pass_mark)[1],
            "measures": found.posttests.exists(),
            "shows_answers": rules.shows_answers(timezone.now()),
            "wait": duration(rules.wait_minutes),
            "refusal": refusal,
            "login_url": f"{reverse('account_login')}?next={reverse('quiz', args=[key])}",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required_keeping_form
def attempt(request: HttpRequest, key: UUID) -> HttpResponse:
    """All questions in one form: save and go on later, or hand in."""
    if request.method != "POST" and (html := paper(request, key)) is not None:
        return HttpResponse(html)
    found = _attempt_or_404(request, key)
    if found.is_open and found.is_overdue:
        services.close_attempt(attempt_id=found.pk)
        messages.warning(request, str(services.AttemptOver(found.deadline_at)))
        return redirect("attempt_result", key)
    if not found.is_open:
        return redirect("attempt_result", key)
    if request.method != "POST":
        return _questions(request, found, cards(found, current_language()))
    asked, data = list(found.questions.with_content()), request.POST.copy()
    dropped = drop_file(data, data.get("act", ""))
    form, typed = HandInForm(data), answers_in(data, asked)
    confirmed = data.get("act") == "confirm"
    try:
        refused = keep_files(request, asked, data)
        typed = answers_in(data, asked)
        if not form.is_valid():
            raise services.UnknownAnswer
        if not confirmed:
            services.save_answers(actor=request.user, attempt=found, answers=typed, seen=seen_in(request.POST))
    except services.AttemptOver as error:
        services.close_attempt(attempt_id=found.pk)
        messages.warning(request, str(error))
        return redirect("attempt_result", key)
    except DomainError as error:
        return _questions(request, found, cards(found, current_language(), typed=typed), error=str(error))
    if refused:
        return _questions(
            request, found, _with_errors(cards(found, current_language()), refused), error=_not_taken(refused)
        )
    if dropped:
        return redirect(_place_of(found, dropped) or reverse("attempt", args=[key]))
    return _act(request, found, form.cleaned_data["act"], form.cleaned_data["submission_key"])


def keep_files(request: HttpRequest, asked: list[AttemptQuestion], data: QueryDict) -> dict[int, list[str]]:
    """Keep the files that came with a form and name them in the answers of ``data``.

    Return ``{question id: why}`` for those that were not taken; they keep nothing else from being saved.
    """
    refused: dict[int, list[str]] = {}
    for question in asked:
        name = f"q{question.pk}"
        for upload in request.FILES.getlist(f"{name}-new"):
            beside = len(data.getlist(name))
            try:
                kept = services.add_file(actor=request.user, question=question, upload=upload, beside=beside)
            except services.RefusedFile as error:
                refused.setdefault(question.pk, []).append(str(error))
            else:
                data.appendlist(name, str(kept.key))
    return refused


def _with_errors(sheet: list[Card], refused: dict[int, list[str]]) -> list[Card]:
    """Say beside each question which of its files were not taken."""
    for card in sheet:
        card.field["errors"] = refused.get(card.pk, [])
    return sheet


def _not_taken(refused: dict[int, list[str]]) -> str:
    saved = _("Everything else is saved.")
    return " ".join([*(why for reasons in refused.values() for why in reasons), saved])


def _act(request: HttpRequest, found: Attempt, act: str, submission_key: UUID) -> HttpResponse:
    """Do what the pressed button says; the answers are saved."""
    if act.startswith("language:"):
        wanted = act.removeprefix("language:")
        if wanted in dict(settings.LANGUAGES):
            with translation.override(wanted):
                return redirect("attempt", found.key)
    if act.startswith("check:"):
        return _check(request, found, act.removeprefix("check:"))
    if act == "stay":
        return redirect("attempt", found.key)
    if act not in ("hand_in", "confirm"):
        messages.success(request, _("Your answers are saved. You can go on whenever you like."))
        return redirect("quiz", found.quiz.item.key)
    if act == "hand_in" and any(not card.answered for card in cards(found, current_language())):
        return redirect("attempt_hand_in", found.key)
    try:
        services.submit_attempt(actor=request.user, attempt=found, submission_key=submission_key)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("attempt_result", found.key)


@require_safe
@never_cache
@login_required
def attempt_hand_in(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask whether to hand in with questions left unanswered."""
    found = _attempt_or_404(request, key)
    if not found.is_open or found.is_overdue:
        return redirect("attempt", key)
    context = {
        **about(found.quiz, _("Hand in")),
        "attempt": found,
        "unanswered": [card for card in cards(found, current_language()) if not card.answered],
        "submission_key": fresh_key(),
    }
    return render(request, "assessments/hand_in.html", context)


def _check(request: HttpRequest, found: Attempt, pk: str) -> HttpResponse:
    """Show the feedback on one answer, and the page where it stands."""
    question = found.questions.filter(pk=pk).first() if pk.isdecimal() else None
    if question is None:
        raise Http404
    try:
        services.check_answer(actor=request.user, question=question)
    except services.AttemptOver:
        return redirect("attempt", found.key)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(_place_of(found, pk))


def _place_of(found: Attempt, pk: str) -> str:
    """Return the address of the page where a question of an attempt stands; empty if it is not there."""
    own = [str(id) for id in found.questions.values_list("pk", flat=True)]
    return f"{reverse('attempt', args=[found.key])}#question-{own.index(pk) + 1}" if pk in own else ""


def _questions(request: HttpRequest, found: Attempt, sheet: list[Card], error: str = "") -> HttpResponse:
    return render(request, "assessments/attempt.html", context_of(found, sheet, error))


@require_safe
@never_cache
@login_required
def attempt_result(request: HttpRequest, key: UUID) -> HttpResponse:
    """Score, feedback for every answer, and what to do next."""
    found = _attempt_or_404(request, key)
    if found.is_open:
        if not services.close_attempt(attempt_id=found.pk):
            return redirect("attempt", key)
        found.refresh_from_db(fields=["state", "points", "max_points", "percent", "passed", "submitted_at"])
    language = current_language()
    rules = rules_for(request.user, found.quiz)
    again = ""
    try:
        check_start(found.quiz, rules, attempts_used(request.user, found.quiz, rules))
    except DomainError as error:
        again = str(error)
    shows = rules.shows_answers(timezone.now())
    gain = gains([found.learner_key], found.quiz).get(found.learner_key)
    sheet = cards(found, language, shows_answers=shows)
    around = about(found.quiz, _("Result"))
    waiting = 0 if found.state == Attempt.State.GRADED else waiting_for_marks(found)
    measures = found.quiz.posttests.exists()
    goes_on = found.passed or measures or waiting  # who has not passed reads the lessons again
    return render(
        request,
        "assessments/result.html",
        {
            **around,
            "attempt": found,
            "cards": sheet,
            "right": sum(card.state == "right" for card in sheet),
            "waiting": waiting,
            "handed_in": when(found.submitted_at) if found.submitted_at else "",
            "no_more": again,
            "shows_answers": shows,
            "shown_from": when(rules.closes_at) if rules.closes_at and not shows else "",
            "gain": gain,
            "gain_number": ceil(gain.points) if gain else 0,
            "measures": measures,
            "next": next_step(request.user, found.quiz, around["module"], language) if goes_on else None,
        },
    )


def waiting_for_marks(found: Attempt) -> int:
    """How many answers of an attempt that was handed in wait for a person."""
    return found.questions.filter(points__isnull=True).count()


def _quiz_or_404(request: HttpRequest, key: UUID) -> Quiz:
    """A quiz in use; 404 also where the module's page is only for others."""
    found = get_object_or_404(
        Quiz.objects.live().select_related("item__parent").prefetch_related("texts"), item__key=key
    )
    parent = found.item.parent
    page = best_pages(ModulePage, [parent.key], current_language()).get(parent.key) if parent else None
    if page is not None and not all(rule.accept_request(request) for rule in page.get_view_restrictions()):
        raise Http404
    return found


def _attempt_or_404(request: HttpRequest, key: UUID) -> Attempt:
    return get_object_or_404(
        Attempt.objects.visible_to(request.user).select_related("quiz__item__parent").prefetch_related("quiz__texts"),
        key=key,
    )
