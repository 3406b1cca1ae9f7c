"""The health of the system, the progress of a job, and the local mailbox."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core import links

from . import heartbeat, mailbox, subscriptions
from .models import Job
from .services import kind_of


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when web process, database, worker and scheduler are alive; else 503 naming the part that is not."""
    parts: dict[str, str] = {"web": "ok", "database": "ok", "worker": "ok", "scheduler": "ok"}
    try:
        for part, seconds in heartbeat.stale_parts().items():
            parts[part] = "never heard" if seconds is None else f"silent for {seconds} s"
    except DatabaseError:
        parts |= {"database": "does not answer", "worker": "unknown", "scheduler": "unknown"}
    failing = [part for part, word in parts.items() if word != "ok"]
    return JsonResponse({"ok": not failing, "failing": failing, "parts": parts}, status=503 if failing else 200)


@require_safe
@never_cache
@login_required
def job_status(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a job is: JSON for the script, a page that refreshes itself for everybody."""
    job = get_object_or_404(Job.objects.visible_to(request.user), key=key)
    state = status_of(job)
    response: HttpResponse
    if request.accepts("text/html") and request.headers.get("Accept", "*/*") != "application/json":
        kind = kind_of(job)
        response = render(
            request,
            "jobs/job.html",
            {
                "job": job,
                "title": (kind and kind.title) or _("Work in the background"),
                "status": state,
                "next_url": kind.url(job) if kind and kind.url else "",
            },
        )
    else:
        response = JsonResponse(state)
    patch_vary_headers(response, ("Accept",))
    return response


def status_of(job: Job) -> dict[str, object]:
    """Return what is told of a job: state, numbers, and a sentence for people."""
    return {
        "state": job.state,
        "final": job.is_final,
        "done": job.done,
        "total": job.total,
        "percent": job.percent,
        "message": message_of(job),
    }


def message_of(job: Job) -> str:
    """Return one sentence in the active language."""
    if job.state == Job.State.FAILED:
        return job.result.get("message") or _("The work could not be finished.")
    if job.state == Job.State.QUEUED and not job.done:
        return _("Waiting to begin.")
    if job.state == Job.State.DONE:
        return _("Finished.")
    if job.state == Job.State.CANCELLED:
        return _("Cancelled.")
    words = ngettext("%(done)s of %(total)s done.", "%(done)s of %(total)s done.", job.total)
    return words % {"done": job.done, "total": job.total}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mail_choices(request: HttpRequest) -> HttpResponse:
    """Which mails one wants."""
    if request.method == "POST":
        subscriptions.choose(actor=request.user, user=request.user, wanted=request.POST.getlist("wanted"))
        messages.success(request, _("Your choice of mails is saved."))
        return redirect("mail_choices")
    wanted = subscriptions.choices_of(request.user)
    kinds = [{"kind": kind, "wanted": wanted[kind.name]} for kind in subscriptions.mail_kinds()]
    return render(request, "jobs/mail_choices.html", {"kinds": kinds})


@csrf_exempt  # a mail program posts here (RFC 8058): the signed token says what may be done, and it can do no more
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leave one kind of mail, signed in or not. Opening the link only asks: programs open links by themselves."""
    try:
        key, name = subscriptions.read(token)
    except links.LinkExpired:
        return render(request, "jobs/unsubscribe.html", {"expired": True}, status=410)
    except links.LinkInvalid as error:
        raise Http404 from error
    kind = next((kind for kind in subscriptions.mail_kinds() if kind.name == name), None)
    user = User.objects.filter(key=key).first()
    while user is not None and user.joined_to is not None:  # a mail from before two accounts were made one
        user = user.joined_to
    if kind is None or user is None:
        raise Http404
    if request.method == "POST":
        subscriptions.leave(user=user, kind=name)
    left = not subscriptions.choices_of(user)[name]
    return render(request, "jobs/unsubscribe.html", {"kind": kind, "left": left})


@require_safe
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """Every mail of this machine, newest first. Local settings only."""
    return render(request, "jobs/mailbox.html", {"letters": mailbox.letters()})


@require_safe
def mailbox_letter(request: HttpRequest, ident: str) -> HttpResponse:
    """One mail, its links clickable. Local settings only."""
    letter = mailbox.find(ident)
    if letter is None:
        raise Http404
    return render(request, "jobs/letter.html", {"letter": letter})
