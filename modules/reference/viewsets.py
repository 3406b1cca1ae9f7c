"""The glossary's admin screens."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core import scoped

from .forms import TermForm
from .models import Term
from .services import delete_term, put_term


class TermViewSet(scoped.ScopedModelViewSet):
    """Terms of one language at a time."""

    model = Term
    icon = "openquote"
    menu_label = _("Glossary")
    menu_order = 320
    add_to_admin_menu = True
    delete_view_enabled = True
    list_display = ["name", "source"]
    search_fields = ["name", "synonyms", "definition"]

    def get_form_class(self, for_update: bool = False) -> type:
        return TermForm

    def create(self, *, actor: Any, form: TermForm) -> Term:
        return self._put(actor, form, None)

    def change(self, *, actor: Any, form: TermForm) -> Term:
        return self._put(actor, form, Term.objects.get(pk=form.instance.pk))

    def _put(self, actor: Any, form: TermForm, term: Term | None) -> Term:
        answers = dict(form.cleaned_data)
        translates = answers.pop("translates", None)
        language = form.instance.locale.language_code
        key = translates.translation_key if translates else None
        return put_term(actor=actor, language=language, key=key, term=term, **answers)

    def delete(self, *, actor: Any, obj: Term) -> None:
        delete_term(actor=actor, term=obj)
