"""Forms about one's account, and the account form of the admin."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserForm

from core.languages import native_name
from core.zones import with_held, zone_choices

from .models import User


class AccountForm(UserForm):
    """An account in the admin. No password: the person sets it by mail. Roles are given elsewhere."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    is_superuser = forms.BooleanField(
        label=_("Administrator"), required=False, help_text=_("Administrators may see and change everything.")
    )

    class Meta:
        model = User
        fields = ["email", "name", "language", "time_zone", "is_active", "is_superuser"]
        help_texts = {"is_active": _("Without it nobody can sign in. Close an account rather than delete it.")}

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["is_active"]
        if self.instance.joined_to_id:
            for name in ("email", "is_active", "is_superuser"):
                self.fields[name].disabled = True
            self.fields["is_active"].help_text = _(
                "This account was joined to another one and is closed. Only undoing that merge opens it again."
            )
        if editing_self:
            del self.fields["is_active"], self.fields["is_superuser"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is already an account with this address."))
        return email


def languages() -> list[tuple[str, str]]:
    """The languages of the platform, each by its own name."""
    return [(code, native_name(code)) for code, _name in settings.LANGUAGES]


class SlipForm(forms.Form):
    """The code of a printed slip."""

    code = forms.CharField(
        label=_("Code on the slip"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "dir": "ltr"}),
        help_text=_("Ten letters and digits. Capital or small letters and the hyphen make no difference."),
    )


class ProfileForm(forms.ModelForm):
    """How the platform speaks to somebody: name, language, time zone."""

    language = forms.ChoiceField(label=_("Language of the pages and of mails"), choices=languages)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Deadlines and sessions are shown in this time. Until you choose one, times are in UTC."),
    )

    class Meta:
        model = User
        fields = ["name", "language", "time_zone"]
        help_texts = {"name": _("How the platform addresses you. The name on certificates is asked for separately.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs.update(autocomplete="name", dir="auto")
        self.initial["language"] = self.instance.language or get_language()
        zones = with_held(zone_choices(get_language() or "en"), self.instance.time_zone)
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = [("", _("Not chosen yet")), *zones]  # type: ignore[list-item]
