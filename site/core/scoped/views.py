"""The scoped halves of Wagtail's generic views, and the pages of human acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.menus import MenuItem as RowButton
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from core import audit
from core.errors import DomainError
from core.models import AuditEntry
from core.spreadsheets import safe_cell

from .rules import narrow_choices, visible, visible_object_or_404


class ScopedObject:
    """Any view of one object: looked up through ``visible_to`` before the view does anything."""

    model: Any
    permission_required: str | None
    request: HttpRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if args or (kwargs and "pk" not in kwargs):
            raise ImproperlyConfigured(f"{type(self).__name__}: a scoped view of an object takes its key as pk.")
        self.scoped_object = visible_object_or_404(self.model, request.user, kwargs["pk"]) if kwargs else None
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        needed = getattr(self, "permission_required", None)
        # "add" is about the new object that copying makes, not about the one copied
        if self.scoped_object is not None and needed not in (None, "add"):
            policy = policy_registry.get_by_type(self.model)
            if not policy.user_has_permission_for_instance(request.user, needed, self.scoped_object):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        narrow_choices(form, self.request.user)
        return form

    def get_context_data(self, **kwargs: Any) -> Any:
        viewset = getattr(self, "viewset", None)
        if viewset is not None and self.scoped_object is not None:
            viewset.seen(self.request.user, [self.scoped_object], "view")
        return super().get_context_data(**kwargs)  # type: ignore[misc]


class ScopedList:
    """Any view of many objects, with its export and its filters."""

    request: HttpRequest

    def get_base_queryset(self) -> Any:
        return visible(super().get_base_queryset(), self.request.user)  # type: ignore[misc]

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """Return a cell of an export; in CSV never one that a spreadsheet takes for a formula."""
        cell = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return safe_cell(cell) if export_format == "csv" and isinstance(cell, str) else cell

    @cached_property
    def filters(self) -> Any:
        filters = super().filters  # type: ignore[misc]
        if filters is not None:
            narrow_choices(filters.form, self.request.user)
        return filters


class ScopedIndex(ScopedList):
    """A viewset's list: buttons only for what may be done to each object."""

    viewset: Any
    is_export: bool

    def get_context_data(self, **kwargs: Any) -> Any:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        act = "export" if getattr(self, "is_export", False) else "view"
        self.viewset.seen(self.request.user, context["object_list"], act)
        return context

    def get_edit_url(self, instance: Any) -> Any:
        return super().get_edit_url(instance) if self.viewset.may(self.request.user, "change", instance) else None  # type: ignore[misc]

    def get_delete_url(self, instance: Any) -> Any:
        return super().get_delete_url(instance) if self.viewset.may(self.request.user, "delete", instance) else None  # type: ignore[misc]

    def get_list_more_buttons(self, instance: Any) -> Any:
        user, policy = self.request.user, policy_registry.get_by_type(self.viewset.model)
        acts = [
            RowButton(
                view.label,
                url=reverse(self.viewset.get_url_name(name), args=(quote(instance.pk),)),
                icon_name=view.icon_name,
                priority=50,
            )
            for name, view in self.viewset.object_acts.items()
            if view.offered(user, instance)
            and policy.user_has_permission(user, view.permission_required)
            and self.viewset.may(user, view.permission_required, instance)
        ]
        return [*super().get_list_more_buttons(instance), *acts]  # type: ignore[misc]


class ActingView:
    """Create, edit and delete by the viewset's own acts, or else with an audit entry."""

    viewset: Any
    request: HttpRequest
    form: Any

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except DomainError as error:
            form.add_error(None, str(error))
            self.produced_error_code, self.produced_error_message = "validation_error", str(error)
            return self.form_invalid(form)  # type: ignore[attr-defined]

    def _record(self, act: str, obj: Any) -> None:
        audit.record(actor=self.request.user, action=f"{obj._meta.app_label}.{act}_{obj._meta.model_name}", obj=obj)


class ScopedCreate(ActingView):
    """The form for a new object, also when copied from another."""

    edit_url_name: str | None

    def save_instance(self) -> Any:
        if act := getattr(self.viewset, "create", None):
            return act(actor=self.request.user, form=self.form)
        instance = super().save_instance()  # type: ignore[misc]
        self._record("create", instance)
        return instance

    def get_success_buttons(self) -> Any:
        return super().get_success_buttons() if self.edit_url_name else []  # type: ignore[misc]


class ScopedEdit(ActingView):
    """The form for a change."""

    def save_instance(self) -> Any:
        if act := getattr(self.viewset, "change", None):
            return act(actor=self.request.user, form=self.form)
        instance = super().save_instance()  # type: ignore[misc]
        self._record("change", instance)
        return instance


class ScopedDelete(ActingView):
    """The question before deleting."""

    object: Any

    def delete_action(self) -> None:
        if act := getattr(self.viewset, "delete", None):
            act(actor=self.request.user, obj=self.object)
            return
        self._record("delete", self.object)
        super().delete_action()  # type: ignore[misc]

    def form_invalid(self, form: Any) -> Any:
        for error in form.non_field_errors():  # the question has no place for what speaks against it
            messages.error(self.request, error)
        return super().form_invalid(form)  # type: ignore[misc]


class AuditHistoryView(HistoryView):
    """An object's history is its audit trail: what people did to it, here and on the site."""

    filterset_class = None

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("action", label=_("Action")),
            Column("actor_label", label=_("By")),
            DateColumn("at", label=_("Date")),
        ]

    @cached_property
    def header_buttons(self) -> list[Any]:
        return super().header_buttons if self.edit_url_name else []

    def get_base_queryset(self) -> Any:
        return AuditEntry.objects.filter(object_type=self.object._meta.label_lower, object_id=str(self.object.pk))


class ObjectActView(WagtailAdminTemplateMixin, TemplateView):
    """A human act on one object: a page that asks (with a form, if the act needs answers), a POST that does it."""

    template_name = "core/admin_act.html"
    viewset: Any = None
    model: Any = None
    permission_required = "change"
    index_url_name = ""
    icon_name = "check"
    label: Any = ""
    question: Any = ""
    button_label: Any = ""
    success_message: Any = _("Done.")
    form_class: type[forms.Form] | None = None
    scoped_object: Any = None

    @classmethod
    def offered(cls, user: Any, obj: Any) -> bool:
        """Whether the act makes sense now, for this person and object; else it is neither shown nor done."""
        return True

    def act(self, *, actor: Any, obj: Any, **answers: Any) -> None:
        """Call the service; ``answers`` is the form's cleaned data. A ``DomainError``'s sentence is shown."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.offered(request.user, self.scoped_object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> Any:
        return self.label

    def get_page_subtitle(self) -> str:
        return str(self.scoped_object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": capfirst(self.model._meta.verbose_name_plural)},
            {"url": "", "label": self.label, "sublabel": str(self.scoped_object)},
        ]

    def get_form(self) -> forms.Form:
        return (self.form_class or forms.Form)(self.request.POST if self.request.method == "POST" else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.get_form()
        return super().get_context_data(
            object=self.scoped_object,
            question=self.question,
            form=form,
            media=form.media,
            button_label=self.button_label or self.label,
            back_url=reverse(self.index_url_name),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if form.is_valid():
            try:
                self.act(actor=request.user, obj=self.scoped_object, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, str(self.success_message))
                return redirect(self.index_url_name)
        return self.render_to_response(self.get_context_data(form=form))


SCOPES: tuple[tuple[type, tuple[type, ...]], ...] = (
    (generic.IndexView, (ScopedIndex,)),
    (ReportView, (ScopedList,)),
    (generic.CreateView, (ScopedCreate, ScopedObject)),  # CopyView is one too
    (generic.EditView, (ScopedEdit, ScopedObject)),
    (generic.DeleteView, (ScopedDelete, ScopedObject)),
)


def scope_view(view_class: type, viewset: Any = None) -> type:
    """Return a subclass of an admin view that shows and touches only what its user may see."""
    mixins = next((mixins for base, mixins in SCOPES if issubclass(view_class, base)), (ScopedObject,))
    if issubclass(mixins[0], ScopedList) and view_class.get_queryset is not BaseListingView.get_queryset:  # type: ignore[attr-defined]
        raise ImproperlyConfigured(f"{view_class.__name__} must override get_base_queryset, not get_queryset.")
    attributes = {"viewset": viewset, "scoped": True, "__module__": __name__, "__doc__": view_class.__doc__}
    return type(f"Scoped{view_class.__name__}", (*mixins, view_class), attributes)
