"""What is saved as it is given: an answer, a file; and a file to be read again."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import unsent
from core.errors import DomainError

from .. import services
from ..contents import content_for
from ..forms import FileForm, SaveForm, answer_in, replaced_in
from ..models import AnswerFile, Attempt


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
    at = date_format(timezone.localtime(saved.at), "TIME_FORMAT")
    message = _("Saved on the server at %(time)s.") % {"time": at}
    if saved.late:
        message = _("A newer answer from another window or device is there already. It counts.")
    return JsonResponse({"saved": True, "message": message, "id": saved.pk, "late": saved.late})


@require_POST
@never_cache
def attempt_file(request: HttpRequest, key: UUID) -> JsonResponse:
    """Keep one file as soon as it is chosen. Answers in JSON: a sentence for the learner, and the files as HTML."""
    if refused := unsent.refusal(request):
        return refused
    found = get_object_or_404(Attempt.objects.visible_to(request.user), key=key)
    form = FileForm(request.POST, request.FILES)
    asked = found.questions.with_content()
    question = asked.filter(pk=form.cleaned_data["question"]).first() if form.is_valid() else None
    if question is None:
        return JsonResponse({"saved": False, "refused": True, "message": str(services.UnknownAnswer())}, status=400)
    try:
        saved = services.hand_in_file(
            actor=request.user, question=question, upload=form.cleaned_data["file"], key=form.cleaned_data["key"]
        )
    except services.AttemptOver as error:
        over = {"saved": False, "refused": True, "message": str(error), "over": reverse("attempt", args=[key])}
        return JsonResponse(over, status=409)
    except DomainError as error:
        return JsonResponse({"saved": False, "refused": True, "message": str(error)}, status=400)
    fresh = asked.with_answers().get(pk=question.pk)
    field = fresh.version.kind.card(
        content_for(fresh), fresh.answer, language=get_language() or "en", seed=found.seed, graded=False
    )
    listed = {"name": f"q{fresh.pk}", "field": field, "locked": False}
    html = render_to_string("types/upload/files.html", listed, request)
    at = date_format(timezone.localtime(saved.at), "TIME_FORMAT")
    message = _("Saved on the server at %(time)s.") % {"time": at}
    return JsonResponse({"saved": True, "message": message, "id": max(saved.pk, fresh.answer_id), "html": html})


@require_safe
@never_cache
@login_required
def answer_file(request: HttpRequest, key: UUID) -> FileResponse:
    """A file handed in, for the learner and for those who may mark it."""
    found = get_object_or_404(AnswerFile.objects.visible_to(request.user), key=key)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name)
