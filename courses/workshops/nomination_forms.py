"""Forms of nominations: what a focal point says of somebody, and how the organisers look through the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.participants.forms import PersonForm
from courses.participants.models import Gender, Represents
from institutions.forms import CountryChoiceField
from institutions.models import Country, Region

from .models import Nomination

GENDERS = (Gender.WOMAN, Gender.MAN)
"""What somebody else may say; own words and not saying are the person's own."""


class NominationForm(PersonForm):
    """Somebody put forward. Where one is focal point of several countries, the form asks for which."""

    country = CountryChoiceField(label=_("Nominated for"), empty_label=None)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Whoever is selected is invited by mail. A personal address is best."),
    )
    gender = forms.ChoiceField(
        label=_("Gender, if you know it"),
        required=False,
        choices=[("", _("Not said")), *((one.value, one.label) for one in GENDERS)],
        help_text=_("Only for the balance of those selected. You need not say."),
    )
    note = forms.CharField(
        label=_("Why this person"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The organisers read it, and the person can ask to see it."),
    )

    class Meta(PersonForm.Meta):
        fields = [
            "name", "name_latin", "email", "gender", "language", "represents", "organisation", "position",
            "stakeholder_group",
        ]  # fmt: skip
        help_texts = {
            "name": _("In the person’s own script, as it shall stand on certificates."),
            "name_latin": _("As in the passport."),
            "language": _("In which we write to the person."),
        }

    field_order = ["country", *Meta.fields, "note"]

    def __init__(self, *args: Any, countries: Sequence[Country], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.countries = countries
        self.fields["country"].queryset = Country.objects.filter(pk__in=[one.pk for one in countries])  # type: ignore[attr-defined]
        if len(countries) == 1:
            del self.fields["country"]
        self.initial.setdefault("represents", Represents.GOVERNMENT)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # it is not the focal point who is described

    def clean(self) -> dict[str, Any]:
        if "country" not in self.fields:
            self.cleaned_data["country"] = self.countries[0]
        return super().clean()

    @property
    def given(self) -> dict[str, Any]:
        """Return what ``services.nominate`` takes."""
        return {name: self.cleaned_data[name] for name in ("country", *self.Meta.fields, "note")}


class NominationFilter(forms.Form):
    """Narrow down a workshop's nominations; sent by GET, what is not known is ignored."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *Nomination.State.choices]
    )
    region = forms.ChoiceField(label=_("Region"), required=False, choices=[("", _("All regions")), *Region.choices])
    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=[("", _("All")), *((one.value, one.label) for one in GENDERS)]
    )
    represents = forms.ChoiceField(
        label=_("Takes part for"), required=False, choices=[("", _("All")), *Represents.choices]
    )

    def chosen(self) -> dict[str, str]:
        """Return ``{field: value}`` of what is valid and not empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DecisionForm(forms.Form):
    """A decision on several nominations."""

    nominations = forms.TypedMultipleChoiceField(coerce=int, required=False)
    act = forms.ChoiceField(choices=[(state, state) for state in Nomination.DECIDABLE])
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("For those not selected or on the reserve list. The focal points read it."),
    )

    def __init__(self, *args: Any, offered: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nominations"].choices = [(pk, pk) for pk in offered]  # type: ignore[attr-defined]
