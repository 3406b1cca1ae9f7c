from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    name = "modules.reference"
    label = "reference"
    verbose_name = _("Reference")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.permissions import declare

        from .permissions import GROUP_PERMISSIONS

        declare("reference", GROUP_PERMISSIONS)
