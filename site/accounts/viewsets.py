"""User administration: Wagtail's, for accounts that have one name and sign in by e-mail."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.users.views import users

from core.scoped import ScopedModelViewSet

from . import services
from .forms import AccountForm
from .models import User


class AccountIndexView(users.IndexView):
    """Accounts, without Wagtail's bulk actions: groups follow from roles, and accounts are closed, not deleted."""

    template_name = "wagtailadmin/generic/index.html"
    default_ordering = "email"

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(users.UserColumn)
        return [
            title("name", accessor=str, label=_("Name"), sort_key="name", get_url=self.get_edit_url),
            Column("email", label=_("E-mail address"), sort_key="email"),
            BooleanColumn("is_superuser", label=_("Administrator"), sort_key="is_superuser"),
            BooleanColumn("is_active", label=_("Active"), sort_key="is_active"),
            DateColumn("last_login", label=_("Last sign-in"), sort_key="last_login"),
        ]

    @cached_property
    def search_fields(self) -> list[str]:
        return ["name", "email"]

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by(self.ordering or "email")


class CampusUserViewSet(ScopedModelViewSet, users.UserViewSet):
    """Accounts: for administrators only."""

    index_view_class = AccountIndexView
    template_prefix = ""
    ordering = "email"
    menu_label = _("Accounts")

    def get_form_class(self, for_update: bool = False) -> type:
        return AccountForm

    def create(self, *, actor: Any, form: AccountForm) -> User:
        return services.create_account(actor=actor, user=form.instance)

    def change(self, *, actor: Any, form: AccountForm) -> User:
        return services.change_account(actor=actor, user=form.instance)
