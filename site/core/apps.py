from functools import partial

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    label = "core"
    verbose_name = _("Foundations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

        from .caching import PAGES, renew
        from .permissions import synchronise_groups

        for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
            signal.connect(partial(renew, PAGES), weak=False, dispatch_uid="campus-pages-changed")
        post_migrate.connect(synchronise_groups, sender=self, dispatch_uid="campus-groups")
