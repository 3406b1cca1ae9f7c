"""Admin screens of organisations, programmes, roles and the audit trail."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSetGroup

from core import scoped
from core.models import AuditEntry
from core.trail_words import act_words, kind_words

from . import permissions, services
from .forms import OrganisationForm, ProgrammeForm, RoleForm
from .models import Organisation, Programme, RoleAssignment


class OrganisationViewSet(scoped.ScopedModelViewSet):
    model = Organisation
    icon = "home"
    list_display = ["name", "acronym", "kind", "country"]
    list_filter = ["kind"]
    search_fields = ["name", "acronym"]

    def get_form_class(self, for_update: bool = False) -> type:
        return OrganisationForm


class OrganisationChooserViewSet(scoped.ScopedChooserViewSet):
    model = Organisation
    icon = "home"
    search_fields = ["name", "acronym"]
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    edit_item_text = _("Edit this organisation")


class ProgrammeViewSet(scoped.ScopedModelViewSet):
    model = Programme
    icon = "folder-open-inverse"
    list_display = ["__str__", "key"]
    search_fields = ["key"]

    def get_form_class(self, for_update: bool = False) -> type:
        return ProgrammeForm

    def may(self, user: Any, action: str, obj: Any) -> bool:
        if action == "add":
            return permissions.organises_all(user)
        return action == "view" or permissions.can_change_programme(user, obj)


class RevokeRole(scoped.ObjectActView):
    label = _("Take this role away")
    icon_name = "bin"
    question = _("The person keeps the account and everything done with it, and loses what this role opens.")
    success_message = _("The role was taken away.")

    @classmethod
    def offered(cls, user: Any, obj: RoleAssignment) -> bool:
        return permissions.can_revoke_role(user, obj)

    def act(self, *, actor: Any, obj: RoleAssignment, **answers: Any) -> None:
        services.revoke_role(actor=actor, assignment=obj)


class RoleViewSet(scoped.ScopedModelViewSet):
    model = RoleAssignment
    icon = "key"
    edit_view_enabled = False
    list_display = ["user", "role", "programme", "activity_title", "country", "starts_on", "ends_on", "granted_by"]
    list_filter = ["role", "programme"]
    search_fields = ["user__name", "user__email"]
    object_acts = {"revoke": RevokeRole}

    def get_form_class(self, for_update: bool = False) -> type:
        return RoleForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = RoleAssignment.objects.select_related("user", "programme", "country", "granted_by")
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def create(self, *, actor: Any, form: RoleForm) -> RoleAssignment:
        return services.grant_role(actor=actor, **form.rights())


class InstitutionsGroup(ModelViewSetGroup):
    menu_label = _("Institutions")
    menu_icon = "home"
    menu_order = 310
    items = (
        OrganisationViewSet("organisations"),
        ProgrammeViewSet("programmes"),
        RoleViewSet("roles"),
    )


class AuditFilters(WagtailFilterSet):
    """Looks are many and mostly in the way: they are listed when asked for."""

    looks = django_filters.BooleanFilter(
        label=_("Also who looked at whose data"),
        widget=forms.CheckboxInput,
        initial=False,
        method="filter_looks",
    )

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def filter_looks(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset if value else queryset.exclude(action__endswith=".view")


class AuditReport(scoped.ScopedReportView):
    """Who did what to which record, when. Nothing here can be changed."""

    model = AuditEntry
    page_title = _("Audit trail")
    filterset_class = AuditFilters
    columns = [
        DateColumn("at", label=_("Date")),
        Column("actor_label", label=_("By")),
        Column("action", label=_("Action"), accessor=lambda entry: act_words(entry.action)),
        Column("object_label", label=_("Record"), accessor=lambda entry: entry.object_label or f"#{entry.object_id}"),
        Column("object_type", label=_("Kind"), accessor=lambda entry: kind_words(entry.object_type)),
    ]
    list_export = ["at", "actor_label", "action", "object_type", "object_id", "object_label"]
    is_searchable = True
    search_fields = ["action", "actor_label", "object_label", "object_id"]
