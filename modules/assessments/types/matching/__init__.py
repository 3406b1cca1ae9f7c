"""Matching: for each item the one that belongs to it; see ``pairing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from ..pairing import Pairing

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm


class Matching(Pairing):
    """Two columns; what stands on the right may also match nothing."""

    name = "matching"
    place = 40
    label = gettext_lazy("Matching")
    hint = gettext_lazy("Items, each with the answer that belongs to it.")
    icon = "link"

    def form_class(self) -> type[QuestionForm]:
        from .form import MatchingForm

        return MatchingForm
