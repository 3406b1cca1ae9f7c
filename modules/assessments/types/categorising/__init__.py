"""Categorising: each item into the category it belongs to; see ``pairing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from ..pairing import Pairing

if TYPE_CHECKING:
    from ...admin_forms import QuestionForm


class Categorising(Pairing):
    """A few categories in the author's order, more items than categories."""

    name = "categorising"
    place = 60
    label = gettext_lazy("Categorising")
    hint = gettext_lazy("Items to sort into a few categories.")
    icon = "table"
    shuffles_targets = False

    def form_class(self) -> type[QuestionForm]:
        from .form import CategorisingForm

        return CategorisingForm
