"""Certificates of one's own, and what organisers do with those of their programmes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from core import links
from core.errors import DomainError
from courses.catalogue.models import Cohort
from courses.participants.models import Participant
from courses.participants.permissions import is_self
from courses.participants.trail import saw
from courses.workshops.models import Workshop
from institutions.models import Role
from institutions.roles import scope
from jobs.models import Job
from jobs.services import JobNotFailed, retry_job, start_job
from jobs.views import status_of

from . import permissions, serials, services
from .eligibility import eligible
from .forms import FindForm, IssueForm, ReasonForm, TemplateForm
from .issuing import file_name
from .models import Batch, Certificate
from .permissions import can_issue

# --- One's own ------------------------------------------------------------------------------------


@require_safe
@login_required
def my_certificates(request: HttpRequest) -> HttpResponse:
    """The certificates of the person signed in."""
    certificates = Certificate.objects.filter(participant__user=request.user.pk).select_related("superseded_by")
    return render(request, "certificates/mine.html", {"certificates": certificates})


def _visible(request: HttpRequest, serial: str) -> Certificate:
    rows = Certificate.objects.visible_to(request.user).select_related(
        "participant__user", "template", "batch", "cohort__course", "workshop", "course", "superseded_by"
    )
    return get_object_or_404(rows, serial=serials.read(serial) or "")


def _file(request: HttpRequest, certificate: Certificate) -> HttpResponse | FileResponse:
    if certificate.withdrawn_at or not certificate.pdf:
        raise Http404
    if not services.is_unaltered(certificate):
        return render(request, "certificates/altered.html", {"certificate": certificate}, status=409)
    return FileResponse(
        certificate.pdf.open("rb"),
        as_attachment=True,
        filename=file_name(certificate),
        content_type="application/pdf",
    )


@require_safe
@never_cache
@login_required
def certificate_download(request: HttpRequest, serial: str) -> HttpResponse | FileResponse:
    """The PDF as issued, for its holder and the programme's organisers."""
    found = _visible(request, serial)
    saw(request.user, [found.participant], "certificates.export")
    return _file(request, found)


@require_safe
@never_cache
def certificate_link(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """The PDF for a holder without an account, by the signed link of the mail."""
    try:
        serial = links.read_token(services.LINK, token, max_age=services.LINK_AGE)
    except links.LinkExpired:
        return render(request, "certificates/link_expired.html", status=410)
    except links.LinkInvalid as error:
        raise Http404 from error
    return _file(request, get_object_or_404(Certificate, serial=serial, participant__user__isnull=True))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def certificate_withdraw(request: HttpRequest, serial: str) -> HttpResponse:
    """Withdraw name and file: a page that says what it means, then the act."""
    certificate = _visible(request, serial)
    if not permissions.can_withdraw_name(request.user, certificate):
        raise Http404
    own = is_self(request.user, certificate.participant)
    back = reverse("my_certificates") if own else reverse("certificate", args=[certificate.serial])
    if request.method == "POST":
        try:
            services.withdraw_name(actor=request.user, certificate=certificate)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Name and file have been withdrawn."))
        return redirect(back)
    saw(request.user, [certificate.participant], "certificates.view")
    return render(request, "certificates/withdraw.html", {"certificate": certificate, "back": back, "own": own})


# --- Issuing --------------------------------------------------------------------------------------


def _subject(request: HttpRequest, kind: str, pk: int) -> Cohort | Workshop:
    subject: Cohort | Workshop
    if kind == "cohort":
        cohorts = Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme")
        subject = get_object_or_404(cohorts, pk=pk)
    elif kind == "workshop":
        workshops = Workshop.objects.visible_to(request.user).prefetch_related("texts", "sessions")
        subject = get_object_or_404(workshops, pk=pk)
    else:
        raise Http404
    if not can_issue(request.user, subject):
        raise Http404
    return subject


def _subject_page(subject: Any) -> dict[str, str]:
    if isinstance(subject, Cohort):
        return {"title": f"{subject.course}, {subject.title}", "url": reverse("cohort_progress", args=[subject.pk])}
    return {"title": subject.title, "url": reverse("workshop_manage", args=[subject.key])}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def certificates_issue(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Every participant with what is met and what is missing; those complete can be chosen."""
    subject = _subject(request, kind, pk)
    templates = services.suitable_templates(request.user, subject)
    data = request.POST if request.method == "POST" else request.GET
    template_form = TemplateForm({"template": data.get("template")}, templates=templates)
    template = template_form.cleaned_data.get("template") if template_form.is_valid() else None
    template = template or templates.first()
    candidates = eligible(subject, template.kind if template else "", actor=request.user)
    form = IssueForm(
        request.POST if request.method == "POST" else None,
        initial={"template": template},
        templates=templates,
        candidates=candidates,
    )
    if request.method == "POST" and form.is_valid():
        people = Participant.objects.filter(pk__in=form.cleaned_data["participants"])
        try:
            batch = services.request_batch(
                actor=request.user,
                template=form.cleaned_data["template"],
                subject=subject,
                participants=people,
                language=form.cleaned_data["language"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            if services.is_waiting(batch):
                messages.success(request, _("The batch waits for the approval of another organiser."))
            return redirect("batch", key=batch.key)
    chosen = set(request.POST.getlist("participants")) if request.method == "POST" else None
    saw(request.user, [candidate.participant for candidate in candidates], "certificates.view")
    return render(
        request,
        "certificates/issue.html",
        {
            "subject": subject,
            "page": _subject_page(subject),
            "form": form,
            "template": template,
            "templates": templates,
            "rows": [
                {"candidate": c, "checked": c.can_receive and (chosen is None or str(c.participant.pk) in chosen)}
                for c in candidates
            ],
            "ready": sum(candidate.can_receive for candidate in candidates),
            "batches": _batches(request).filter(subject_key=f"{kind}:{pk}")[:20],
        },
    )


def _batches(request: HttpRequest) -> Any:
    return (
        Batch.objects.visible_to(request.user)
        .select_related(
            "template", "job", "requested_by", "approved_by", "cohort__course__item", "workshop", "course__item"
        )
        .prefetch_related("template__texts", "workshop__texts")
    )


@require_safe
@never_cache
@login_required
def batch(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a batch is, what came of it, what is left to do."""
    found = get_object_or_404(_batches(request), key=key)
    certificates = found.certificates.select_related("participant").order_by("name", "serial")
    skipped = found.job.result.get("skipped", []) if found.job else []
    names = dict(Participant.objects.filter(pk__in=[s["participant"] for s in skipped]).values_list("pk", "name"))
    packing = Job.objects.filter(kind=services.ARCHIVE_JOB, params__batch=str(found.key)).first()
    packing = packing if packing and not packing.is_final else None
    page_obj = Paginator(certificates, 100).get_page(request.GET.get("page"))
    people = Participant.objects.filter(pk__in=found.participants) if not found.job else Participant.objects.none()
    left_out = Participant.objects.filter(pk__in=names)
    saw(request.user, [*(row.participant for row in page_obj.object_list), *left_out, *people], "certificates.view")
    return render(
        request,
        "certificates/batch.html",
        {
            "batch": found,
            "page": _subject_page(found.subject),
            "status": status_of(found.job) if found.job else None,
            "packing": packing,
            "packing_status": status_of(packing) if packing else None,
            "waiting": services.is_waiting(found),
            "can_approve": services.is_waiting(found) and permissions.can_approve(request.user, found),
            "can_retry": bool(
                found.job and found.job.state == Job.State.FAILED and can_issue(request.user, found.subject)
            ),
            "people": people,
            "certificates": page_obj,
            "page_obj": page_obj,
            "skipped": [{"name": names.get(s["participant"], ""), "why": s["why"]} for s in skipped],
        },
    )


@require_POST
@login_required
def batch_approve(request: HttpRequest, key: UUID) -> HttpResponse:
    """The second approval."""
    found = get_object_or_404(Batch.objects.visible_to(request.user), key=key)
    try:
        services.approve_batch(actor=request.user, batch=found)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Approved. The certificates are being issued."))
    return redirect("batch", key=key)


@require_POST
@login_required
def batch_retry(request: HttpRequest, key: UUID) -> HttpResponse:
    """Start a failed batch again, from where it was."""
    found = get_object_or_404(Batch.objects.visible_to(request.user).select_related("job"), key=key)
    if found.job is None:
        raise Http404
    try:
        retry_job(actor=request.user, job=found.job)
    except JobNotFailed as error:
        messages.error(request, str(error))
    return redirect("batch", key=key)


@require_POST
@login_required
def batch_pack(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make the ZIP again, after a certificate in it was withdrawn, revoked or replaced."""
    found = get_object_or_404(Batch.objects.visible_to(request.user), key=key)
    running = Job.objects.filter(kind=services.ARCHIVE_JOB, params__batch=str(found.key)).first()
    if running is None or running.is_final:
        start_job(actor=request.user, kind=services.ARCHIVE_JOB, params={"batch": str(found.key)}, total=1)
    return redirect("batch", key=key)


@require_safe
@never_cache
@login_required
def batch_archive(request: HttpRequest, key: UUID) -> FileResponse:
    """The ZIP of a batch."""
    found = get_object_or_404(Batch.objects.visible_to(request.user), key=key)
    if not found.archive:
        raise Http404
    saw(request.user, Participant.objects.filter(certificates__batch=found).distinct(), "certificates.export")
    return FileResponse(
        found.archive.open("rb"),
        as_attachment=True,
        filename=f"certificates-{found.requested_at:%Y-%m-%d}-{found.subject_key.replace(':', '-')}.zip",
        content_type="application/zip",
    )


# --- The organiser's ledger -----------------------------------------------------------------------


def _organises(request: HttpRequest) -> None:
    if not scope(request.user, Role.ORGANISER):
        raise Http404


@require_safe
@never_cache
@login_required
def certificates(request: HttpRequest) -> HttpResponse:
    """Batches that wait, and every certificate of one's programmes, found by number or name."""
    _organises(request)
    form = FindForm(request.GET)
    query = form.cleaned_data["q"].strip() if form.is_valid() else ""
    rows = Certificate.objects.visible_to(request.user).select_related("participant")
    if query:
        rows = rows.filter(
            models.Q(serial=serials.read(query) or query.upper())
            | models.Q(name__icontains=query)
            | models.Q(participant__name__icontains=query)
            | models.Q(participant__name_latin__icontains=query)
        )
    page_obj = Paginator(rows, 50).get_page(request.GET.get("page"))
    saw(request.user, [row.participant for row in page_obj.object_list], "certificates.view")
    waiting = _batches(request).filter(job__isnull=True, template__second_approval=True)
    return render(
        request,
        "certificates/ledger.html",
        {"form": form, "query": query, "page_obj": page_obj, "waiting": waiting, "batches": _batches(request)[:10]},
    )


@require_safe
@never_cache
@login_required
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    """One row of the ledger, for organisers; holders are sent to their own list."""
    found = _visible(request, serial)
    if not can_issue(request.user, found.subject):
        return redirect("my_certificates")
    return render(request, "certificates/certificate_page.html", _about(request, found, ReasonForm()))


def _about(request: HttpRequest, found: Certificate, form: ReasonForm) -> dict[str, Any]:
    saw(request.user, [found.participant], "certificates.view")
    return {
        "certificate": found,
        "form": form,
        "page": _subject_page(found.subject) if not found.course_id else {"title": str(found.subject), "url": ""},
        "can_end": found.state == Certificate.State.VALID and permissions.can_end(request.user, found),
        "unaltered": None if found.withdrawn_at else services.is_unaltered(found),
    }


@require_POST
@login_required_keeping_form
def certificate_end(request: HttpRequest, serial: str) -> HttpResponse:
    """Revoke or re-issue, with a reason; which one, the button says."""
    found = _visible(request, serial)
    if not permissions.can_end(request.user, found):
        raise Http404
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            if request.POST.get("act") == "supersede":
                newer = services.supersede(actor=request.user, certificate=found, reason=form.cleaned_data["reason"])
                messages.success(request, _("A new certificate has been issued; the old one is marked as replaced."))
                return redirect("certificate", serial=newer.serial)
            services.revoke(actor=request.user, certificate=found, reason=form.cleaned_data["reason"])
        except services.NotValid as error:
            messages.error(request, str(error))
            return redirect("certificate", serial=found.serial)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The certificate has been revoked."))
            return redirect("certificate", serial=found.serial)
    return render(request, "certificates/certificate_page.html", _about(request, found, form))
