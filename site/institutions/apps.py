from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InstitutionsConfig(AppConfig):
    name = "institutions"
    label = "institutions"
    verbose_name = _("Institutions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.joining import register_join_refusal
        from accounts.slips import register_slip_refusal
        from core import permissions
        from core.personal import register_personal_data
        from core.querysets import register_audit_reader

        from . import personal
        from .countries import synchronise_countries
        from .permissions import ADMIN_PERMISSIONS, CORE_PERMISSIONS, GROUP_PERMISSIONS, organises_all
        from .roles import holds_a_role, why_not_join

        permissions.declare("institutions", GROUP_PERMISSIONS)
        permissions.declare("wagtailadmin", ADMIN_PERMISSIONS)
        permissions.declare("core", CORE_PERMISSIONS)
        register_audit_reader(organises_all)
        register_slip_refusal(holds_a_role)
        register_join_refusal(why_not_join)
        register_personal_data(
            "roles",
            title=_("My roles"),
            models=["institutions.RoleAssignment.user"],
            acts=["institutions.RoleAssignment.granted_by"],
            export=personal.export,
            erase=personal.erase,
        )
        post_migrate.connect(synchronise_countries, sender=self, dispatch_uid="campus-countries")
