from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "modules.records"
    label = "records"
    verbose_name = _("Learning records")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.personal import register_personal_data

        from . import personal

        register_personal_data(
            "events",
            title=_("What happened while I learned"),
            models=["records.Event.actor"],
            export=personal.export,
            erase=personal.erase,
        )
