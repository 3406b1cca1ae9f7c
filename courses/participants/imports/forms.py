"""Forms of an import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from institutions.models import Programme, Role
from institutions.roles import scope

from . import registry
from .columns import Column
from .reading import ENCODINGS


class ListForm(forms.Form):
    """The file, and where its people are brought."""

    file = forms.FileField(
        label=_("The list"),
        help_text=_("A CSV or XLSX file of up to 20 MB. The first row holds the headings, each other row one person."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none(), empty_label=None)
    destination = forms.ChoiceField(
        label=_("Enrol the people in"), required=False, help_text=_("Leave empty to write the people down only.")
    )
    language = forms.ChoiceField(
        label=_("Language of the mails"),
        choices=settings.LANGUAGES,
        help_text=_("For people whose row does not name a language."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = scope(user, Role.ORGANISER)
        programmes = Programme.objects.all()
        field: Any = self.fields["programme"]
        self.places = {place.ref: place for place in registry.places(user)}
        # Who organises single courses only brings people to these, and nobody to the programme at large.
        self.whole = None if where.everywhere else where.programmes
        reached = {place.programme_id for place in self.places.values()} | where.programmes
        field.queryset = programmes if where.everywhere else programmes.filter(pk__in=reached)
        chooser: Any = self.fields["destination"]
        chooser.choices = [("", _("Nothing yet")), *((ref, place.title) for ref, place in self.places.items())]
        if not where.everywhere and not where.programmes:
            chooser.choices = [(ref, place.title) for ref, place in self.places.items()]
            chooser.required, chooser.help_text = True, ""
        self.initial.setdefault("language", get_language())
        if field.queryset.count() == 1:
            field.initial = field.queryset.first()
            field.widget = field.hidden_widget()

    @property
    def has_choice(self) -> bool:
        """Whether there is anything the user may bring a list to."""
        field: Any = self.fields["programme"]
        return bool(field.queryset.exists())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        place = self.places.get(data.get("destination", ""))
        if place and data.get("programme") and place.programme_id != data["programme"].pk:
            self.add_error("destination", _("This cohort belongs to another programme."))
        elif not place and self.whole is not None and data.get("programme") and data["programme"].pk not in self.whole:
            self.add_error("destination", _("Choose a cohort: of this programme you organise single courses only."))
        return data


class ColumnsForm(forms.Form):
    """What each column holds."""

    def __init__(self, *args: Any, headings: Sequence[str], samples: Sequence[Sequence[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = []
        for place, heading in enumerate(headings):
            name = f"column-{place}"
            self.fields[name] = forms.ChoiceField(
                label=heading or _("Column %(number)d") % {"number": place + 1},
                required=False,
                choices=[("", _("Leave out")), *Column.choices],
            )
            values = [row[place] for row in samples if place < len(row) and row[place]]
            self.lines.append((name, values[:3]))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each column's field with the first values in it."""
        return [{"field": self[name], "values": values} for name, values in self.lines]

    @property
    def mapping(self) -> dict[int, str]:
        """``{place: column}`` of those chosen."""
        return {int(name.split("-")[1]): value for name, value in self.cleaned_data.items() if value}


class EncodingForm(forms.Form):
    """How a text file is to be read."""

    encoding = forms.ChoiceField(label=_("Letters"), choices=list(ENCODINGS.items()))


class ConfirmForm(forms.Form):
    """The last question."""

    only_good = forms.BooleanField(label=_("Import the other rows and leave these out"), required=False)
