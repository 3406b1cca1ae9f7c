"""What this room adds to the admin."""

from django.utils.translation import gettext_lazy as _

from core import scoped

from .viewsets import AuditReport, InstitutionsGroup, OrganisationChooserViewSet

scoped.register(InstitutionsGroup())
scoped.register(OrganisationChooserViewSet("organisation_chooser"))
scoped.register_report(AuditReport, "audit", _("Audit trail"), icon="history")
