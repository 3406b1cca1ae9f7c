"""One's own data: what we say of it, what one allowed, who saw it, taking it along, being forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.decorators import ratelimit

from core import links
from core.errors import DomainError
from courses.participants import notices
from courses.participants.models import Consent, Participant
from courses.participants.services import give_consent, participant_of, withdraw_consent
from jobs.models import Job
from jobs.views import status_of

from . import erasing, personal, taking
from .forms import ConsentForm, ErasureForm
from .models import DataExport, ErasureRequest

SEEN_PER_PAGE = 50


@require_safe
@never_cache
@login_required
def privacy(request: HttpRequest) -> HttpResponse:
    """Everything about one's own data on one page."""
    user: Any = request.user
    participant = participant_of(user)
    notice = notices.current_notice()
    exports = list(DataExport.objects.visible_to(user).select_related("job")[:3])
    newest = exports[0] if exports else None
    return render(
        request,
        "privacy/privacy.html",
        {
            "participant": participant,
            "notice": notice,
            "notice_text": notice.text_in() if notice else None,
            "receipt": notice.receipts.filter(user=user).first() if notice else None,
            "consents": _consents(participant) if participant else [],
            "seen_number": personal.views_of(participant).count(),
            "export": newest,
            "export_status": _running(newest),
            "erasure": ErasureRequest.objects.visible_to(user).open().first(),
        },
    )


def _running(export: DataExport | None) -> dict[str, object] | None:
    """How far the archive is, while it is being made or when it could not be made."""
    if export is None or export.job is None or export.archive or export.job.state == Job.State.DONE:
        return None
    return status_of(export.job)


def _consents(participant: Participant) -> list[dict[str, Any]]:
    """Every consent one can give or once gave, whether it stands, and its history; one query."""
    rows = list(participant.consents.all())
    found = []
    for purpose, label in Consent.Purpose.choices:
        history = [row for row in rows if row.purpose == purpose]
        stands = next((row for row in history if row.withdrawn_at is None), None)
        if history or purpose in Consent.ASKED:
            asked = purpose in Consent.ASKED
            found.append({"purpose": purpose, "label": label, "stands": stands, "history": history, "asked": asked})
    return found


@require_POST
@login_required
def consent(request: HttpRequest) -> HttpResponse:
    """Give or take back one consent: one press either way."""
    participant = participant_of(request.user)
    form = ConsentForm(request.POST)
    if participant is None or not form.is_valid():
        raise Http404
    if form.cleaned_data["give"] and form.cleaned_data["purpose"] not in Consent.ASKED:
        raise Http404  # nothing here uses it any more
    purpose = form.cleaned_data["purpose"]
    if form.cleaned_data["give"]:
        give_consent(actor=request.user, participant=participant, purpose=purpose)
        messages.success(request, _("Thank you. You can take this back here at any time."))
    else:
        withdraw_consent(actor=request.user, participant=participant, purpose=purpose)
        messages.success(request, _("Taken back. It no longer holds from this moment."))
    return redirect("privacy")


@require_safe
@never_cache
@login_required
def seen(request: HttpRequest) -> HttpResponse:
    """Who has seen my data, when and where."""
    rows = personal.views_of(participant_of(request.user))
    page = Paginator(rows, SEEN_PER_PAGE).get_page(request.GET.get("page"))
    entries = [{"entry": entry, "what": personal.words_of(entry.action)} for entry in page.object_list]
    return render(request, "privacy/seen.html", {"page_obj": page, "entries": entries})


# --- Taking one's data along ----------------------------------------------------------------------


@require_POST
@login_required
def export_request(request: HttpRequest) -> HttpResponse:
    """Ask for the archive."""
    try:
        taking.request_export(actor=request.user, language=get_language() or "")
    except DomainError as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("We are collecting your data. You get a mail when it is ready."))
    return redirect("privacy")


@require_safe
@never_cache
@login_required
def export_download(request: HttpRequest, key: UUID) -> FileResponse:
    """The archive, for the person alone and only for some days."""
    export = get_object_or_404(DataExport.objects.visible_to(request.user), key=key)
    if not export.is_ready:
        raise Http404
    DataExport.objects.filter(pk=export.pk, fetched_at__isnull=True).update(fetched_at=timezone.now())
    name = f"my-data-{timezone.localdate(export.requested_at):%Y-%m-%d}.zip"
    return FileResponse(export.archive.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


# --- Being forgotten ------------------------------------------------------------------------------


def _certificates_of(participant: Participant | None) -> int:
    """How many certificates the person holds; the room above answers through the relation."""
    if participant is None:
        return 0
    counted = Participant.objects.filter(pk=participant.pk).annotate(number=Count("certificates"))
    return counted.values_list("number", flat=True).get()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@ratelimit(key="user", rate="10/h", method="POST", block=True)
def erasure(request: HttpRequest) -> HttpResponse:
    """Ask to be forgotten: what goes, what stays, and the password."""
    user: Any = request.user
    if ErasureRequest.objects.visible_to(user).filter(state=ErasureRequest.State.PLANNED).exists():
        return redirect("privacy")
    number = _certificates_of(participant_of(user))
    form = ErasureForm(request.POST if request.method == "POST" else None, user=user, has_certificates=bool(number))
    if request.method == "POST" and form.is_valid():
        try:
            asked = erasing.ask_erasure(
                actor=user,
                withdraw_certificates=form.cleaned_data.get("withdraw_certificates", False),
                confirmed="password" in form.fields,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            if asked.state == ErasureRequest.State.PLANNED:
                messages.success(request, _("Your data will be erased. Until then you can take this back here."))
            else:
                messages.info(request, _("We have sent you a mail. Open the link in it to confirm."))
            return redirect("privacy")
    return render(
        request,
        "privacy/erasure.html",
        {"form": form, "certificates": number, "days": erasing.GRACE.days},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def erasure_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail, for people without a password."""
    try:
        key = links.read_token(erasing.LINK, token, max_age=erasing.LINK_AGE)
    except links.LinkExpired:
        messages.error(request, _("This link is too old. Please ask once more."))
        return redirect("erasure")
    except links.LinkInvalid as error:
        raise Http404 from error
    asked = get_object_or_404(ErasureRequest.objects.visible_to(request.user).open(), key=key)
    if request.method == "POST":
        try:
            erasing.confirm_erasure(actor=request.user, key=key)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Your data will be erased. Until then you can take this back here."))
        return redirect("privacy")
    return render(request, "privacy/erasure_confirm.html", {"asked": asked, "days": erasing.GRACE.days})


@require_POST
@login_required
def erasure_undo(request: HttpRequest) -> HttpResponse:
    """Change one's mind."""
    try:
        erasing.undo_erasure(actor=request.user)
    except DomainError as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("Nothing will be erased. Everything is as it was."))
    return redirect("privacy")
