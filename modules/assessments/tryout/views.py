"""Trying a quiz or a question out, as a learner would meet it. For those who write them; for others it is not there."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import DomainError

from ..models import Question, Quiz
from ..paper import about, current_language
from ..permissions import writes_quizzes
from ..types import TYPES
from .trials import Trial, answer, check, draft_of, percent_of, sheet_of, trial_of, trial_of_draft, trials_of

LARGEST_SEED = 2**31 - 1
METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@never_cache
@login_required
def quiz_try(request: HttpRequest, key: UUID) -> HttpResponse:
    """All questions of a quiz; by POST, what an answer or the whole of it is worth. Nothing is written down."""
    quizzes = Quiz.objects.visible_to(request.user).select_related("item__parent").prefetch_related("texts")
    found = get_object_or_404(quizzes, item__key=key)
    seed = _seed(request)
    context = {
        **about(found, _("Try it")),
        "checks": found.feedback == Quiz.Feedback.AT_ONCE,
        "measures": found.posttests.exists(),
        "pass_mark": found.pass_mark,
        "edit_url": reverse("quizzes:edit", args=[found.pk]),
    }
    return _trial(request, trials_of(found, seed), seed, seed if found.shuffle else 0, context)


@require_http_methods(METHODS)
@never_cache
@login_required
def question_try(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One question: as it is in the bank, or by POST as an author has written it in the admin and not saved it yet."""
    if not writes_quizzes(request.user):
        raise Http404
    question = None if pk is None else get_object_or_404(Question.objects.visible_to(request.user), pk=pk)
    version = question.versions.select_related("question").prefetch_related("texts").first() if question else None
    if "draft" in request.POST:
        return _draft(request, request.POST["draft"])
    if "language" in request.POST:
        form = _form_class(request, version)(request.POST, instance=question, language=request.POST["language"])
        if not form.is_valid():
            return render(request, "assessments/tryout_errors.html", {"form": form})
        return _draft(request, draft_of({**form.question(), "feedback": form.cleaned_data["feedback"]}, version))
    if version is None:
        raise Http404
    return _question(request, trial_of(version), {"edit_url": reverse("questions:edit", args=[pk])})


def _form_class(request: HttpRequest, version: Any) -> type[Any]:
    kinds = {kind.name: kind for kind in TYPES}
    asked = request.POST.get("type", "")
    if version is None and asked not in kinds:
        raise Http404
    return (version.kind if version else kinds[asked]).form_class()


def _draft(request: HttpRequest, draft: str) -> HttpResponse:
    try:
        trial, language = trial_of_draft(draft)
    except signing.BadSignature:
        raise Http404 from None
    with translation.override(language):
        return _question(request, trial, {"draft": draft, "languages": []})


def _question(request: HttpRequest, trial: Trial, context: dict[str, Any]) -> HttpResponse:
    title = _("Try this question")
    seed = _seed(request)
    return _trial(request, [trial], seed, seed, {"title": title, "title_html": title, **context})


def _trial(
    request: HttpRequest, trials: list[Trial], seed: int, shuffle_seed: int, context: dict[str, Any]
) -> HttpResponse:
    """Show questions, or what the posted answers are worth: of one question (``check:12``) or of all of them."""
    language, act, error = current_language(), request.POST.get("act", ""), ""
    handed_in = act == "hand_in"
    if act:
        try:
            answer(trials, request.POST)
        except DomainError as refused:
            error, handed_in = str(refused), False
        else:
            checked = {act.removeprefix("check:"), *request.POST.getlist("checked")}
            for trial in trials:
                if handed_in or (str(trial.pk) in checked and not trial.kind.marked_by_person and trial.answer):
                    check(trial)
    sheet = sheet_of(trials, language, seed=shuffle_seed, is_open=not handed_in)
    percent = percent_of(trials) if handed_in else None
    return render(
        request,
        "assessments/tryout.html",
        {
            **context,
            "cards": sheet,
            "error": error,
            "seed": seed,
            "held": _held(request.POST, [card.name for card in sheet if card.locked]) if not handed_in else [],
            "handed_in": handed_in,
            "percent": percent,
            "passed": percent is not None and percent >= context.get("pass_mark", 0),
            "scripts": sorted({card.script for card in sheet if card.script}),
        },
    )


def _held(data: QueryDict, names: list[str]) -> list[tuple[str, str]]:
    """The posted fields of questions that are locked now, to come along with the next form."""
    return [
        (field, value)
        for name in names
        for field in data
        if field == name or field.startswith(f"{name}-")
        for value in data.getlist(field)
    ]


def _seed(request: HttpRequest) -> int:
    """The seed that the page came with, so that the same is asked in the same order; else a new one."""
    given = request.POST.get("seed", "")
    if given.isdecimal() and 0 < int(given[:10]) <= LARGEST_SEED:
        return int(given[:10])
    return secrets.randbelow(LARGEST_SEED) + 1
