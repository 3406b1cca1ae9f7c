"""The form of a text with gaps: the gaps are written into the text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...admin_forms import QuestionForm
from ...words import editable
from ..base import InvalidQuestion, Words
from .writing import Before, put_together, taken_apart


class GapsForm(QuestionForm):
    kinds = ("gaps",)
    further = ("case", "diacritics")

    def add_fields(self) -> None:
        self.fields["text"].label = _("Text with gaps")
        self.fields["text"].help_text = _(
            "Write each gap into the text. [[2014|two thousand fourteen]]: typed, with all that is accepted. "
            "[[=yes|no]]: chosen, the right one behind =. Feedback follows a #: [[=yes|no#Read Article 6.]] "
            "Write \\| \\# \\= \\] for these signs themselves."
        )
        if not self.is_translation:
            for name, label in (("case", _("Capital letters matter")), ("diacritics", _("Accents matter"))):
                self.fields[name] = forms.BooleanField(
                    label=label, required=False, initial=self.old_body.get(name, False)
                )

    def text_to_edit(self, words: Words) -> str:
        return put_together(editable(words.text), self.old_body.get("gaps", []), words)

    def clean_text(self) -> str:
        try:
            before = Before(self.old_body.get("gaps", []), self.words, self.known, self.is_translation)
            self.kept, self.gaps, self.written_parts = taken_apart(self.cleaned_data["text"], before)
        except InvalidQuestion as error:
            raise forms.ValidationError(str(error)) from error
        return self.cleaned_data["text"]

    def clean(self) -> dict[str, Any]:
        if self.is_translation and not self.errors:
            held = {gap["id"]: (gap.get("choices"), gap.get("right")) for gap in self.old_body["gaps"]}
            if held != {gap["id"]: (gap.get("choices"), gap.get("right")) for gap in self.gaps}:
                self.add_error(
                    "text", _("The gaps must be those of the original, with as many choices in the same order.")
                )
        return super().clean()

    def text_to_keep(self) -> str:
        return self.kept

    def new_body(self) -> dict[str, Any]:
        weights = {gap["id"]: gap["weight"] for gap in self.old_body.get("gaps", []) if "weight" in gap}
        gaps = [gap | ({"weight": weights[gap["id"]]} if gap["id"] in weights else {}) for gap in self.gaps]
        return {"gaps": gaps, **{name: True for name in self.further if self.cleaned_data[name]}}

    def parts(self) -> dict[str, dict[str, str]]:
        return self.written_parts
