"""The form of an ordering question: items with their right place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...admin_forms import QuestionForm
from . import ALL_OR_NOTHING, PAIRS, PLACES

ROWS = 8


class OrderingForm(QuestionForm):
    kinds = ("ordering",)
    further = ("marking",)

    def add_fields(self) -> None:
        held = list(self.old_body.get("items", []))
        self.ids = self.row_ids(held, ROWS)
        if not self.is_translation:
            self.fields["marking"] = forms.ChoiceField(
                label=_("Points"),
                required=False,
                initial=self.old_body.get("marking", PAIRS),
                choices=[
                    (PAIRS, _("A share for what stands in the right order")),
                    (PLACES, _("A share for each item in its right place")),
                    (ALL_OR_NOTHING, _("All or nothing")),
                ],
            )
        for number, id in enumerate(self.ids, start=1):
            self.add_line(f"item_{id}", _("Item"), self.words.part(id), required=self.is_translation)
            if not self.is_translation:
                self.fields[f"place_{id}"] = forms.IntegerField(
                    label=_("Right place"), required=False, min_value=1, max_value=99, initial=number
                )
            self.add_lines(f"feedback_{id}", _("Feedback"), self.words.part(id, "feedback"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            self.row(
                _("Item %(number)d") % {"number": n}, [f"{name}_{id}" for name in ("item", "place", "feedback")], id
            )
            for n, id in enumerate(self.ids, start=1)
        ]

    def new_body(self) -> dict[str, Any]:
        data, marking = self.cleaned_data, self.cleaned_data.get("marking") or PAIRS
        written = [id for id in self.ids if data.get(f"item_{id}")]
        items = sorted(written, key=lambda id: data.get(f"place_{id}") or 100)
        return {"items": items} if marking == PAIRS else {"items": items, "marking": marking}

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        ids = [id for id in self.ids if data.get(f"item_{id}")]
        return {id: {"text": data[f"item_{id}"], "feedback": data[f"feedback_{id}"]} for id in ids}
