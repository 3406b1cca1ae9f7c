"""Forms of the catalogue."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.languages import direction, native_name

from .models import Cohort, Course
from .search import FACETS


class CatalogueForm(forms.Form):
    """Search and facets, sent by GET; what is not known is ignored."""

    q = forms.CharField(label=_("Search courses"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, choices) in FACETS.items():
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    def chosen(self) -> tuple[str, dict[str, list[str]]]:
        """Return the text and the facets that are valid."""
        self.is_valid()
        data = self.cleaned_data
        return data.get("q", "").strip(), {name: data.get(name, []) for name in FACETS}


class EnrolForm(forms.Form):
    """Choose the cohort to enrol in."""

    cohort = forms.ModelChoiceField(
        label=_("When and with whom"), queryset=Cohort.objects.none(), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["cohort"])
        cohorts = course.cohorts.offered().lasting().exclude(entry=Cohort.Entry.INVITATION)
        running = [cohort.pk for cohort in cohorts if not cohort.is_over]
        field.queryset = cohorts.filter(pk__in=running).order_by("-self_paced", "starts_on")
        field.label_from_instance = cohort_label  # type: ignore[assignment, method-assign]
        open_cohorts = [cohort for cohort in field.queryset if cohort.is_open]
        if open_cohorts:
            self.initial.setdefault("cohort", open_cohorts[0].pk)


def cohort_label(cohort: Cohort) -> str:
    """Return a cohort in one line: title, dates, and whether enrolment is open."""
    if cohort.self_paced:
        line = gettext("On my own, at any time")
        return gettext("%(cohort)s (by application)") % {"cohort": line} if cohort.entry != Cohort.Entry.SELF else line
    line = cohort.title
    if cohort.starts_on and cohort.ends_on:
        line = gettext("%(title)s, %(start)s to %(end)s") % {
            "title": cohort.title,
            "start": date_format(cohort.starts_on),
            "end": date_format(cohort.ends_on),
        }
    if not cohort.is_open:
        return gettext("%(cohort)s (enrolment is closed)") % {"cohort": line}
    if cohort.entry == Cohort.Entry.APPLICATION:
        return gettext("%(cohort)s (by application)") % {"cohort": line}
    return line


class ThresholdsForm(forms.Form):
    """From when on somebody counts as at risk."""

    silent_days = forms.IntegerField(label=_("Days of silence"), min_value=1, max_value=365, required=False)
    failures = forms.IntegerField(label=_("Failed attempts"), min_value=1, max_value=50, required=False)
    deadline_days = forms.IntegerField(label=_("Days before the end"), min_value=1, max_value=365, required=False)


class LetterForm(forms.Form):
    """A letter to people at risk, in the writer's language and, if wished, in others that its readers read.

    ``readers`` is ``{language: how many}``; the words of a language are given whole or not at all. ``key`` stands for
    this one letter: a form that is sent twice writes once.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    keep = forms.BooleanField(label=_("Keep these words for the next letter of this course"), required=False)

    def __init__(self, *args: Any, source: str, readers: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [source, *(code for code in readers if code != source)]
        self.readers = readers
        for code in self.codes:
            attrs = {"lang": code, "dir": direction(code)}
            own = code == source
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject"), max_length=200, required=own, widget=forms.TextInput(attrs=attrs)
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text"), max_length=5000, required=own, widget=forms.Textarea(attrs={"rows": 14, **attrs})
            )
        self.order_fields([*(name for name in self.fields if name != "keep"), "keep"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for code in self.codes[1:]:
            parts = ("subject", "text")
            given = [part for part in parts if data.get(f"{part}_{code}")]
            for part in parts:
                if given and part not in given:
                    self.add_error(f"{part}_{code}", gettext("Write both in this language, or leave both empty."))
        return data

    @property
    def words(self) -> dict[str, tuple[str, str]]:
        """Subject and text by language, where they are written."""
        data = self.cleaned_data
        return {code: (data[f"subject_{code}"], data[f"text_{code}"]) for code in self.codes if data[f"text_{code}"]}

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The fields of each language, and how many read it."""
        return [
            {
                "name": native_name(code),
                "code": code,
                "number": self.readers.get(code, 0),
                "fields": [self[f"subject_{code}"], self[f"text_{code}"]],
            }
            for code in self.codes
        ]


class NoteForm(forms.Form):
    """A note about somebody's way through a course."""

    text = forms.CharField(
        label=_("New note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Seen by the trainers and organisers of this cohort only. The person gets it with their data."),
    )
