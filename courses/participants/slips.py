"""Sign-in slips for the people of a cohort or workshop: chosen, made, printed. The room above says who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import slips
from core.errors import DomainError
from institutions.models import RoleAssignment

from .models import Participant
from .trail import saw


@dataclass(frozen=True)
class Group:
    """Whose slips they are: what the page is called, where it leads back to, what the slips are for."""

    title: str
    back: str
    context: str


class SlipsForm(forms.Form):
    """Who gets a slip, and for how long it holds."""

    people = forms.ModelMultipleChoiceField(
        label=_("For whom"),
        queryset=Participant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.TypedChoiceField(
        label=_("The slips hold"),
        coerce=int,
        choices=[(4, _("Four hours")), (24, _("A day")), (72, _("Three days"))],
        initial=24,
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "all" not in self.data and not cleaned.get("people"):
            self.add_error("people", _("Choose at least one person."))
        return cleaned


def with_slips(people: Any, viewer: Any) -> Any:
    """Return those of a queryset of participants who may have a slip: with an account, and no role here."""
    staff = RoleAssignment.objects.current().values("user")
    return (
        people.present()
        .filter(user__isnull=False, user__is_active=True, user__is_staff=False, user__is_superuser=False)
        .exclude(user__in=staff)
        .exclude(user=viewer)
        .select_related("user")
        .order_by("name", "pk")
        .distinct()
    )


def slips_page(request: HttpRequest, *, people: Any, group: Group) -> HttpResponse:
    """The form; after the POST the slips themselves, which are shown this once and kept by nobody.

    ``people`` is a queryset of the participants the viewer works with there: the view has checked it.
    """
    allowed = with_slips(people, request.user)
    form = SlipsForm(request.POST if request.method == "POST" else None, people=allowed)
    if request.method == "POST" and form.is_valid():
        chosen = list(allowed if "all" in request.POST else form.cleaned_data["people"])
        names = {person.user_id: person for person in chosen}
        try:
            made = slips.make_slips(
                actor=request.user,
                users=[person.user for person in chosen],
                context=group.context,
                hours=form.cleaned_data["hours"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return render(
                request,
                "participants/slips_print.html",
                {
                    "group": group,
                    "slips": [{"person": names[user.pk], "code": slips.printed(code)} for user, code in made],
                    "address": slips.address(),
                    "expires_at": timezone.now() + timedelta(hours=form.cleaned_data["hours"]),
                },
            )
    saw(request.user, allowed, "participants.view")
    return render(request, "participants/slips.html", {"form": form, "group": group, "number": allowed.count()})
