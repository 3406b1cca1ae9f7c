"""Forms about one's own data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.participants.models import Consent


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
