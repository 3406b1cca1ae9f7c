"""Forms of what is planned: a cohort and its dates, the questions for applicants, what goes before."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.languages import direction, native_name
from core.zones import with_held, zone_choices
from courses.participants.forms import DateInput
from institutions.names import country_name

from .models import ApplicationQuestion, Cohort, CohortWindow
from .prerequisites import kinds
from .windows import Proposal

Kind = ApplicationQuestion.Kind


class CohortForm(forms.ModelForm):
    """A cohort with its dates; a new one comes with those that ``windows.propose`` says."""

    WINDOWS = (
        ("learning", CohortWindow.Kind.LEARNING),
        ("workshop", CohortWindow.Kind.WORKSHOP),
        ("forum", CohortWindow.Kind.FORUM),
    )

    class Meta:
        model = Cohort
        fields = [
            "region",
            "language",
            "time_zone",
            "enrolment_opens_on",
            "enrolment_closes_on",
            "capacity",
            "entry",
        ]
        widgets = {"enrolment_opens_on": DateInput, "enrolment_closes_on": DateInput, "entry": forms.RadioSelect}
        help_texts = {"capacity": _("Leave empty if there is no limit.")}

    def __init__(self, *args: Any, proposal: Proposal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = with_held(zone_choices(get_language() or "en", country_name), self.instance.time_zone)
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="UTC")
        for code, _name in settings.LANGUAGES:
            self.fields[f"title_{code}"] = forms.CharField(
                label=gettext("Title in %(language)s") % {"language": native_name(code)},
                max_length=200,
                required=False,
                initial=(self.instance.titles or {}).get(code, ""),
                widget=forms.TextInput(attrs={"lang": code, "dir": direction(code)}),
            )
        held = {window.kind: window for window in self.instance.windows.all()} if self.instance.pk else {}
        for name, kind in self.WINDOWS:
            window = held.get(kind)
            proposed = getattr(proposal, name) if proposal else (None, None)
            for part, value in zip(
                ("starts", "ends"), (window.starts_on, window.ends_on) if window else proposed, strict=True
            ):
                self.fields[f"{name}_{part}_on"] = forms.DateField(
                    label=_("First day") if part == "starts" else _("Last day"),
                    required=False,
                    widget=DateInput(),
                    initial=value,
                )
        if proposal:
            self.fields["enrolment_closes_on"].initial = proposal.enrolment_closes_on
        if self.instance.self_paced:
            for name, _kind in self.WINDOWS:
                del self.fields[f"{name}_starts_on"], self.fields[f"{name}_ends_on"]

    @property
    def title_fields(self) -> list[Any]:
        """The titles, the language written in first."""
        codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != get_language())
        return [self[f"title_{code}"] for code in codes]

    @property
    def window_fields(self) -> list[dict[str, Any]]:
        """The parts of the cohort's time, each with its two fields."""
        if self.instance.self_paced:
            return []
        return [
            {"label": kind.label, "fields": [self[f"{name}_starts_on"], self[f"{name}_ends_on"]]}
            for name, kind in self.WINDOWS
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        titles = {code: data.get(f"title_{code}", "").strip() for code, _name in settings.LANGUAGES}
        self.instance.titles = {code: title for code, title in titles.items() if title}
        if not self.instance.titles and not data.get("region") and not self.instance.self_paced:
            self.add_error(f"title_{get_language()}", _("Give the cohort a title or a region."))
        for name, _kind in self.WINDOWS:
            first, last = data.get(f"{name}_starts_on"), data.get(f"{name}_ends_on")
            if bool(first) != bool(last):
                self.add_error(f"{name}_{'ends' if first else 'starts'}_on", _("Give both days, or none."))
            elif first and last and last < first:
                self.add_error(f"{name}_ends_on", _("The last day must not lie before the first."))
        days = [window for window in self.windows.values() if window]
        if not self.instance.self_paced:
            self.instance.starts_on = min((first for first, _last in days), default=None)
            self.instance.ends_on = max((last for _first, last in days), default=None)
        return data

    @property
    def windows(self) -> dict[str, tuple[date, date] | None]:
        """``{kind: (first, last) or None}`` as ``services.save_cohort`` takes it."""
        if self.instance.self_paced:
            return {}
        found: dict[str, tuple[date, date] | None] = {}
        for name, kind in self.WINDOWS:
            first, last = self.cleaned_data.get(f"{name}_starts_on"), self.cleaned_data.get(f"{name}_ends_on")
            found[str(kind)] = (first, last) if first and last else None
        return found


class FirstDayForm(forms.Form):
    """When a new cohort begins; everything else follows."""

    first = forms.DateField(label=_("First day"), widget=DateInput)


class QuestionForm(forms.ModelForm):
    """A question in every language; the language written in comes first."""

    class Meta:
        model = ApplicationQuestion
        fields = ["kind", "required"]
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written_in = get_language() or "en"
        for code in self.codes:
            attrs = {"lang": code, "dir": direction(code)}
            name = native_name(code)
            lines = "\n".join(choice["titles"].get(code, "") for choice in self.instance.choices or [])
            for part, label, value, widget, length in (
                ("title", _("Question"), (self.instance.titles or {}).get(code, ""), forms.TextInput(attrs), 300),
                ("hint", _("Hint"), (self.instance.hints or {}).get(code, ""), forms.TextInput(attrs), 300),
                ("choices", _("Answers to choose from"), lines, forms.Textarea({**attrs, "rows": 4}), 3000),
            ):
                self.fields[f"{part}_{code}"] = forms.CharField(
                    label=label
                    if code == self.written_in
                    else gettext("%(field)s in %(language)s") % {"field": label, "language": name},
                    required=part == "title" and code == self.written_in,
                    max_length=length,
                    initial=value.strip("\n"),
                    widget=widget,
                    help_text=_("One to a line, in the same order in every language.") if part == "choices" else "",
                )

    @property
    def codes(self) -> list[str]:
        return sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != self.written_in)

    @property
    def panels(self) -> list[dict[str, Any]]:
        """The fields of each language."""
        return [
            {
                "name": native_name(code),
                "fields": [self[f"{part}_{code}"] for part in ("title", "hint", "choices")],
                "first": code == self.written_in,
            }
            for code in self.codes
        ]

    def _lines(self, code: str) -> list[str]:
        return [line.strip() for line in self.cleaned_data.get(f"choices_{code}", "").splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        question = self.instance
        question.titles = {code: data[f"title_{code}"] for code in self.codes if data.get(f"title_{code}")}
        question.hints = {code: data[f"hint_{code}"] for code in self.codes if data.get(f"hint_{code}")}
        if data.get("kind") != Kind.CHOICE:
            question.choices = []
            return data
        mine = self._lines(self.written_in)
        if len(mine) < 2:
            self.add_error(f"choices_{self.written_in}", _("Write at least two answers."))
        for code in self.codes[1:]:
            if (lines := self._lines(code)) and len(lines) != len(mine):
                self.add_error(f"choices_{code}", _("Write as many answers as in the first language, or none."))
        ids = [choice["id"] for choice in question.choices or []]
        question.choices = [
            {
                "id": ids[place] if place < len(ids) else uuid.uuid4().hex[:8],
                "titles": {code: lines[place] for code in self.codes if len(lines := self._lines(code)) > place},
            }
            for place in range(len(mine))
        ]
        return data


class PrerequisiteForm(forms.Form):
    """What has to be completed, and before what."""

    what = forms.ChoiceField(label=_("What has to be completed"))
    module = forms.ChoiceField(label=_("Before"), required=False)

    def __init__(self, *args: Any, user: Any, modules: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["what"]
        what.choices = [
            (str(kind.label), [(f"{name}:{ref}", title) for ref, title in kind.choices(user)])
            for name, kind in kinds().items()
        ]
        module: Any = self.fields["module"]
        module.choices = [("", _("The whole course")), *modules]
