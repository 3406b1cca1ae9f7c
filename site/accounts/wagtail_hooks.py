"""What this room adds to the admin: Wagtail registers the viewset itself; the policy is ours."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from core.scoped import register_policy

from .models import User

register_policy(User)


@hooks.register("register_account_menu_item")
def profile(request: HttpRequest) -> dict[str, str]:
    """Lead from the admin's page of one's account to the rest of it."""
    return {
        "url": reverse("account_profile"),
        "label": _("Name, language, time zone"),
        "help_text": _("They are the same in the admin and on the site."),
    }
