"""What matching and categorising have in common: each item is given one of the targets.

Body: ``{"items": [{"id": "1", "target": "a"}, ...], "targets": ["a", "b", ...]}``; a part for each item (with
feedback) and each target. Answer: ``{item id: target id}``, only the items that were given one. It earns the
share of items with their right target; an item that was left out counts as wrong, a wrong one takes nothing away.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from ..shuffling import shuffled
from ..words import marked, passage
from .base import Answer, AnswerRow, Body, Content, Fields, InvalidQuestion, QuestionType, UnknownAnswer, Words, counted
from .pairing_exchange import PairingExchange


class Pairing(QuestionType):
    """Items that are each given a target."""

    template_name = "types/pairing.html"
    exchange = PairingExchange()
    shuffles_targets = True

    def needed(self, body: Body) -> list[str]:
        return [*(item["id"] for item in body["items"]), *body["targets"]]

    def check(self, body: Body, words: Words) -> None:
        items, targets = body.get("items", []), body.get("targets", [])
        ids = [*(item["id"] for item in items), *targets]
        if len(items) < 2 or len(targets) < 2:
            raise InvalidQuestion(_("Write two or more on both sides."))
        if len(set(ids)) < len(ids) or any(item["target"] not in targets for item in items):
            raise InvalidQuestion(_("Say for each item where it belongs."))
        if not all(words.part(id).strip() for id in ids):
            raise InvalidQuestion(_("Write the text on both sides."))
        names = [words.part(target).strip().casefold() for target in targets]
        if len(set(names)) < len(names):
            raise InvalidQuestion(_("Two of the answers to choose from read the same."))

    def read(self, content: Content, fields: Fields) -> Answer:
        return {part: value for part in fields.parts() if (value := fields.one(part))}

    def clean(self, content: Content, answer: Answer) -> Answer:
        if not isinstance(answer, dict):
            raise UnknownAnswer
        given = {item: target for item, target in answer.items() if target}
        items = [item["id"] for item in content.body["items"]]
        if set(given) - set(items) or any(target not in content.body["targets"] for target in given.values()):
            raise UnknownAnswer
        return {item: given[item] for item in items if item in given}

    def grade(self, content: Content, answer: Answer) -> Fraction:
        items, given = content.body["items"], answer or {}
        return Fraction(sum(given.get(item["id"]) == item["target"] for item in items), len(items))

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        body, given = content.body, answer or {}
        words = content.in_language(language, self.needed(body))
        targets = shuffled(seed if self.shuffles_targets else 0, f"targets:{content.salt}", body["targets"])
        right = {item["id"]: item["target"] for item in body["items"]}
        return {
            "passage": passage(words.language),
            "rows": [
                {
                    "part": id,
                    "label": marked(words.part(id), words.language),
                    "options": [(target, words.part(target), given.get(id) == target) for target in targets],
                    "correct": given.get(id) == right[id] if graded else None,
                    "answer": words.part(right[id]) if graded else "",
                    "note": marked(words.part(id, "feedback"), words.language) if graded else "",
                }
                for id in shuffled(seed, f"items:{content.salt}", right)
            ],
        }

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        words = content.in_language(language, self.needed(content.body))
        return "; ".join(f"{words.part(item)} → {words.part(target)}" for item, target in (answer or {}).items())

    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        words = content.in_language(language, self.needed(content.body))
        rows = []
        for item in content.body["items"]:
            for target in content.body["targets"]:
                count = sum((answer or {}).get(item["id"]) == target for answer in answers)
                if count or target == item["target"]:
                    label = f"{words.part(item['id'])} → {words.part(target)}"
                    rows.append(counted(count, len(answers), label, target == item["target"]))
        return rows
