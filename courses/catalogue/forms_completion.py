"""Forms about completion: waivers, tasks, and the filter of the matrix."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .completion import FactKey
from .models import Course, PracticalTask, RequirementWaiver, TaskResult
from .services import Judgement
from .services.standing import Completion


class WaiverForm(forms.Form):
    """Which requirement counts as met, why, and where it can be seen."""

    requirement = forms.ChoiceField(label=_("Requirement"))
    basis = forms.ChoiceField(
        label=_("On what ground"), choices=RequirementWaiver.Basis.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The participant reads it."),
    )
    issuer = forms.CharField(
        label=_("Certificate issued by"), max_length=200, required=False, help_text=_("For a recognised certificate.")
    )
    evidence = forms.CharField(
        label=_("Where it can be seen"),
        max_length=300,
        required=False,
        help_text=_("For example the number or the address of the certificate."),
    )

    def __init__(self, *args: Any, completion: Completion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("basis", RequirementWaiver.Basis.WAIVED)
        field = self.fields["requirement"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(
            {f"{r.outcome.kind}:{r.outcome.ref}": r.title for r in completion.requirements if not r.met}.items()
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("basis") == RequirementWaiver.Basis.RECOGNISED:
            for name in ("issuer", "evidence"):
                if not data.get(name):
                    self.add_error(name, gettext("A recognised certificate needs this."))
        return data

    @property
    def chosen(self) -> FactKey:
        """Kind and ref of the requirement chosen."""
        kind, _colon, ref = self.cleaned_data["requirement"].partition(":")
        return kind, ref


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The participant reads it."),
    )


class TaskForm(forms.Form):
    """A skill or an assignment, in the languages of the course."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PracticalTask.Kind.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, course: Course, task: PracticalTask | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = course.item.source_language
        self.order = [source, *(code for code, _name in settings.LANGUAGES if code != source)]
        names = dict(settings.LANGUAGES)
        if task is not None:
            self.fields["kind"].disabled = True
        self.initial.setdefault("kind", task.kind if task else PracticalTask.Kind.SKILL)
        for code in self.order:
            language = {"language": names[code]}
            self.fields[f"title_{code}"] = forms.CharField(
                label=gettext("Title (%(language)s)") % language, max_length=200, required=code == source
            )
            self.fields[f"criteria_{code}"] = forms.CharField(
                label=gettext("What a trainer looks at (%(language)s)") % language,
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            if task is not None:
                self.initial[f"title_{code}"] = task.titles.get(code, "")
                self.initial[f"criteria_{code}"] = task.criteria.get(code, "")

    def main_fields(self) -> list[Any]:
        """Kind, and the texts in the source language."""
        return [self[name] for name in ("kind", f"title_{self.order[0]}", f"criteria_{self.order[0]}")]

    def other_fields(self) -> list[Any]:
        """The texts in the other languages."""
        return [self[f"{name}_{code}"] for code in self.order[1:] for name in ("title", "criteria")]

    def texts(self, name: str) -> dict[str, str]:
        """Return ``{language: text}`` of what is not empty."""
        return {code: self.cleaned_data[f"{name}_{code}"] for code in self.order if self.cleaned_data[f"{name}_{code}"]}


class JudgementForm(forms.Form):
    """One person's row where a task is judged. What was on the screen travels along: only changes are written."""

    verdict = forms.ChoiceField(required=False, show_hidden_initial=True)
    note = forms.CharField(max_length=500, required=False, show_hidden_initial=True)

    def __init__(self, *args: Any, task: PracticalTask, name: str, result: TaskResult | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].label = name
        self.fields["note"].label = gettext("Note to %(name)s") % {"name": name}
        self.fields["note"].widget.attrs["dir"] = "auto"
        yes, no = (
            (gettext("Can do it"), gettext("Not yet"))
            if task.kind == PracticalTask.Kind.SKILL
            else (gettext("Accepted"), gettext("Returned"))
        )
        field = self.fields["verdict"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Not judged")), ("met", yes), ("not", no)]
        if result is not None:
            self.initial = {"verdict": "met" if result.met else "not", "note": result.note}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # Whoever takes a verdict back need not empty its note as well.
        if data.get("verdict") == "" and data.get("note") and "note" in self.changed_data:
            self.add_error("note", gettext("A note needs a verdict beside it."))
        return data

    @property
    def judgement(self) -> Judgement:
        """What ``services.record_results`` takes."""
        met = {"met": True, "not": False, "": None}[self.cleaned_data["verdict"]]
        return Judgement(met, self.cleaned_data["note"])


class MatrixForm(forms.Form):
    """Filter and order of the matrix, sent by GET; what is not known is ignored."""

    q = forms.CharField(label=_("Name or organisation"), required=False, max_length=100)
    country = forms.ChoiceField(label=_("Country"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("complete", _("Complete")),
            ("open", _("Not complete")),
            ("none", _("Nothing met yet")),
        ],
    )
    requirement = forms.ChoiceField(label=_("Requirement"), required=False)
    held = forms.ChoiceField(
        label=_("Requirement is"),
        required=False,
        choices=[
            ("open", pgettext_lazy("requirement", "Open")),
            ("met", pgettext_lazy("requirement", "Met")),
        ],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("name", _("Name")),
            ("-progress", _("Most progress first")),
            ("progress", _("Least progress first")),
            ("country", _("Country")),
            ("-enrolled", _("Last enrolled first")),
        ],
    )

    def __init__(
        self, *args: Any, countries: list[tuple[str, str]], requirements: list[tuple[str, str]], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        for name, choices in (("country", countries), ("requirement", requirements)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("All")), *choices]

    def chosen(self) -> dict[str, str]:
        """Return what is valid; the rest as if it were not there."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
