"""Forms for institutions and roles, and the country field that every room uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from accounts.models import User
from core.wording import sort_key

from .activities import activity_choices
from .models import Country, Organisation, Programme, Role


class CountryIterator(ModelChoiceIterator):
    """Read again for each form shown: names and their order depend on the reader's language."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        if self.field.empty_label is not None:
            yield ("", str(self.field.empty_label))
        language = get_language() or settings.LANGUAGE_CODE
        named = [(country.pk, str(country.name_in(language))) for country in self.queryset]
        yield from sorted(named, key=lambda pair: sort_key(pair[1], language))


class CountryChoiceField(forms.ModelChoiceField):
    """Countries by their names in the active language, in that language's order."""

    iterator = CountryIterator

    def __init__(self, queryset: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Country"))
        super().__init__(Country.objects.all() if queryset is None else queryset, **kwargs)


class TitlesForm(forms.ModelForm):
    """A record whose ``titles`` are ``{language: title}``: one text field per language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = self.instance.titles or {}
        for code, name in settings.LANGUAGES:
            self.fields[f"title_{code}"] = forms.CharField(
                label=gettext("Title (%(language)s)") % {"language": gettext(str(name))},
                max_length=200,
                required=code == "en",
                initial=titles.get(code, ""),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        titles = {code: cleaned.get(f"title_{code}", "") for code, _name in settings.LANGUAGES}
        self.instance.titles = {code: title for code, title in titles.items() if title}
        return cleaned


class ProgrammeForm(TitlesForm):
    class Meta:
        model = Programme
        fields = ["key"]


class OrganisationForm(forms.ModelForm):
    country = CountryChoiceField(required=False)

    class Meta:
        model = Organisation
        fields = ["name", "acronym", "kind", "country", "website"]


class RoleForm(WagtailAdminModelForm):
    """Give a role. The account is named by its address: there is no list of all people to pick from."""

    email = forms.EmailField(label=_("E-mail address of the account"))
    country = CountryChoiceField(required=False, help_text=_("Only for focal points."))

    class Meta:
        from .models import RoleAssignment as model

        fields = ["role", "programme", "starts_on", "ends_on"]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}
        help_texts = {"programme": _("Leave empty for all programmes.")}

    activity = forms.ChoiceField(
        label=_("Only for"),
        required=False,
        help_text=_("Only for organisers: one course with its cohorts and workshops, or one workshop."),
    )

    field_order = ["email", "role", "programme", "activity", "country", "starts_on", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = [("", "---------"), *activity_choices(self.for_user)]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        self.person = User.objects.filter(email__iexact=email, is_active=True).first()
        if self.person is None:
            raise ValidationError(_("There is no account with this address. The person has to sign up first."))
        return email

    def _post_clean(self) -> None:
        """The service checks the rules and says what is wrong in one sentence."""

    @property
    def country_id(self) -> str | None:
        country = self.cleaned_data.get("country")
        return country.pk if country else None

    def rights(self) -> dict[str, Any]:
        """The arguments of ``grant_role``."""
        return {
            "user": self.person,
            "role": Role(self.cleaned_data["role"]),
            "programme": self.cleaned_data.get("programme"),
            "country_id": self.country_id,
            "activity": self.cleaned_data.get("activity", ""),
            "starts_on": self.cleaned_data.get("starts_on"),
            "ends_on": self.cleaned_data.get("ends_on"),
        }
