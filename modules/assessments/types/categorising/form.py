"""The form of a categorising question: up to six categories, and items with the number of their category."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...admin_forms import QuestionForm
from ...part_ids import numbers

CATEGORIES, ROWS = 6, 10


class CategorisingForm(QuestionForm):
    kinds = ("categorising",)

    def add_fields(self) -> None:
        held = self.old_body.get("targets", [])
        fresh = numbers("c", {*held, *self.known})
        self.targets = held if self.is_translation else [*held, *islice(fresh, max(0, CATEGORIES - len(held)))]
        belongs = {item["id"]: item["target"] for item in self.old_body.get("items", [])}
        self.ids = self.row_ids(list(belongs), ROWS)
        for target in self.targets:
            self.add_line(f"target_{target}", _("Category"), self.words.part(target), required=self.is_translation)
        places = [("", ""), *((target, str(place)) for place, target in enumerate(self.targets, start=1))]
        for id in self.ids:
            self.add_line(f"item_{id}", _("Item"), self.words.part(id), required=self.is_translation)
            if not self.is_translation:
                self.fields[f"belongs_{id}"] = forms.ChoiceField(
                    label=_("Number of its category"), required=False, choices=places, initial=belongs.get(id, "")
                )
            self.add_lines(f"feedback_{id}", _("Feedback"), self.words.part(id, "feedback"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        categories = [
            self.row(_("Category %(number)d") % {"number": number}, [f"target_{target}"], target)
            for number, target in enumerate(self.targets, start=1)
        ]
        items = [
            self.row(_("Item %(number)d") % {"number": number}, [f"{name}_{id}" for name in FIELDS], id)
            for number, id in enumerate(self.ids, start=1)
        ]
        return [*categories, *items]

    def new_body(self) -> dict[str, Any]:
        data = self.cleaned_data
        items = [{"id": id, "target": data[f"belongs_{id}"]} for id in self.ids if data.get(f"item_{id}")]
        return {"items": items, "targets": [name for name in self.targets if data.get(f"target_{name}")]}

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        targets = {name: {"text": text} for name in self.targets if (text := data.get(f"target_{name}"))}
        ids = [id for id in self.ids if data.get(f"item_{id}")]
        return {id: {"text": data[f"item_{id}"], "feedback": data[f"feedback_{id}"]} for id in ids} | targets


FIELDS = ("item", "belongs", "feedback")
