"""The pages of an import: bring a list, name its columns, look at the dry run, confirm, send the mails."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.decorators import ratelimit

from core.errors import DomainError
from core.spreadsheets import csv_response
from institutions.models import Role
from institutions.roles import scope
from jobs.models import Job
from jobs.services import JobNotFailed, retry_job
from jobs.views import status_of

from .. import activation
from ..models import ImportRow, Participant, PeopleImport
from ..permissions import can_link_account
from ..trail import saw
from ..views import safe_next
from . import services, wording
from .candidates import PERSON
from .forms import ColumnsForm, ConfirmForm, EncodingForm, ListForm
from .reading import open_table
from .registry import place_of
from .writing import to_write_to

PER_PAGE, PIECE = 50, 500
State, Verdict, Outcome = PeopleImport.State, ImportRow.Verdict, ImportRow.Outcome
SHOWN = {
    "bad": (gettext_lazy("With a problem"), {"verdict": Verdict.BAD}),
    "unsure": (gettext_lazy("Perhaps known"), {"verdict": Verdict.UNSURE}),
    "sure": (gettext_lazy("Known"), {"verdict": Verdict.SURE}),
    "new": (gettext_lazy("New"), {"verdict": Verdict.NEW}),
}


def _mine(request: HttpRequest, key: UUID) -> PeopleImport:
    rows = PeopleImport.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("programme", "check_job", "write_job", "mail_job"), key=key)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a list; those brought before."""
    if not scope(request.user, Role.ORGANISER):
        raise Http404
    form = ListForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        initial={"destination": request.GET.get("to", "")},
    )
    if not form.has_choice:
        raise Http404
    wanted = place_of(request.user, request.GET.get("to", ""))
    if request.method == "GET" and wanted is not None and not wanted.is_open:
        messages.warning(request, str(services.PlaceClosed()))
    if request.method == "POST" and form.is_valid():
        try:
            batch = services.bring_list(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("people_import_columns", key=batch.key)
    batches = PeopleImport.objects.visible_to(request.user).select_related("programme", "created_by")
    page = Paginator(batches, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "participants/imports.html", {"form": form, "page_obj": page})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def columns(request: HttpRequest, key: UUID) -> HttpResponse:
    """What each column holds."""
    batch = _mine(request, key)
    if batch.state not in (State.UPLOADED, State.CHECKED) or not batch.file:
        return redirect("people_import", key=key)
    with batch.file.open("rb") as file:
        samples = [cells for _number, cells in islice(open_table(file, "", encoding=batch.encoding).rows(file), 5)]
    encoding = EncodingForm(request.POST if "encoding" in request.POST else None, initial={"encoding": batch.encoding})
    form = ColumnsForm(
        request.POST if request.method == "POST" and "encoding" not in request.POST else None,
        headings=batch.headings,
        samples=samples,
        initial={f"column-{place}": column for place, column in batch.mapping.items()},
    )
    if encoding.is_bound and encoding.is_valid():
        try:
            services.read_as(actor=request.user, batch=batch, encoding=encoding.cleaned_data["encoding"])
        except DomainError as error:
            encoding.add_error("encoding", str(error))
        else:
            return redirect("people_import_columns", key=key)
    elif form.is_bound and form.is_valid():
        try:
            services.choose_columns(actor=request.user, batch=batch, mapping=form.mapping)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("people_import", key=key)
    context = {"batch": batch, "form": form, "encoding": encoding if batch.kind == "csv" else None}
    return render(request, "participants/import_columns.html", context)


@require_safe
@never_cache
@login_required
def people_import(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a list is, what the dry run found, what came of it."""
    batch = _mine(request, key)
    if batch.state == State.UPLOADED:
        return redirect("people_import_columns", key=key)
    counts = services.summary(batch)
    job = {State.CHECKING: batch.check_job, State.WRITING: batch.write_job}.get(State(batch.state))
    shown = request.GET.get("show", "")
    if batch.state == State.DONE:
        chosen = batch.rows.exclude(problems=[])
    else:
        first = next((name for name in ("bad", "unsure", "new", "sure") if counts[name]), "new")
        shown = shown if shown in SHOWN else first
        chosen = batch.rows.filter(**SHOWN[shown][1])
    page = Paginator(chosen.order_by("number"), PER_PAGE).get_page(request.GET.get("page"))
    running = job or (batch.mail_job if batch.mail_job and not batch.mail_job.is_final else None)
    place = place_of(request.user, batch.destination)
    return render(
        request,
        "participants/import.html",
        {
            "batch": batch,
            "counts": counts,
            "job": job,
            "status": status_of(job) if job else None,
            "mail_job": batch.mail_job,
            "mail_status": status_of(batch.mail_job) if batch.mail_job else None,
            "unfinished": running is not None and not running.is_final,
            "failed": bool(running and running.state == Job.State.FAILED),
            "shown": shown,
            "tabs": [
                {"name": name, "label": label, "count": counts[name]}
                for name, (label, _filter) in SHOWN.items()
                if counts[name]
            ],
            "rows": _shown_rows(request, list(page.object_list)),
            "page_obj": page,
            "confirm": ConfirmForm(),
            "place": place,
            "file_gone": str(services.FileGone()) if batch.state == State.CHECKED and not batch.file else "",
            "too_many": bool(place and place.free is not None and counts["good"] > place.free),
            "mails": to_write_to(batch).count() if batch.state == State.DONE else 0,
        },
    )


def _shown_rows(request: HttpRequest, rows: list[ImportRow]) -> list[dict[str, Any]]:
    """Return rows with what is wrong and whom they may be; of people out of sight only the reasons."""
    ids = {
        int(match["ref"].partition(":")[2])
        for row in rows
        for match in row.matches
        if match["ref"].startswith(f"{PERSON}:")
    }
    seen = Participant.objects.visible_to(request.user).filter(pk__in=ids).select_related("country")
    people = {f"{PERSON}:{person.pk}": person for person in seen}
    written = Participant.objects.filter(pk__in={row.participant_id for row in rows if row.participant_id})
    saw(request.user, [*people.values(), *written], "participants.view")
    return [
        {
            "row": row,
            "problems": [wording.problem(problem) for problem in row.problems],
            "chosen": row.decision or (row.matches[0]["ref"] if row.verdict == Verdict.SURE and row.matches else ""),
            "matches": [
                {
                    "ref": match["ref"],
                    "person": people.get(match["ref"]),
                    "is_account": not match["ref"].startswith(f"{PERSON}:"),
                    "reasons": [wording.reason(code) for code in match["reasons"]],
                }
                for match in row.matches
            ],
        }
        for row in rows
    ]


def _act(request: HttpRequest, key: UUID, act: Any, success: str = "", **answers: Any) -> HttpResponse:
    batch = _mine(request, key)
    try:
        act(actor=request.user, batch=batch, **answers)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if success:
            messages.success(request, success)
    return redirect("people_import", key=key)


@require_POST
@login_required
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep the answers of one page of rows."""
    decisions = {
        int(name[4:]): value for name, value in request.POST.items() if name.startswith("row-") and name[4:].isdecimal()
    }
    response = _act(request, key, services.decide, _("Your decisions are kept."), decisions=decisions)
    shown, page = request.POST.get("show", ""), request.POST.get("page", "")
    if shown in SHOWN and page.isdecimal():
        response["Location"] += f"?show={shown}&page={page}"
    return response


@require_POST
@login_required
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write the list."""
    form = ConfirmForm(request.POST)
    form.is_valid()
    return _act(request, key, services.confirm, only_good=form.cleaned_data["only_good"])


@require_POST
@login_required
def give_up(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the list up."""
    return _act(request, key, services.give_up, _("The list was given up. Nothing was changed."))


@require_POST
@login_required
def send_mails(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write to the people of the list."""
    return _act(request, key, services.send_activation_mails)


@require_safe
@never_cache
@login_required
def waiting(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who of the list has no account yet; each can be written to again."""
    batch = _mine(request, key)
    rows = Participant.objects.visible_to(request.user).present().filter(import_rows__batch=batch, user__isnull=True)
    page = Paginator(rows.order_by("import_rows__number"), PER_PAGE).get_page(request.GET.get("page"))
    saw(request.user, page.object_list, "participants.view")
    return render(request, "participants/import_waiting.html", {"batch": batch, "page_obj": page})


@require_POST
@login_required
@ratelimit(key="user", rate="120/h", method="POST", block=True)
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send somebody the activation mail once more."""
    participant = get_object_or_404(Participant.objects.visible_to(request.user).present(), pk=pk)
    if not can_link_account(request.user, participant) and participant.user_id is None:
        raise Http404
    try:
        activation.send_again(actor=request.user, participant=participant)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The mail to %(name)s is on its way.") % {"name": participant.name})
    return redirect(safe_next(request) or "people_imports")


@require_POST
@login_required
def retry(request: HttpRequest, key: UUID) -> HttpResponse:
    """Start the work that failed again, from where it was."""
    batch = _mine(request, key)
    job = {State.CHECKING: batch.check_job, State.WRITING: batch.write_job}.get(State(batch.state), batch.mail_job)
    if job is None:
        raise Http404
    try:
        retry_job(actor=request.user, job=job)
    except JobNotFailed as error:
        messages.error(request, str(error))
    return redirect("people_import", key=key)


@require_safe
@never_cache
@login_required
def problems_csv(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The rows with a problem as they were, with what is wrong: to mend and to bring again."""
    batch = _mine(request, key)

    def lines() -> Iterator[list[Any]]:
        width = len(batch.headings)
        chosen = batch.rows.exclude(problems=[]).select_related("participant").order_by("number")
        rows = chosen.iterator(chunk_size=PIECE)
        while piece := list(islice(rows, PIECE)):
            known = [row.participant for row in piece if row.participant]  # written down, but found no place
            saw(request.user, known, "participants.export")
            for row in piece:
                cells = [*row.cells, *[""] * width][:width]
                yield [row.number, *cells, " ".join(wording.problem(problem) for problem in row.problems)]

    head = [_("Row"), *batch.headings, _("What is wrong")]
    return csv_response(f"rows-with-problems-{batch.created_at:%Y-%m-%d}.csv", head, lines())
