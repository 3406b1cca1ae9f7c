from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"


class CampusUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user administration, with our form: sign-in is by e-mail and names are one field."""

    user_viewset = "accounts.viewsets.CampusUserViewSet"
