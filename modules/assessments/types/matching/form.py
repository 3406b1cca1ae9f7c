"""The form of a matching question: rows of two texts that belong together, and answers that match nothing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ...admin_forms import QuestionForm
from ...part_ids import numbers

ROWS = 8


class MatchingForm(QuestionForm):
    kinds = ("matching",)
    further = ("others",)

    def add_fields(self) -> None:
        items = self.old_body.get("items", [])
        self.targets = {item["id"]: item["target"] for item in items}
        self.ids = self.row_ids([item["id"] for item in items], ROWS)
        matched = set(self.targets.values())
        self.free = [target for target in self.old_body.get("targets", []) if target not in matched]
        if not self.is_translation:
            self.add_lines(
                "others",
                _("Further answers that match nothing"),
                "\n".join(self.words.part(target) for target in self.free),
                help_text=_("One on each line."),
            )
        for id in self.ids:
            self.add_line(f"item_{id}", _("Item"), self.words.part(id), required=self.is_translation)
            if not self.is_translation:
                self.add_line(f"match_{id}", _("Belongs to it"), self.words.part(self.targets.get(id, "")))
            self.add_lines(f"feedback_{id}", _("Feedback"), self.words.part(id, "feedback"))
        if self.is_translation:
            for target in self.old_body["targets"]:
                self.add_line(f"target_{target}", _("Answer"), self.words.part(target), required=True)

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows = [
            self.row(_("Pair %(number)d") % {"number": number}, [f"{name}_{id}" for name in FIELDS], id)
            for number, id in enumerate(self.ids, start=1)
        ]
        if self.is_translation:
            for number, target in enumerate(self.old_body["targets"], start=1):
                rows.append(self.row(_("Answer %(number)d") % {"number": number}, [f"target_{target}"], target))
        return rows

    def _written(self) -> tuple[list[dict[str, str]], dict[str, str]]:
        """The items with their targets, and the texts of the targets by id; a text that stays keeps its id."""
        data = self.cleaned_data
        ids = [id for id in self.ids if data.get(f"item_{id}")]
        texts = [data[f"match_{id}"].strip() for id in ids]
        others = [line.strip() for line in data["others"].splitlines() if line.strip()]
        held = {self.words.part(target): target for target in self.old_body.get("targets", [])}
        by_text: dict[str, str] = {}
        for id, text in [*zip(ids, texts, strict=True), *(("", other) for other in others)]:
            if text in by_text:
                continue
            own = self.targets.get(id, "")
            free = own and own not in by_text.values() and self.words.part(own) not in [*texts, *others]
            taken = {*by_text.values(), *held.values(), *self.known}
            by_text[text] = held.get(text) or (own if free else next(numbers("m", taken)))
        items = [{"id": id, "target": by_text[text]} for id, text in zip(ids, texts, strict=True)]
        return items, {id: text for text, id in by_text.items()}

    def new_body(self) -> dict[str, Any]:
        items, targets = self._written()
        return {"items": items, "targets": list(targets)}

    def parts(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        if self.is_translation:
            ids, targets = self.ids, {target: data[f"target_{target}"] for target in self.old_body["targets"]}
        else:
            items, targets = self._written()
            ids = [item["id"] for item in items]
        words = {id: {"text": data[f"item_{id}"], "feedback": data[f"feedback_{id}"]} for id in ids}
        return words | {target: {"text": text} for target, text in targets.items()}


FIELDS = ("item", "match", "feedback")
