"""Going after people: who is at risk, letters to them, notes about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import login_required_keeping_form
from core.errors import DomainError
from courses.participants.trail import saw

from ..following import at_risk, letters, notes, risk
from ..forms import LetterForm, NoteForm, ThresholdsForm
from ..models import Cohort, Enrolment, EnrolmentNote
from ..permissions import can_note, can_write_letters
from ..services.standing import Standings

PEOPLE_PER_PAGE = 50


def _cohort(request: HttpRequest, pk: int) -> Cohort:
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.user).select_related("course__item", "course__programme"), pk=pk
    )
    if not can_write_letters(request.user, cohort):
        raise Http404
    return cohort


@require_safe
@login_required
def cohort_at_risk(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may be lost on the way, and why; the most urgent first."""
    cohort = _cohort(request, pk)
    form = ThresholdsForm(request.GET or None)
    thresholds = risk.Thresholds()
    if form.is_bound and form.is_valid():
        thresholds = replace(thresholds, **{name: value for name, value in form.cleaned_data.items() if value})
    found = at_risk.at_risk(cohort, thresholds)
    page = Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    rows = [one.enrolment for one in page.object_list]
    completions = Standings(cohort.course).of(rows) if rows else {}
    saw(request.user, [row.participant for row in rows], "catalogue.view")
    return render(
        request,
        "catalogue/following/at_risk.html",
        {
            "cohort": cohort,
            "form": form if form.is_bound else ThresholdsForm(initial=vars(thresholds)),
            "page_obj": page,
            "people": [{"risk": one, "completion": completions[one.enrolment.pk]} for one in page.object_list],
            "letters": cohort.letters.select_related("author", "job")[:5],
        },
    )


@require_POST
@login_required_keeping_form
def cohort_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to chosen people: first the words, then how the first of them will read it, then off."""
    cohort = _cohort(request, pk)
    chosen = list(
        cohort.enrolments.active()
        .filter(pk__in=[value for value in request.POST.getlist("people") if value.isdecimal()])
        .filter(completed_at__isnull=True, participant__user__isnull=False)
        .select_related("participant__user", "cohort__course__item")
        .order_by("participant__name", "pk")
    )
    if not chosen:
        messages.error(request, _("Choose at least one person."))
        return redirect("cohort_at_risk", pk=cohort.pk)
    source, readers = get_language() or "en", at_risk.languages_of(chosen)
    step = request.POST.get("step", "")
    initial = {} if step else _words_to_begin_with(cohort, {source, *readers})
    form = LetterForm(request.POST if step else None, initial=initial, source=source, readers=readers)
    shown = None
    if step and form.is_valid():
        try:
            at_risk.check_letters(form.words)
            if form.cleaned_data["keep"]:
                for language, (subject, text) in form.words.items():
                    at_risk.save_template(
                        actor=request.user, cohort=cohort, language=language, subject=subject, text=text
                    )
            if step == "send":
                letter = at_risk.send_letter(
                    actor=request.user,
                    cohort=cohort,
                    enrolments=chosen,
                    words=form.words,
                    source=source,
                    key=form.cleaned_data["key"],
                )
                return redirect("job_status", key=letter.job.key) if letter.job else redirect("cohorts")
            shown = at_risk.preview(cohort, chosen, form.words, source)
        except DomainError as error:
            form.add_error(None, str(error))
    return render(
        request,
        "catalogue/following/letter.html",
        {"cohort": cohort, "form": form, "shown": shown, "people": chosen, "places": letters.PLACES},
    )


def _words_to_begin_with(cohort: Cohort, languages: set[str]) -> dict[str, str]:
    """Return what the form begins with: in each language the words the course has kept, else ours."""
    found = {}
    for code in languages:
        found[f"subject_{code}"], found[f"text_{code}"] = at_risk.template_for(cohort, code)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_keeping_form
def enrolment_notes(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes about somebody's way through a course, for those who run the cohort alone."""
    enrolment = get_object_or_404(
        Enrolment.objects.visible_to(request.user).select_related("participant", "cohort__course__item"), pk=pk
    )
    if not can_note(request.user, enrolment):
        raise Http404
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            notes.write_note(actor=request.user, enrolment=enrolment, text=form.cleaned_data["text"])
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, _("The note is saved."))
            return redirect("enrolment_notes", pk=enrolment.pk)
    saw(request.user, [enrolment.participant], "catalogue.view")
    rows = EnrolmentNote.objects.visible_to(request.user).filter(enrolment=enrolment).select_related("author")
    return render(
        request, "catalogue/following/notes.html", {"enrolment": enrolment, "form": form, "notes": list(rows)}
    )


@require_POST
@login_required
def note_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a note of one's own."""
    user: Any = request.user
    own = EnrolmentNote.objects.visible_to(user).filter(author=user.pk)
    note = get_object_or_404(own.select_related("enrolment__participant", "enrolment__cohort__course"), pk=pk)
    back = reverse("enrolment_notes", args=[note.enrolment_id])
    try:
        notes.remove_note(actor=user, note=note)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The note is removed."))
    return redirect(back)
