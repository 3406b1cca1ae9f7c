from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = _("Site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, post_save
        from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

        from .models import BrandSettings
        from .navigation import forget
        from .permissions import synchronise_page_permissions

        for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
            signal.connect(forget, dispatch_uid="campus-navigation")
        post_migrate.connect(
            synchronise_page_permissions, sender=apps.get_app_config("core"), dispatch_uid="campus-pages"
        )
        post_save.connect(forget, sender=BrandSettings, dispatch_uid="campus-brand")
