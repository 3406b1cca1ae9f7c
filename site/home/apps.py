from functools import partial

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = _("Site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, post_save

        from core.caching import PAGES, renew

        from .models import BrandSettings
        from .permissions import synchronise_page_permissions

        post_migrate.connect(
            synchronise_page_permissions, sender=apps.get_app_config("core"), dispatch_uid="campus-pages"
        )
        post_save.connect(partial(renew, PAGES), sender=BrandSettings, weak=False, dispatch_uid="campus-brand")
