"""Forms of the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .models import Term


class TermForm(WagtailAdminModelForm):
    """A term in one language; what it translates is chosen, so that the languages belong together."""

    translates = forms.ModelChoiceField(
        label=_("translation of"),
        queryset=Term.objects.none(),
        required=False,
        help_text=_("The same term in English, if this is another language."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = Term.objects.filter(locale__language_code="en")
        if self.instance.locale_id and self.instance.locale.language_code == "en":
            del self.fields["translates"]
            return
        field = self.fields["translates"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = english
        field.initial = english.filter(translation_key=self.instance.translation_key).first()

    class Meta:
        model = Term
        fields = ["name", "definition", "source", "synonyms"]
        widgets = {
            "definition": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "synonyms": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }
