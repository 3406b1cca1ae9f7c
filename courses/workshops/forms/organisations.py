"""Who stands behind a workshop: rows of organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from institutions.models import ActivityRole, Organisation

from ..models import Workshop


class OrganisationForm(forms.Form):
    """An organisation and what it does for the workshop."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label="—"
    )
    role = forms.ChoiceField(label=_("What it does"), choices=ActivityRole.choices, required=False)

    def __init__(self, *args: Any, organisations: Sequence[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = Organisation.objects.all()  # type: ignore[attr-defined]
        field.choices = organisations  # type: ignore[attr-defined]


OrganisationFormSet = formset_factory(OrganisationForm, extra=3, max_num=30)


def organisation_formset(data: Any, workshop: Workshop | None) -> Any:
    """Return rows for the organisations there are and three more. Two queries."""
    choices = [("", "—"), *((organisation.pk, organisation.name) for organisation in Organisation.objects.all())]
    rows = workshop.organisations.all() if workshop is not None else []
    return OrganisationFormSet(
        data,
        prefix="organisations",
        initial=[{"organisation": row.organisation_id, "role": row.role} for row in rows],
        form_kwargs={"organisations": choices},
    )


def organisations_given(formset: Any) -> list[tuple[Organisation, str]]:
    """Return ``[(organisation, role)]`` of the rows filled in."""
    return [
        (form.cleaned_data["organisation"], form.cleaned_data["role"] or ActivityRole.ORGANISER)
        for form in formset
        if form.cleaned_data.get("organisation")
    ]
