from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InstitutionsConfig(AppConfig):
    name = "institutions"
    label = "institutions"
    verbose_name = _("Institutions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import permissions
        from core.querysets import register_audit_reader

        from .countries import synchronise_countries
        from .permissions import ADMIN_PERMISSIONS, CORE_PERMISSIONS, GROUP_PERMISSIONS, organises_all

        permissions.declare("institutions", GROUP_PERMISSIONS)
        permissions.declare("wagtailadmin", ADMIN_PERMISSIONS)
        permissions.declare("core", CORE_PERMISSIONS)
        register_audit_reader(organises_all)
        post_migrate.connect(synchronise_countries, sender=self, dispatch_uid="campus-countries")
