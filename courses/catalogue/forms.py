"""Forms of the catalogue."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
        cohorts = course.cohorts.filter(archived_at__isnull=True).exclude(entry=Cohort.Entry.INVITATION)
        field.queryset = cohorts.order_by("-self_paced", "starts_on")
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
