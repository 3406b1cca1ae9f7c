"""What goes before a workshop, on the desk of those who run it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from courses.catalogue.prerequisites import kinds

from .. import services
from ..before_forms import BeforeForm
from ..models import Workshop
from .manage import desk, running, show_error


@require_http_methods(["GET", "HEAD", "POST"])
@running
def workshop_before(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """What goes before the workshop; ask for something more. A constant number of queries."""
    form = BeforeForm(request.POST if request.method == "POST" else None, user=request.user, workshop=workshop)
    if form.is_valid():
        try:
            services.add_prerequisite(actor=request.user, workshop=workshop, **form.chosen)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("This is asked for from now on."))
            return redirect("workshop_before", key=workshop.key)
    rows = list(workshop.prerequisites.select_related("other"))
    names = {kind: kinds()[kind].name([row.ref for row in rows if row.kind == kind]) for kind in {r.kind for r in rows}}
    return render(
        request,
        "workshops/before.html",
        {
            **desk(workshop, _("What goes before")),
            "rows": [
                {
                    "row": row,
                    "title": names[row.kind][row.ref].title,
                    "kind": kinds()[row.kind].label,
                    "cancelled": row.other is not None and row.other.state == Workshop.State.CANCELLED,
                }
                for row in rows
                if row.ref in names[row.kind]
            ],
            "form": form,
            "can_change": workshop.state != Workshop.State.CANCELLED,
        },
    )


@require_POST
@running
def before_remove(request: HttpRequest, workshop: Workshop, pk: int) -> HttpResponse:
    """Ask for it no longer."""
    found = get_object_or_404(workshop.prerequisites.select_related("workshop", "other"), pk=pk)
    try:
        services.remove_prerequisite(actor=request.user, prerequisite=found)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("This is no longer asked for."))
    return redirect("workshop_before", key=workshop.key)
