"""Choosers over ``visible_to``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.viewsets.chooser import ChooserViewSet

from .rules import narrow_choices, visible, visible_object_or_404


class PlainSearchMixin(forms.Form):
    """A chooser's search by ``icontains``, for models that are not in the search index."""

    q = forms.CharField(
        label=_("Search term"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Search")})
    )
    search_fields: Sequence[str] = ()

    def filter(self, objects: Any) -> Any:
        if query := self.cleaned_data.get("q"):
            self.is_searching, self.search_query = True, query
            found = models.Q()
            for field in self.search_fields:
                found |= models.Q(**{f"{field}__icontains": query})
            objects = objects.filter(found)
        return objects


class ScopedChoosing:
    """A chooser's views: the list, and the one or many that were chosen by key."""

    model_class: Any
    request: HttpRequest
    seen: Any

    def get_object_list(self) -> Any:
        return visible(super().get_object_list(), self.request.user)  # type: ignore[misc]

    def get_results_page(self, request: HttpRequest) -> Any:
        page = super().get_results_page(request)  # type: ignore[misc]
        self.seen(request.user, page.object_list)
        return page

    def get_object(self, pk: Any) -> Any:
        return self.get_objects([pk])[0]

    def get_objects(self, pks: Sequence[Any]) -> Any:
        found = [visible_object_or_404(self.model_class, self.request.user, pk) for pk in pks]
        self.seen(self.request.user, found)
        return found

    def get_creation_form(self) -> Any:
        form = super().get_creation_form()  # type: ignore[misc]
        if form is not None:
            narrow_choices(form, self.request.user)
        return form


class ScopedChooserViewSet(ChooserViewSet):
    """Wagtail's ``ChooserViewSet`` over ``visible_to``."""

    #: Fields searched by what is typed; empty: no search.
    search_fields: Sequence[str] = ()

    def seen(self, user: Any, objects: Any) -> None:
        """Hear of objects that ``user`` is shown to choose from, for the trail."""

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        form = type("FilterForm", (PlainSearchMixin, BaseFilterForm), {"search_fields": self.search_fields})
        return super().get_common_view_kwargs(**{"filter_form_class": form if self.search_fields else None, **kwargs})

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        attributes = {
            "scoped": True,
            "seen": staticmethod(self.seen),
            "__module__": __name__,
            "__doc__": view_class.__doc__,
        }
        scoped = type(f"Scoped{view_class.__name__}", (ScopedChoosing, view_class), attributes)
        return super().construct_view(scoped, **kwargs)
