"""Forms about one's own data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.participants.models import Consent

from .models import ErasureRequest


class ErasureForm(forms.Form):
    """Ask to be forgotten. The password, where there is one, shows that it is the person."""

    withdraw_certificates = forms.BooleanField(
        label=_("Withdraw my certificates, too"),
        required=False,
        help_text=_(
            "My name and the files are removed from the ledger. Whoever checks a number then learns only "
            "that a certificate was issued and when."
        ),
    )
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("So that nobody else can do this on a device you left open."),
    )

    def __init__(self, *args: Any, user: Any, has_certificates: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]
        if not has_certificates:
            del self.fields["withdraw_certificates"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."))
        return password


class ConsentForm(forms.Form):
    """Give or take back one consent."""

    purpose = forms.ChoiceField(choices=Consent.Purpose.choices)
    give = forms.BooleanField(required=False)


class LetterForm(forms.ModelForm):
    """What an organiser writes down who erases somebody's data on request."""

    sure = forms.BooleanField(label=_("This is the person who asks, and nobody else of the same name."))

    class Meta:
        model = ErasureRequest
        fields = ["identity", "reason", "reference", "withdraw_certificates"]
        labels = {"withdraw_certificates": _("Withdraw the certificates, too")}
        help_texts = {
            "withdraw_certificates": _(
                "Only where the person asks for it: name and files are removed from the ledger. Whoever checks a "
                "number then learns only that a certificate was issued and when."
            )
        }
        widgets = {"identity": forms.RadioSelect, "reason": forms.RadioSelect}

    def __init__(self, *args: Any, has_certificates: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("identity", "reason", "reference"):
            self.fields[name].required = True
        for name in ("identity", "reason"):  # no empty choice among the radio buttons
            self.fields[name].choices = self.fields[name].choices[1:]  # type: ignore[attr-defined]
        if not has_certificates:
            del self.fields["withdraw_certificates"]

    def validate_constraints(self) -> None:
        """Whom it is about is not in the form: the service and the database hold the rest."""
