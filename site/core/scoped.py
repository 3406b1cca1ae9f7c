"""One scoped base for admin viewsets, choosers and reports, built on ``visible_to`` (decision 7).

Wagtail's generic views check the model's permission, never the object: whoever may change *some*
workshop could open *every* workshop by its address. Everything registered here shows and touches
only what ``Model.objects.visible_to(request.user)`` returns; anything else is 404.

In a room's ``wagtail_hooks.py``::

    from core import scoped
    scoped.register(OrganisationViewSet("organisations"))         # a ScopedModelViewSet or a group of them
    scoped.register(OrganisationChooserViewSet("organisation_chooser"))
    scoped.register_report(AuditReport, "audit", _("Audit trail"), icon="history")

A viewset may define ``create(actor, form)``, ``change(actor, form)`` and ``delete(actor, obj)`` to call the
room's services instead of saving the form; a ``DomainError`` is then shown in the form. Without them the
form is saved and an audit entry written. What is finer than "may see it" goes into ``may(user, action, obj)``,
where ``action`` is ``change``, ``delete``, ``view``, or ``add`` with ``obj`` None. Views of human acts on one
object (confirm, revoke) are ``ObjectActView``s listed in ``object_acts``.

A test walks everything registered in the admin and fails on what is neither scoped nor excused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.menus import MenuItem as RowButton
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.coreutils import resolve_model_string
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from core import audit
from core.errors import DomainError
from core.models import AuditEntry

May = Callable[[Any, str, models.Model | None], bool]


def visible(queryset: Any, user: Any) -> Any:
    """Return the rows of ``queryset`` (or of a model) that ``user`` may see.

    Raises ``ImproperlyConfigured`` for a model that does not say who sees what.
    """
    if isinstance(queryset, type) and issubclass(queryset, models.Model):
        queryset = queryset._default_manager.all()
    if not hasattr(queryset, "visible_to"):
        raise ImproperlyConfigured(f"{queryset.model._meta.label} has no visible_to(user).")
    return queryset.visible_to(user)


def visible_object_or_404(model: type[models.Model], user: Any, quoted_pk: Any) -> models.Model:
    """Return one object that ``user`` may see. Raises ``Http404`` for another's, a missing or a malformed key."""
    try:
        found = visible(model, user).filter(pk=unquote(str(quoted_pk))).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise Http404
    return found


def narrow_choices(form: Any, user: Any) -> None:
    """Let a form (or filter form) offer and accept only visible records, beside those it already holds."""
    for name, field in form.fields.items():
        queryset = getattr(field, "queryset", None)
        if queryset is None or not hasattr(queryset, "visible_to"):
            continue
        allowed = models.Q(pk__in=visible(queryset.model, user).order_by().values("pk"))
        instance = getattr(form, "instance", None)
        if instance is not None and instance.pk and isinstance(field, forms.ModelChoiceField):
            held = form.initial.get(name)
            held = held if isinstance(held, (list, tuple)) else [held]
            allowed |= models.Q(pk__in=[getattr(value, "pk", value) for value in held if value])
        field.queryset = queryset.filter(allowed)
    for formset in getattr(form, "formsets", {}).values():
        _narrow_formset(formset, user)


def _narrow_formset(formset: Any, user: Any) -> None:
    add_fields = formset.add_fields

    def narrowed(form: Any, index: int | None) -> None:
        add_fields(form, index)
        narrow_choices(form, user)

    formset.add_fields = narrowed


class ScopedPermissionPolicy(ModelPermissionPolicy):
    """The model's permission *and* the object visible *and* the room's own rule, ``may(user, action, obj)``."""

    def __init__(self, model: Any, may: May | None = None) -> None:
        super().__init__(model)
        self.may = may or (lambda user, action, obj: True)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return super().user_has_permission(user, action) and (action != "add" or self.may(user, action, None))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: models.Model) -> bool:
        return (
            self.user_has_permission(user, action)
            and self.may(user, action, instance)
            and visible(self.model, user).filter(pk=instance.pk).exists()
        )

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        return visible(super().instances_user_has_any_permission_for(user, actions), user)


# --- Views --------------------------------------------------------------------------------


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


class ScopedList:
    """Any view of many objects, with its export and its filters."""

    request: HttpRequest

    def get_base_queryset(self) -> Any:
        return visible(super().get_base_queryset(), self.request.user)  # type: ignore[misc]

    @cached_property
    def filters(self) -> Any:
        filters = super().filters  # type: ignore[misc]
        if filters is not None:
            narrow_choices(filters.form, self.request.user)
        return filters


class ScopedIndex(ScopedList):
    """A viewset's list: buttons only for what may be done to each object."""

    viewset: Any

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

    def get_object_list(self) -> Any:
        return visible(super().get_object_list(), self.request.user)  # type: ignore[misc]

    def get_object(self, pk: Any) -> Any:
        return visible_object_or_404(self.model_class, self.request.user, pk)

    def get_objects(self, pks: Sequence[Any]) -> Any:
        return [visible_object_or_404(self.model_class, self.request.user, pk) for pk in pks]

    def get_creation_form(self) -> Any:
        form = super().get_creation_form()  # type: ignore[misc]
        if form is not None:
            narrow_choices(form, self.request.user)
        return form


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


# --- Viewsets -----------------------------------------------------------------------------


class ScopedModelViewSet(ModelViewSet):
    """Wagtail's ``ModelViewSet`` over ``visible_to``. Records with history are archived: deleting is off by default."""

    history_view_class = AuditHistoryView
    copy_view_enabled = False
    add_view_enabled = True
    edit_view_enabled = True
    delete_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    #: Human acts on one object, by the name in their address.
    object_acts: dict[str, type[ObjectActView]] = {}

    def may(self, user: Any, action: str, obj: Any) -> bool:
        """The room's own rule beside the model permission and visibility. No query: lists ask it for each row."""
        return True

    def permits(self, user: Any, action: str, obj: Any) -> bool:
        """What the permission policy asks: nothing is added where there is no screen to add it, else ``may``."""
        if action == "add" and not self.add_view_enabled:
            return False
        return self.may(user, action, obj)

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        return super().construct_view(scope_view(view_class, self), **kwargs)

    @property
    def views_off(self) -> set[str]:
        """Names of the views that this viewset does not have."""
        off = {name for name in ("add", "edit", "delete") if not getattr(self, f"{name}_view_enabled")}
        return off if self.add_to_reference_index else off | {"usage"}

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {f"{name}_url_name": None for name in self.views_off}

    def get_urlpatterns(self) -> list[Any]:
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.views_off]
        for name, view in self.object_acts.items():
            patterns.append(path(f"{name}/<{self.pk_path_converter}:pk>/", self.construct_view(view), name=name))
        return patterns

    def register_admin_url_finder(self) -> None:
        if self.edit_view_enabled:
            super().register_admin_url_finder()


class ScopedChooserViewSet(ChooserViewSet):
    """Wagtail's ``ChooserViewSet`` over ``visible_to``."""

    #: Fields searched by what is typed; empty: no search.
    search_fields: Sequence[str] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        form = type("FilterForm", (PlainSearchMixin, BaseFilterForm), {"search_fields": self.search_fields})
        return super().get_common_view_kwargs(**{"filter_form_class": form if self.search_fields else None, **kwargs})

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        attributes = {"scoped": True, "__module__": __name__, "__doc__": view_class.__doc__}
        scoped = type(f"Scoped{view_class.__name__}", (ScopedChoosing, view_class), attributes)
        return super().construct_view(scoped, **kwargs)


class ScopedReportView(ReportView):
    """A read-only list among the admin's reports; ``register_report`` puts it over ``visible_to``."""

    any_permission_required = ["view"]


# --- Registering --------------------------------------------------------------------------


def register(viewset: ViewSet | ViewSetGroup) -> None:
    """Register a scoped viewset, a scoped chooser or a group of them, and their models' permission policy.

    Call it while ``wagtail_hooks.py`` is imported. Raises ``ImproperlyConfigured`` for what is not scoped.
    """
    for member in viewset.registerables if isinstance(viewset, ViewSetGroup) else [viewset]:
        if not isinstance(member, (ScopedModelViewSet, ScopedChooserViewSet)):
            raise ImproperlyConfigured(f"{type(member).__name__} is not scoped; see core.scoped.")
        register_policy(resolve_model_string(member.model), may=getattr(member, "permits", None))
    hooks.register("register_admin_viewset", lambda: viewset)


def register_policy(model: Any, may: May | None = None) -> None:
    """Register the scoped permission policy of a model, once; a chooser's comes without ``may``, a viewset's with."""
    if not hasattr(model._default_manager, "visible_to"):
        raise ImproperlyConfigured(f"{model._meta.label} has no visible_to(user).")
    policy = policy_registry.get_by_type(model, fallback=False)
    if policy is None:
        register_permission_policy(model, ScopedPermissionPolicy(model, may), exact_class=True)
    elif may is not None and isinstance(policy, ScopedPermissionPolicy):
        policy.may = may


def register_report(view: type[ScopedReportView], name: str, label: Any, icon: str = "doc-full") -> None:
    """Register a report at ``/admin/reports/<name>/`` (URL name ``<name>_report``) with its menu item."""
    register_policy(view.model)
    scoped = scope_view(view)
    url_name, results_name = f"{name}_report", f"{name}_report_results"
    names = {"index_url_name": url_name, "index_results_url_name": results_name, "header_icon": icon}

    class ReportMenuItem(MenuItem):
        def is_shown(self, request: HttpRequest) -> bool:
            policy = policy_registry.get_by_type(view.model)
            return policy.user_has_any_permission(request.user, view.any_permission_required)

    hooks.register(
        "register_admin_urls",
        lambda: [
            path(f"reports/{name}/", scoped.as_view(**names), name=url_name),  # type: ignore[attr-defined]
            path(f"reports/{name}/results/", scoped.as_view(results_only=True, **names), name=results_name),  # type: ignore[attr-defined]
        ],
    )
    hooks.register(
        "register_reports_menu_item",
        lambda: ReportMenuItem(label, reverse(url_name), name=name, icon_name=icon, order=700),
    )
