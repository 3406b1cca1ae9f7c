"""Wagtail's page of one's own account, without what is asked on our own profile page."""

from __future__ import annotations

from typing import Any

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView

ELSEWHERE = frozenset({"name_email", "locale"})
"""Panels left out: an account has one name, its language and its time zone, all three on the profile page.

Wagtail's name panel demands a first and a last name, which nobody has here, so nothing on the page could be saved.
"""


class CampusAccountView(AccountView):
    """Notifications, picture and theme of somebody who works in the admin."""

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if panel.name not in ELSEWHERE]


admin_account = require_admin_access(CampusAccountView.as_view())
