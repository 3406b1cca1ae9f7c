"""What is marked by a person has in common: a rubric of criteria, each with levels that are worth points.

Body: ``{"criteria": [{"id": "c1", "levels": [{"id": "c1.1", "points": "2"}, ...]}, ...]}``, none where the marker
gives the points as they see fit; a part for each criterion and each level. The share of the question's points is the
sum of the levels given over the sum of the best levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from ..words import marked
from .base import Answer, AnswerRow, Body, Content, InvalidQuestion, QuestionType, Words
from .numbers import exact


class MarkedByPerson(QuestionType):
    """Graded by a trainer: ``grade`` is 0, the points come with the mark."""

    marked_by_person = True

    def needed(self, body: Body) -> list[str]:
        criteria = body.get("criteria", [])
        return [
            id for criterion in criteria for id in (criterion["id"], *(level["id"] for level in criterion["levels"]))
        ]

    def check(self, body: Body, words: Words) -> None:
        ids = self.needed(body)
        if len(set(ids)) < len(ids) or not all(words.part(id).strip() for id in ids):
            raise InvalidQuestion(_("Write what every criterion and every level says."))
        for criterion in body.get("criteria", []):
            try:
                worth = [exact(level["points"]) for level in criterion["levels"]]
            except ValueError:
                worth = []
            if len(worth) < 2 or min(worth) < 0 or not max(worth) > 0:
                raise InvalidQuestion(_("Every criterion needs two levels or more, with points from 0 up."))

    def grade(self, content: Content, answer: Answer) -> Fraction:
        return Fraction(0)

    def rubric(self, content: Content, language: str) -> list[dict[str, Any]]:
        """Return the criteria with their levels in words; ``given`` is the level of a released mark."""
        words = content.in_language(language, self.needed(content.body))
        given = content.mark["levels"] if content.mark else {}
        return [
            {
                "id": criterion["id"],
                "label": marked(words.part(criterion["id"]), words.language),
                "levels": [
                    {
                        "id": level["id"],
                        "label": marked(words.part(level["id"]), words.language),
                        "points": level["points"],
                        "number": ceil(exact(level["points"])),
                        "given": given.get(criterion["id"]) == level["id"],
                    }
                    for level in criterion["levels"]
                ],
            }
            for criterion in content.body.get("criteria", [])
        ]

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        comment = content.mark["comment"] if content.mark and graded else ""
        return {"rubric": self.rubric(content, language), "comment": comment, "marked": bool(content.mark and graded)}

    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        return []


def rubric_share(body: Body, levels: Mapping[str, str]) -> Fraction:
    """Return the share of the points that these levels, ``{criterion id: level id}``, are worth, 0 to 1.

    Raises ``ValueError`` unless there is one level for every criterion.
    """
    criteria = body.get("criteria", [])
    if set(levels) != {criterion["id"] for criterion in criteria} or not criteria:
        raise ValueError("one level for every criterion")
    given = best = Fraction(0)
    for criterion in criteria:
        worth = {level["id"]: exact(level["points"]) for level in criterion["levels"]}
        if levels[criterion["id"]] not in worth:
            raise ValueError("a level of this criterion")
        given, best = given + worth[levels[criterion["id"]]], best + max(worth.values())
    return given / best
