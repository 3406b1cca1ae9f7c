"""The form of an essay question: its rubric, and how long the text should be."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ..marked_form import MarkedForm, number_field


class EssayForm(MarkedForm):
    kinds = ("essay",)
    further = ("min_words", "max_words")

    def add_fields(self) -> None:
        number_field(self, "min_words", _("At least so many words"), 10_000)
        number_field(self, "max_words", _("At most so many words"), 10_000)
        super().add_fields()

    def further_body(self) -> dict[str, Any]:
        return {name: value for name in self.further if (value := self.cleaned_data[name])}
