"""The form of a numeric question: values with tolerances, and the units that are accepted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...admin_forms import QuestionForm
from . import NONE, OPTIONAL, REQUIRED

ANSWERS, UNITS = 3, 3


class NumericForm(QuestionForm):
    kinds = ("numeric",)
    further = ("unit",)

    def add_fields(self) -> None:
        answers = {answer["id"]: answer for answer in self.old_body.get("answers", [])}
        units = {unit["id"]: unit for unit in self.old_body.get("units", [])}
        self.ids = self.row_ids(list(answers), ANSWERS)
        self.units = self.row_ids(list(units), UNITS, prefix="u")
        if not self.is_translation:
            self.fields["unit"] = forms.ChoiceField(
                label=_("Unit"),
                initial=self.old_body.get("unit", NONE),
                choices=[(NONE, _("None")), (OPTIONAL, _("May be given")), (REQUIRED, _("Must be given"))],
            )
        for id in self.ids:
            held = answers.get(id, {})
            if not self.is_translation:
                self.add_line(f"value_{id}", _("Value"), held.get("value", ""), help_text=_("For example 12.5."))
                self.add_line(f"tolerance_{id}", _("Tolerance"), held.get("tolerance", "0"))
                self.fields[f"relative_{id}"] = forms.BooleanField(
                    label=_("The tolerance is a share of the value"),
                    required=False,
                    initial=held.get("relative", False),
                    help_text=_("Then 0.05 means 5 per cent more or less."),
                )
                self.add_line(f"weight_{id}", _("Share of the points"), held.get("weight", "1"))
            self.add_lines(f"feedback_{id}", _("Feedback to who answers this"), self.words.part(id, "feedback"))
        for id in self.units:
            self.add_lines(f"text_{id}", _("Unit"), self.words.part(id), help_text=_("One wording on each line."))
            if not self.is_translation:
                self.add_line(
                    f"factor_{id}",
                    _("Factor"),
                    units.get(id, {}).get("factor", "1"),
                    help_text=_("1 for the unit of the values; 1000 for kilograms when the values are in grams."),
                )

    @property
    def rows(self) -> list[dict[str, Any]]:
        names = ("value", "tolerance", "relative", "weight", "feedback")
        answers = [
            self.row(_("Answer %(number)d") % {"number": n}, [f"{name}_{id}" for name in names], id)
            for n, id in enumerate(self.ids, start=1)
        ]
        units = [
            self.row(_("Unit %(number)d") % {"number": n}, [f"text_{id}", f"factor_{id}"], id)
            for n, id in enumerate(self.units, start=1)
        ]
        return [*answers, *units]

    def _number(self, name: str, empty: str = "0") -> str:
        return self.cleaned_data[name].replace(",", ".").strip() or empty

    def new_body(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "answers": [
                {
                    "id": id,
                    "value": self._number(f"value_{id}"),
                    "tolerance": self._number(f"tolerance_{id}"),
                    "relative": data[f"relative_{id}"],
                    "weight": self._number(f"weight_{id}", "1"),
                }
                for id in self.ids
                if data.get(f"value_{id}")
            ],
            "unit": data["unit"],
            "units": [
                {"id": id, "factor": self._number(f"factor_{id}", "1")} for id in self.units if data.get(f"text_{id}")
            ],
        }

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        answers = {id: {"feedback": data[f"feedback_{id}"]} for id in self.ids if data.get(f"feedback_{id}")}
        return answers | {id: {"text": text} for id in self.units if (text := data.get(f"text_{id}"))}
