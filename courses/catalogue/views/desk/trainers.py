"""Who trains a cohort."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from institutions.models import Role
from institutions.permissions import can_grant_role

from ... import services
from ...entry_forms import TrainerForm
from ...models import CohortTrainer
from .common import cohort_of, say


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cohort_trainers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who trains the cohort, and naming another one: chosen among those who hold the role."""
    cohort = cohort_of(request, pk)
    named = list(cohort.trainers.select_related("user").order_by("user__name", "pk"))
    holders = list(services.possible_trainers(cohort))
    holding = {user.pk for user in holders}
    taken = {trainer.user_id for trainer in named}
    form = TrainerForm(request.POST or None, people=[user for user in holders if user.pk not in taken])
    if request.method == "POST" and form.is_valid():
        try:
            trainer = services.name_trainer(actor=request.user, cohort=cohort, email=form.address)
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("%(name)s trains this cohort now. A mail tells them.") % {"name": trainer.user})
            return redirect("cohort_trainers", pk=pk)
    context = {
        "cohort": cohort,
        "trainers": [{"trainer": trainer, "holds": trainer.user_id in holding} for trainer in named],
        "form": form,
        "possible": len(holding - taken),
        "gives_roles": can_grant_role(request.user, Role.TRAINER, cohort.course.programme_id),
    }
    return render(request, "catalogue/cohort_trainers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def trainer_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a trainer off a cohort, after asking once more."""
    found = get_object_or_404(CohortTrainer.objects.select_related("user"), pk=pk)
    cohort = cohort_of(request, found.cohort_id)
    if request.method == "POST":
        name = str(found.user)
        say(
            request,
            services.release_trainer,
            _("%(name)s does not train this cohort any more.") % {"name": name},
            trainer=found,
        )
        return redirect("cohort_trainers", pk=cohort.pk)
    return render(request, "catalogue/trainer_release.html", {"trainer": found, "cohort": cohort})
