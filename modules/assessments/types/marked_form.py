"""The rubric in the form of a type that a person marks: up to five criteria, their levels one on each line."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..admin_forms import QuestionForm
from ..part_ids import kept_ids, numbers

CRITERIA = 4
LEVEL = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*[:：]\s*(\S.*)")


class MarkedForm(QuestionForm):
    """``further_body`` is what the type adds to the body."""

    def add_fields(self) -> None:
        self.criteria = {one["id"]: one["levels"] for one in self.old_body.get("criteria", [])}
        self.ids = self.row_ids(list(self.criteria), CRITERIA, prefix="c")
        for id in self.ids:
            levels = self.criteria.get(id, [])
            self.add_line(f"criterion_{id}", _("Criterion"), self.words.part(id), required=self.is_translation)
            if not self.is_translation:
                lines = [f"{level['points']}: {self.words.part(level['id'])}" for level in levels]
                self.add_lines(
                    f"levels_{id}",
                    _("Levels"),
                    "\n".join(lines),
                    rows=4,
                    help_text=_("One on each line: points, a colon, what it takes. For example: 2: Names the article."),
                )
                continue
            for level in levels:
                self.add_line(f"level_{level['id']}", level["points"], self.words.part(level["id"]), required=True)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            self.row(
                _("Criterion %(number)d") % {"number": number},
                [
                    f"criterion_{id}",
                    f"levels_{id}",
                    *(f"level_{level['id']}" for level in self.criteria.get(id, []) if self.is_translation),
                ],
                id,
            )
            for number, id in enumerate(self.ids, start=1)
        ]

    def clean(self) -> dict[str, Any]:
        for id in self.ids:
            for line in (self.cleaned_data.get(f"levels_{id}") or "").splitlines():
                if line.strip() and not LEVEL.fullmatch(line):
                    self.add_error(f"levels_{id}", _("“%(line)s” has no points in front.") % {"line": line.strip()})
        return super().clean()

    def _levels(self, id: str) -> list[tuple[str, str, str]]:
        """Id, points and words of the levels of a criterion, in the author's order."""
        lines = [match for line in self.cleaned_data[f"levels_{id}"].splitlines() if (match := LEVEL.fullmatch(line))]
        texts = [match[2].strip() for match in lines]
        held = {level["id"]: self.words.part(level["id"]) for level in self.criteria.get(id, [])}
        ids = kept_ids(texts, held, numbers(f"{id}.", {*held, *self.known}))
        return [(level, match[1].replace(",", "."), text) for level, match, text in zip(ids, lines, texts, strict=True)]

    def _written(self) -> list[str]:
        return [id for id in self.ids if self.cleaned_data.get(f"criterion_{id}")]

    def new_body(self) -> dict[str, Any]:
        criteria = [
            {"id": id, "levels": [{"id": level, "points": points} for level, points, _text in self._levels(id)]}
            for id in self._written()
        ]
        return {"criteria": criteria, **self.further_body()} if criteria else self.further_body()

    def further_body(self) -> dict[str, Any]:
        return {}

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        words = {id: {"text": data[f"criterion_{id}"]} for id in self._written()}
        if self.is_translation:
            levels = [level["id"] for id in self._written() for level in self.criteria[id]]
            return words | {level: {"text": data[f"level_{level}"]} for level in levels}
        return words | {level: {"text": text} for id in self._written() for level, _points, text in self._levels(id)}


def number_field(form: QuestionForm, name: str, label: Any, most: int, empty: Any = None) -> None:
    """Add a whole number of the body, which a translation does not ask for."""
    if not form.is_translation:
        form.fields[name] = forms.IntegerField(
            label=label, required=False, min_value=1, max_value=most, initial=form.old_body.get(name, empty)
        )
