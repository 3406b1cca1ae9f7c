"""The pages of a quiz: what it is, the questions, the result."""

from __future__ import annotations

from math import ceil
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import unsent
from core.errors import DomainError
from core.languages import direction, native_name
from core.wording import duration
from modules.lessons.models import ModulePage
from modules.lessons.outline import best_pages, skeletons

from . import services
from .facts import gains
from .forms import HandInForm, SaveForm, answer_in, answers_in, fresh_key, replaced_in, seen_in
from .models import AnswerFile, Attempt, AttemptQuestion, Quiz
from .next_steps import next_step
from .rules import attempts_used, rules_for
from .services.errors import when
from .services.taking import check_start
from .sheet import Card, cards
from .words import marked, to_html

A_DAY = 24 * 60 * 60


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
            begun = services.start_attempt(actor=user, quiz=found, language=_language())
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
    return render(
        request,
        "assessments/quiz.html",
        {
            **_about(found),
            "rules": rules,
            "questions": questions,
            "left": None if rules.attempts_allowed is None else max(0, rules.attempts_allowed - tried.number),
            "opens": when(rules.opens_at) if rules.opens_at and rules.opens_at > timezone.now() else "",
            "closes": when(rules.closes_at) if rules.closes_at else "",
            "deadline": when(current.deadline_at) if current and current.deadline_at else "",
            "current": current,
            "attempts": graded,
            "passed": any(attempt.passed for attempt in graded),
            "measures": found.posttests.exists(),
            "shows_answers": rules.shows_answers(timezone.now()),
            "wait": duration(rules.wait_minutes),
            "refusal": refusal,
            "login_url": f"{reverse('account_login')}?next={reverse('quiz', args=[key])}",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def attempt(request: HttpRequest, key: UUID) -> HttpResponse:
    """All questions in one form: save and go on later, or hand in."""
    found = _attempt_or_404(request, key)
    if found.is_open and found.is_overdue:
        services.close_attempt(attempt_id=found.pk)
        messages.warning(request, str(services.AttemptOver(found.deadline_at)))
        return redirect("attempt_result", key)
    if not found.is_open:
        return redirect("attempt_result", key)
    if request.method != "POST":
        return _questions(request, found, cards(found, _language()))
    asked, data = list(found.questions.with_content()), request.POST.copy()
    form, typed = HandInForm(data), answers_in(data, asked)
    confirmed = data.get("act") == "confirm"
    try:
        if keep_files(request, asked, data):
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
        return _questions(request, found, cards(found, _language(), typed=typed), error=str(error))
    return _act(request, found, form.cleaned_data["act"], form.cleaned_data["submission_key"])


def keep_files(request: HttpRequest, asked: list[AttemptQuestion], data: QueryDict) -> int:
    """Keep the files that came with a form and name them in the answers of ``data``; return how many.

    Raises ``DomainError``.
    """
    number = 0
    for question in asked:
        for upload in request.FILES.getlist(f"q{question.pk}-new"):
            kept = services.add_file(actor=request.user, question=question, upload=upload)
            data.appendlist(f"q{question.pk}", str(kept.key))
            number += 1
    return number


@require_safe
@never_cache
@login_required
def answer_file(request: HttpRequest, key: UUID) -> FileResponse:
    """A file handed in, for the learner and for those who may mark it."""
    found = get_object_or_404(AnswerFile.objects.visible_to(request.user), key=key)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)


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
    if act == "hand_in" and any(not card.answered for card in cards(found, _language())):
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
        **_about(found.quiz, _("Hand in")),
        "attempt": found,
        "unanswered": [card for card in cards(found, _language()) if not card.answered],
        "submission_key": fresh_key(),
    }
    return render(request, "assessments/hand_in.html", context)


def _check(request: HttpRequest, found: Attempt, pk: str) -> HttpResponse:
    """Show the feedback on one answer, and the page where it stands."""
    own = list(found.questions.all())
    place = next((place for place, question in enumerate(own, start=1) if str(question.pk) == pk), None)
    if place is None:
        raise Http404
    try:
        services.check_answer(actor=request.user, question=own[place - 1])
    except services.AttemptOver:
        return redirect("attempt", found.key)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(f"{reverse('attempt', args=[found.key])}#question-{place}")


def _questions(request: HttpRequest, found: Attempt, sheet: list[Card], error: str = "") -> HttpResponse:
    language = _language()
    return render(
        request,
        "assessments/attempt.html",
        {
            **_about(found.quiz, _("Questions")),
            "attempt": found,
            "cards": sheet,
            "error": error,
            "deadline": when(found.deadline_at) if found.deadline_at else "",
            "seconds_left": _seconds_left(found),
            "takes_files": any(card.takes_files for card in sheet),
            "scripts": sorted({card.script for card in sheet if card.script}),
            "checks": found.quiz.feedback == Quiz.Feedback.AT_ONCE,
            "submission_key": fresh_key(),
            "untranslated": any(card.language != language for card in sheet),
            "other_languages": [
                {"code": code, "name": native_name(code), "dir": direction(code)}
                for code, _name in settings.LANGUAGES
                if code != language
            ],
        },
    )


@require_POST
@never_cache
def attempt_save(request: HttpRequest, key: UUID) -> JsonResponse:
    """Save one answer as it is given. Answers in JSON, with a sentence for the learner."""
    if refused := unsent.refusal(request):
        return refused
    found = get_object_or_404(Attempt.objects.visible_to(request.user), key=key)
    form = SaveForm(request.POST)
    asked = found.questions.with_content()
    question = asked.filter(pk=form.cleaned_data["question"]).first() if form.is_valid() else None
    if question is None:
        return JsonResponse({"saved": False, "refused": True, "message": str(services.UnknownAnswer())}, status=400)
    try:
        saved = services.save_response(
            actor=request.user,
            question=question,
            answer=answer_in(request.POST, question),
            key=form.cleaned_data["key"],
            given_at=unsent.done_at(request, not_before=found.started_at),
            seen=form.cleaned_data["seen"] or 0,
            replaces=replaced_in(request.POST),
        )
    except services.AttemptOver as error:
        over = {"saved": False, "refused": True, "message": str(error), "over": reverse("attempt", args=[key])}
        return JsonResponse(over, status=409)
    except DomainError as error:
        return JsonResponse({"saved": False, "refused": True, "message": str(error)}, status=400)
    at = date_format(timezone.localtime(), "TIME_FORMAT")
    message = _("Saved on the server at %(time)s.") % {"time": at}
    if saved.late:
        message = _("A newer answer from another window or device is there already. It counts.")
    return JsonResponse({"saved": True, "message": message, "id": saved.pk, "late": saved.late})


@require_safe
@never_cache
@login_required
def attempt_result(request: HttpRequest, key: UUID) -> HttpResponse:
    """Score, feedback for every answer, and what to do next."""
    found = _attempt_or_404(request, key)
    if found.is_open and not services.close_attempt(attempt_id=found.pk):
        return redirect("attempt", key)
    found.refresh_from_db(fields=["state", "points", "max_points", "percent", "passed", "submitted_at"])
    rules = rules_for(request.user, found.quiz)
    again = ""
    try:
        check_start(found.quiz, rules, attempts_used(request.user, found.quiz, rules))
    except DomainError as error:
        again = str(error)
    shows = rules.shows_answers(timezone.now())
    gain = gains([found.learner_key], found.quiz).get(found.learner_key)
    sheet = cards(found, _language(), shows_answers=shows)
    return render(
        request,
        "assessments/result.html",
        {
            **_about(found.quiz, _("Result")),
            "attempt": found,
            "cards": sheet,
            "right": sum(card.state == "right" for card in sheet),
            "waiting": 0 if found.state == Attempt.State.GRADED else waiting_for_marks(found),
            "handed_in": when(found.submitted_at) if found.submitted_at else "",
            "no_more": again,
            "shows_answers": shows,
            "shown_from": when(rules.closes_at) if rules.closes_at and not shows else "",
            "gain": gain,
            "gain_number": ceil(gain.points) if gain else 0,
            "measures": found.quiz.posttests.exists(),
            "next": next_step(request.user, found.quiz, _language()),
        },
    )


def waiting_for_marks(found: Attempt) -> int:
    """How many answers of an attempt that was handed in wait for a person."""
    return found.questions.filter(points__isnull=True).count()


def _seconds_left(found: Attempt) -> int | None:
    """For the page's script: in how many seconds the time is over; ``None``: never, or not today."""
    if found.deadline_at is None:
        return None
    seconds = ceil((found.deadline_at - timezone.now()).total_seconds())
    return max(0, seconds) if seconds < A_DAY else None


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _quiz_or_404(request: HttpRequest, key: UUID) -> Quiz:
    """A quiz in use; 404 also where the module's page is only for others."""
    found = get_object_or_404(
        Quiz.objects.live().select_related("item__parent").prefetch_related("texts"), item__key=key
    )
    parent = found.item.parent
    page = best_pages(ModulePage, [parent.key], _language()).get(parent.key) if parent else None
    if page is not None and not all(rule.accept_request(request) for rule in page.get_view_restrictions()):
        raise Http404
    return found


def _attempt_or_404(request: HttpRequest, key: UUID) -> Attempt:
    return get_object_or_404(
        Attempt.objects.visible_to(request.user).select_related("quiz__item__parent").prefetch_related("quiz__texts"),
        key=key,
    )


def _about(found: Quiz, here: str = "") -> dict[str, Any]:
    """Title, introduction and the way to the quiz, in the reader's language; ``here`` names a page below it."""
    language = _language()
    text = found.text_in(language)
    own = text.language if text else language
    parent = found.item.parent
    module = skeletons([parent.key], language).get(parent.key) if parent else None
    title = text.title if text else found.item.title
    breadcrumbs = [{"title": module.title, "url": module.url}] if module else []
    breadcrumbs += [{"title": title, "url": reverse("quiz", args=[found.item.key])}]
    return {
        "quiz": found,
        "title": title,
        "title_html": marked(title, own),
        "intro": marked(to_html(text.intro), own, block=True) if text else "",
        "module": module,
        "breadcrumbs": [*breadcrumbs, {"title": here, "url": ""}] if here else breadcrumbs,
    }
