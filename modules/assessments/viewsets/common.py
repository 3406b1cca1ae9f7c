"""What the admin screens of questions and quizzes have in common."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic

from core import scoped

CARDS = "listing table-cards"  # a list whose rows are cards on a phone: every column but the title says what it is


class SaidColumn(Column):
    """Says in each cell what it is; a cell that says nothing is left out of the card."""

    cell_template_name = "assessments/admin/said_cell.html"


class SaidBooleanColumn(BooleanColumn):
    cell_template_name = "assessments/admin/said_boolean_cell.html"


class InOneLanguage:
    """A create or edit view whose form holds the words of one language: ``?language=fr``."""

    request: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = self.request.POST.get("language") or self.request.GET.get("language") or ""
        return super().get_form_kwargs() | {"language": asked}  # type: ignore[misc]


class CreateInOneLanguage(InOneLanguage, generic.CreateView):
    pass


class EditInOneLanguage(InOneLanguage, generic.EditView):
    pass


class OutOfUse(scoped.ObjectActView):
    label = _("Take out of use")
    icon_name = "circle-xmark"
    question = _("It is asked no more. Attempts and results are kept.")
    success_message = _("It is out of use.")


class BackIntoUse(scoped.ObjectActView):
    label = _("Bring back into use")
    icon_name = "rotate"
    permission_required = "view"
    question = _("It is asked again from now on.")
    success_message = _("It is in use again.")


class TryOut(scoped.ObjectActView):
    label = _("Try it")
    icon_name = "view"
    permission_required = "view"
    http_method_names = ["get", "head"]
