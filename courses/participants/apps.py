from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    name = "courses.participants"
    label = "participants"
    verbose_name = _("Participants")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.permissions import declare

        from .permissions import GROUP_PERMISSIONS

        declare("participants", GROUP_PERMISSIONS)
