"""The public list: coming or past, by facets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..search import COMING, FACETS, PAST


class FilterForm(forms.Form):
    """Coming or past, and facets, sent by GET; what is not known is ignored."""

    when = forms.ChoiceField(
        label=_("When"), choices=[(COMING, _("Coming")), (PAST, _("Past"))], required=False, widget=forms.RadioSelect
    )
    course = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, choices) in FACETS.items():
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    def chosen(self) -> tuple[str, dict[str, list[str]], str]:
        """Return when, the facets and the course that are valid."""
        self.is_valid()
        data = self.cleaned_data
        return data.get("when") or COMING, {name: data.get(name, []) for name in FACETS}, data.get("course", "")
