"""Essay: a text of one's own, marked by a trainer with a rubric; see ``marked``.

Body: that of the rubric, with ``min_words`` and ``max_words`` as hints for the writer. Answer: the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..base import Answer, Body, Content, Fields, InvalidQuestion, Words
from ..marked import MarkedByPerson
from ..marked_exchange import EssayExchange
from ..typed import tidied

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm

LONGEST = 50_000


class Essay(MarkedByPerson):
    """A long text."""

    name = "essay"
    place = 110
    label = gettext_lazy("Essay")
    hint = gettext_lazy("A text of one's own, marked by a trainer with your criteria.")
    icon = "edit"
    exchange = EssayExchange()

    def form_class(self) -> type[QuestionForm]:
        from .form import EssayForm

        return EssayForm

    def check(self, body: Body, words: Words) -> None:
        super().check(body, words)
        if body.get("min_words") and body.get("max_words") and body["min_words"] > body["max_words"]:
            raise InvalidQuestion(_("The smallest number of words is above the largest."))

    def read(self, content: Content, fields: Fields) -> Answer:
        return fields.one()

    def clean(self, content: Content, answer: Answer) -> Answer:
        return tidied(answer, LONGEST)

    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        body = content.body
        return {
            **super().card(content, answer, language=language, seed=seed, graded=graded),
            "value": answer or "",
            "longest": LONGEST,
            "min_words": body.get("min_words"),
            "max_words": body.get("max_words"),
        }

    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        return answer or ""
