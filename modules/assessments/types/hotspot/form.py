"""The form of a hotspot question: the picture, and up to eight regions with their place and their words."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.images.widgets import AdminImageChooser

from media.models import CampusImage

from ...admin_forms import QuestionForm
from ...contents import pictures
from . import PICTURE, SHAPES, drawn

ROWS = 8
LABELS = {"rect": _("Rectangle"), "circle": _("Circle"), "polygon": _("Polygon")}


class HotspotForm(QuestionForm):
    kinds = ("hotspot",)
    further = ("picture", "description", "several")
    rows_template = "types/hotspot/regions.html"

    class Media:
        css: ClassVar = {"all": ["types/hotspot/regions.css"]}
        js: ClassVar = [forms.Script("types/hotspot/regions.js", type="module")]

    def add_fields(self) -> None:
        held = {choice["id"]: choice for choice in self.old_body.get("choices", [])}
        self.ids = self.row_ids(list(held), ROWS)
        if not self.is_translation:
            self.fields["picture"] = forms.ModelChoiceField(
                label=_("Picture"),
                queryset=CampusImage.objects.all(),
                widget=AdminImageChooser,
                initial=self.old_body.get("picture"),
            )
            self.fields["several"] = forms.BooleanField(
                label=_("More than one region may be right"),
                required=False,
                initial=self.old_body.get("several", False),
            )
        self.add_lines("description", _("Description of the picture"), self.words.part(PICTURE), required=True)
        for id in self.ids:
            region = held.get(id, {})
            self.add_line(f"text_{id}", _("The region in words"), self.words.part(id), required=self.is_translation)
            if not self.is_translation:
                self.fields[f"correct_{id}"] = forms.BooleanField(
                    label=_("Right"), required=False, initial=region.get("correct", False)
                )
                self.fields[f"shape_{id}"] = forms.ChoiceField(
                    label=_("Shape"), choices=list(LABELS.items()), required=False, initial=region.get("shape", "rect")
                )
                self.add_line(
                    f"coords_{id}",
                    _("Place"),
                    ", ".join(f"{number:g}" for number in region.get("coords", [])),
                    widget=forms.TextInput(attrs={"dir": "ltr", "aria-describedby": "regions-numbers"}),
                )
            self.add_lines(f"feedback_{id}", _("Feedback to who chooses this"), self.words.part(id, "feedback"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        names = ("text", "correct", "shape", "coords", "feedback")
        return [
            self.row(_("Region %(number)d") % {"number": number}, [f"{name}_{id}" for name in names], id)
            for number, id in enumerate(self.ids, start=1)
        ]

    @property
    def drawing(self) -> dict[str, Any]:
        """The picture, and the regions as far as they can be drawn: as filled in, else as held. The script goes on."""
        field = self.fields.get("picture")
        chosen = self["picture"].value() if field else self.old_body.get("picture")
        chosen = chosen if str(chosen or "").isdecimal() else None
        picture = pictures([int(chosen)]).get(int(chosen)) if chosen else None
        regions = []
        for number, id in enumerate(self.ids, start=1):
            region = self._region(id)
            if len(region["coords"]) in SHAPES.get(region["shape"], ()):
                regions.append(drawn(region) | {"number": number, "correct": region["correct"]})
        return {
            "picture": picture,
            "regions": regions if picture else [],
            "sign": max(12, picture["width"] // 24) if picture else 0,
            "tools": LABELS.items(),
        }

    def _region(self, id: str) -> dict[str, Any]:
        """Shape, place and rightness of a region as the form shows them."""
        if self.is_translation:
            return next(choice for choice in self.old_body["choices"] if choice["id"] == id)
        return {
            "shape": self[f"shape_{id}"].value(),
            "coords": _numbers(self[f"coords_{id}"].value() or ""),
            "correct": bool(self[f"correct_{id}"].value()),
        }

    def _written(self) -> list[str]:
        return [id for id in self.ids if self.cleaned_data.get(f"text_{id}")]

    def new_body(self) -> dict[str, Any]:
        data = self.cleaned_data
        regions = [
            {
                "id": id,
                "correct": data[f"correct_{id}"],
                "shape": data[f"shape_{id}"] if data[f"shape_{id}"] in SHAPES else "rect",
                "coords": _numbers(data[f"coords_{id}"]),
            }
            for id in self._written()
        ]
        body = {"picture": data["picture"].pk, "choices": regions}
        if "marking" in self.old_body:
            body["marking"] = self.old_body["marking"]
        return body | {"several": True} if data["several"] else body

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        words = {id: {"text": data[f"text_{id}"], "feedback": data[f"feedback_{id}"]} for id in self._written()}
        return words | {PICTURE: {"text": data["description"]}}


def _numbers(text: str) -> list[float]:
    """The numbers of a place; ``12`` stays a whole number."""
    found = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
    return [int(number) if number.is_integer() else number for number in found]
