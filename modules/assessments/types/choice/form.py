"""The form of the choice types: up to eight choices; a row without text is left out."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...admin_forms import QuestionForm
from ...part_ids import letters
from . import ALL_OR_NOTHING, PER_OPTION, RIGHT_MINUS_WRONG, WEIGHTS

ROWS = 8


class ChoiceForm(QuestionForm):
    kinds = ("single", "multiple", "truefalse")
    further = ("marking",)

    def add_fields(self) -> None:
        held = self.old_body.get("choices", [])
        self.ids = [choice["id"] for choice in held]
        if not self.is_translation:
            self.ids += islice(letters({*self.ids, *self.known}), max(0, ROWS - len(self.ids)))
            self.fields["marking"] = forms.ChoiceField(
                label=_("Points of a multiple choice"),
                required=False,
                initial=self.old_body.get("marking", RIGHT_MINUS_WRONG),
                choices=[
                    (RIGHT_MINUS_WRONG, _("Right choices minus wrong ones")),
                    (ALL_OR_NOTHING, _("All or nothing")),
                    (PER_OPTION, _("A share for each choice treated rightly")),
                    (WEIGHTS, _("A weight for each choice")),
                ],
            )
        asked = self.data.get("marking") if self.is_bound else None
        self.weighs = WEIGHTS in (asked, self.old_body.get("marking")) and not self.is_translation
        by_id = {choice["id"]: choice for choice in held}
        for id in self.ids:
            self.add_line(f"text_{id}", _("Text"), self.words.part(id), required=self.is_translation)
            if not self.is_translation:
                right = by_id.get(id, {}).get("correct", False)
                self.fields[f"correct_{id}"] = forms.BooleanField(label=_("Right"), required=False, initial=right)
            if self.weighs:
                self.add_line(
                    f"weight_{id}",
                    _("Weight"),
                    by_id.get(id, {}).get("weight", ""),
                    help_text=_("From -1 to 1, for example 0.5 or 1/3."),
                )
            self.add_lines(f"feedback_{id}", _("Feedback to who chooses this"), self.words.part(id, "feedback"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            self.row(
                _("Choice %(number)d") % {"number": number},
                [f"{name}_{id}" for name in ("text", "correct", "weight", "feedback")],
                id,
            )
            for number, id in enumerate(self.ids, start=1)
        ]

    @property
    def written_ids(self) -> list[str]:
        return [id for id in self.ids if self.cleaned_data.get(f"text_{id}")]

    def new_body(self) -> dict[str, Any]:
        data, marking = self.cleaned_data, self.cleaned_data.get("marking") or RIGHT_MINUS_WRONG
        choices: list[dict[str, Any]] = [{"id": id, "correct": data[f"correct_{id}"]} for id in self.written_ids]
        if marking == WEIGHTS:
            choices = [choice | {"weight": data.get(f"weight_{choice['id']}", "") or "0"} for choice in choices]
        if marking == RIGHT_MINUS_WRONG or (data["type"] != "multiple" and marking != WEIGHTS):
            return {"choices": choices}
        return {"choices": choices, "marking": marking}

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        return {id: {"text": data[f"text_{id}"], "feedback": data[f"feedback_{id}"]} for id in self.written_ids}
