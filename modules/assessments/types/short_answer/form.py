"""The form of a short answer: what is accepted, and what matters in comparing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...admin_forms import QuestionForm
from . import POLICY

ROWS = 4
LABELS = {
    "case": _("Capital letters matter"),
    "diacritics": _("Accents matter"),
    "wildcard": _("A * stands for any text"),
}


class ShortAnswerForm(QuestionForm):
    kinds = ("short_answer",)
    further = POLICY

    def add_fields(self) -> None:
        held = {answer["id"]: answer for answer in self.old_body.get("answers", [])}
        self.ids = self.row_ids(list(held), ROWS)
        if not self.is_translation:
            for name in POLICY:
                self.fields[name] = forms.BooleanField(
                    label=LABELS[name], required=False, initial=self.old_body.get(name, False)
                )
        for id in self.ids:
            self.add_lines(f"text_{id}", _("Accepted wordings"), self.words.part(id), help_text=_("One on each line."))
            if not self.is_translation:
                self.add_line(
                    f"weight_{id}",
                    _("Share of the points"),
                    held.get(id, {}).get("weight", "1"),
                    help_text=_("1 for a right answer, 0.5 for one that is half right, 0 for feedback only."),
                )
            self.add_lines(f"feedback_{id}", _("Feedback to who answers this"), self.words.part(id, "feedback"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            self.row(
                _("Answer %(number)d") % {"number": n}, [f"{name}_{id}" for name in ("text", "weight", "feedback")], id
            )
            for n, id in enumerate(self.ids, start=1)
        ]

    def new_body(self) -> dict[str, Any]:
        data = self.cleaned_data
        answers = [
            {"id": id, "weight": data[f"weight_{id}"].replace(",", ".") or "1"}
            for id in self.ids
            if data.get(f"text_{id}")
        ]
        return {"answers": answers, **{name: True for name in POLICY if data[name]}}

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        ids = [id for id in self.ids if data.get(f"text_{id}")]
        return {id: {"text": data[f"text_{id}"], "feedback": data[f"feedback_{id}"]} for id in ids}
