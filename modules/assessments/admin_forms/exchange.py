"""Forms of import and export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.languages import native_name

from ..exchange.gift import written_names
from ..models import QuestionCategory, QuestionImport
from ..services.bank import category_paths
from ..services.importing import titles_of

FORMATS = [
    ("moodle-xml", _("Moodle XML")),
    ("gift", _("GIFT")),
    ("csv", _("Table (CSV)")),
    ("qti", _("QTI package")),
]


class BringForm(forms.ModelForm):
    """A file of questions, and where it goes."""

    file = forms.FileField(
        label=_("File"), help_text=_("GIFT, Moodle XML, CSV or a QTI package. Nothing is imported before you confirm.")
    )
    format = forms.ChoiceField(label=_("Format"), required=False, choices=[("", _("Find it out")), *FORMATS])
    language = forms.ChoiceField(
        label=_("Language of the words"), choices=[(code, native_name(code)) for code, _name in settings.LANGUAGES]
    )
    into = forms.ChoiceField(label=_("Category"), required=False, help_text=_("It holds the categories of the file."))
    new_category = forms.CharField(
        label=_("A new category in it"), required=False, max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    field_order = ("file", "format", "language", "into", "new_category")

    class Meta:
        model = QuestionImport
        fields = ["language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", settings.LANGUAGE_CODE)
        choices = [("", _("None: as the file says")), *((str(pk), path) for pk, path in category_paths())]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]

    @property
    def category(self) -> str:
        """The path of the category, as ``import_questions`` takes it."""
        data = self.cleaned_data
        titles = titles_of(int(data["into"])) if data.get("into") else []
        return written_names([*titles, *([data["new_category"]] if data.get("new_category") else [])])


class ExportForm(forms.Form):
    """Which questions, and how they are written."""

    format = forms.ChoiceField(label=_("Format"), choices=FORMATS[:3])
    language = forms.ChoiceField(
        label=_("Language of the words"),
        choices=[(code, native_name(code)) for code, _name in settings.LANGUAGES],
        help_text=_("Questions that are not written in it are written in their own language."),
    )
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=QuestionCategory.objects.none(),
        required=False,
        empty_label=_("The whole bank"),
        help_text=_("With the categories in it."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.queryset = QuestionCategory.objects.visible_to(user)
        field.choices = [("", field.empty_label), *category_paths()]
