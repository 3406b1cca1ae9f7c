"""Forms about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from accounts.models import User
from institutions.forms import CountryChoiceField
from institutions.models import Organisation, Treaty

from .models import Consent, FocalPointDesignation, Gender, Participant, Represents
from .names import has_letter, is_latin, tidy_name

AUTOCOMPLETE = {
    "title": "honorific-prefix",
    "name": "name",
    "organisation": "organization",
    "position": "organization-title",
    "country": "country",
    "email": "email",
}


class PersonForm(forms.ModelForm):
    """The details of a person. Only the name must be given; nothing typed is lost by an error."""

    country = CountryChoiceField(required=False, empty_label="—")

    class Meta:
        model = Participant
        fields = [
            "title",
            "name",
            "name_latin",
            "represents",
            "country",
            "organisation",
            "position",
            "stakeholder_group",
            "gender",
            "gender_own_words",
        ]
        help_texts = {
            "country": _("The country you work for or live in."),
            "gender": _("Only for statistics that treaty bodies ask for. You need not say."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, (forms.TextInput, forms.EmailInput)):
                field.widget.attrs["dir"] = "auto"
            if name in AUTOCOMPLETE:
                field.widget.attrs["autocomplete"] = AUTOCOMPLETE[name]
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else "—") for value, label in field.choices]  # type: ignore[misc, union-attr]
        self.fields["name_latin"].widget.attrs["dir"] = "ltr"

    def clean_name(self) -> str:
        name = tidy_name(self.cleaned_data["name"])
        if not has_letter(name):
            raise ValidationError(_("A name needs at least one letter."))
        return name

    def clean_name_latin(self) -> str:
        name = tidy_name(self.cleaned_data["name_latin"])
        if not is_latin(name):
            raise ValidationError(_("Please write this name in Latin letters only."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("represents") == Represents.GOVERNMENT and not cleaned.get("country") and "country" in cleaned:
            self.add_error("country", _("Choose the country of the government you take part for."))
        if cleaned.get("gender") == Gender.OWN_WORDS and not (cleaned.get("gender_own_words") or "").strip():
            self.add_error("gender_own_words", _("Please write it in your own words, or choose another answer."))
        if cleaned.get("gender") != Gender.OWN_WORDS:
            cleaned["gender_own_words"] = ""
        return cleaned

    @property
    def details(self) -> dict[str, Any]:
        """What ``services`` takes: the fields of the record."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}


class DetailsForm(PersonForm):
    """One's own details, with the consents."""

    consents = forms.MultipleChoiceField(
        label=_("If you like"),
        required=False,
        choices=[(purpose.value, purpose.label) for purpose in Consent.ASKED],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None of these is needed to take part. You can change your mind here at any time."),
    )


class RecordForm(PersonForm):
    """Somebody's record in the admin."""

    class Meta(PersonForm.Meta):
        fields = [*PersonForm.Meta.fields, "email", "language"]
        help_texts = {"email": _("May be the address of an office that several people share.")}


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def treaty_bodies() -> Any:
    """Organisations for which somebody can be focal point."""
    return Organisation.objects.filter(kind__in=[Organisation.Kind.SECRETARIAT, Organisation.Kind.REGIONAL])


class DesignationForm(forms.Form):
    """Say that one is focal point; dates and place are checked by the service."""

    treaty = forms.ChoiceField(label=_("Treaty"), choices=[("", _("Choose a treaty")), *Treaty.choices])
    country = CountryChoiceField(required=False, empty_label=_("No country"))
    body = forms.ModelChoiceField(
        label=_("Or a body"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("No body"),
        help_text=_("If you were designated by a regional body rather than by a country."),
    )
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("Until"), widget=DateInput, required=False, help_text=_("Leave empty if no end is set.")
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        required=False,
        help_text=_("For example the number of the letter of designation."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = treaty_bodies()  # type: ignore[attr-defined]
        self.fields["evidence"].widget.attrs["dir"] = "auto"
        if not self.fields["body"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["body"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day must not lie before the first."))
        if "country" in cleaned and (cleaned["country"] is None) == (cleaned.get("body") is None):
            self.add_error("country", _("Choose either a country or a body."))
        return cleaned


class DesignationRecordForm(forms.ModelForm):
    """Write down somebody's designation in the admin."""

    country = CountryChoiceField(required=False)

    class Meta:
        model = FocalPointDesignation
        fields = ["participant", "treaty", "country", "body", "starts_on", "ends_on", "evidence"]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}

    def _post_clean(self) -> None:
        """The service checks the rules and says what is wrong in one sentence."""


class EndForm(forms.Form):
    """The last day of a designation."""

    ends_on = forms.DateField(label=_("Last day"), widget=AdminDateInput)


class LinkForm(forms.Form):
    """The account of a person whom an organiser wrote down."""

    email = forms.EmailField(
        label=_("E-mail address of the account"),
        help_text=_("Make sure that it is the same person: an address may be shared."),
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        self.account = User.objects.filter(email__iexact=email, is_active=True).first()
        if self.account is None:
            raise ValidationError(_("There is no account with this address. The person has to sign up first."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {"user": self.account} if "email" in cleaned else cleaned


class PasswordForm(forms.Form):
    """The password of a new account, and the name where nobody has written it down."""

    name = forms.CharField(
        label=_("Full name"), max_length=200, help_text=_("In your own script, as it shall stand on certificates.")
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A few words are easier to remember than signs."),
    )

    def __init__(self, *args: Any, account: Any, name: str = "", asks_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["name"].initial = name
        self.fields["name"].widget.attrs.update(dir="auto", autocomplete="name")
        if not asks_name:
            del self.fields["name"]

    def clean_name(self) -> str:
        name = tidy_name(self.cleaned_data["name"])
        if not has_letter(name):
            raise ValidationError(_("A name needs at least one letter."))
        return name

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.account)
        return password
