"""The form of an upload question: which files, and the rubric."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..marked_form import MarkedForm, number_field
from . import COUNT, KINDS, MEGABYTES, MOST_FILES, MOST_MEGABYTES

LABELS = {
    "document": _("Documents"),
    "table": _("Tables"),
    "slides": _("Slides"),
    "picture": _("Pictures"),
    "recording": _("Sound and video"),
}


class UploadForm(MarkedForm):
    kinds = ("upload",)
    further = (*(f"kind_{kind}" for kind in KINDS), "count", "megabytes")

    def add_fields(self) -> None:
        if not self.is_translation:
            held = self.old_body.get("kinds", ["document"])
            for kind, extensions in KINDS.items():
                self.fields[f"kind_{kind}"] = forms.BooleanField(
                    label=LABELS[kind], required=False, initial=kind in held, help_text=", ".join(extensions)
                )
        number_field(self, "count", _("How many files at most"), MOST_FILES, COUNT)
        number_field(self, "megabytes", _("Largest file, in megabytes"), MOST_MEGABYTES, MEGABYTES)
        super().add_fields()

    def further_body(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kinds": [kind for kind in KINDS if data[f"kind_{kind}"]],
            "count": data["count"] or COUNT,
            "megabytes": data["megabytes"] or MEGABYTES,
        }
