from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "modules.records"
    label = "records"
    verbose_name = _("Learning records")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from functools import partial

        from django.db.models.signals import post_delete, post_save

        from core.caching import renew
        from core.personal import register_personal_data

        from . import personal
        from .models import Item
        from .querysets import ITEMS

        for signal in (post_save, post_delete):
            signal.connect(partial(renew, ITEMS), sender=Item, weak=False, dispatch_uid="records-items")
        register_personal_data(
            "events",
            title=_("What happened while I learned"),
            models=["records.Event.actor"],
            export=personal.export,
            erase=personal.erase,
        )
