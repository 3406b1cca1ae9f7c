from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    label = "core"
    verbose_name = _("Foundations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .permissions import synchronise_groups

        post_migrate.connect(synchronise_groups, sender=self, dispatch_uid="campus-groups")
