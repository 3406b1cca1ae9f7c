"""Viewsets and reports over ``visible_to``, and how they are registered."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.coreutils import resolve_model_string
from wagtail.permissions import policy_registry, register_permission_policy

from .choosers import ScopedChooserViewSet
from .rules import May, ScopedPermissionPolicy
from .views import AuditHistoryView, ObjectActView, scope_view


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

    def seen(self, user: Any, objects: Any, act: str) -> None:
        """Hear of objects that ``user`` is shown (``act`` ``"view"``) or takes out (``"export"``), for the trail."""

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


class ScopedReportView(ReportView):
    """A read-only list among the admin's reports; ``register_report`` puts it over ``visible_to``."""

    any_permission_required = ["view"]


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
