"""What this room adds to the admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from .admin_views import CopyModule
from .copying import may_copy
from .models import ModulePage


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    """Copying a module."""
    return [path("modules/<int:pk>/copy/", CopyModule.as_view(), name="lessons_copy_module")]


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Offer the copy at a module."""
    yield from _buttons(page, user)


@hooks.register("register_page_listing_more_buttons")
def listing_buttons(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """Offer the copy in lists of pages."""
    yield from _buttons(page, user)


def _buttons(page: Page, user: Any) -> Iterator[Button]:
    if page.specific_class is ModulePage and may_copy(user, page):
        url = reverse("lessons_copy_module", args=[page.pk])
        yield Button(_("Copy as a template"), url, icon_name="copy", priority=45)
