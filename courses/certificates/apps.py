from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "courses.certificates"
    label = "certificates"
    verbose_name = _("Certificates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.permissions import declare
        from core.personal import register_personal_data
        from courses.participants.services import register_reconciler
        from courses.workshops.nominees import register_awards
        from jobs.querysets import register_tie
        from jobs.services import register_handler

        from . import awards, issuing, permissions, personal, services

        declare("certificates", permissions.GROUP_PERMISSIONS)
        register_handler(services.JOB, issuing.issue_batch, title=_("Issuing certificates"), url=issuing.batch_url)
        register_handler(
            services.ARCHIVE_JOB, issuing.archive_batch, title=_("Packing the certificates"), url=issuing.batch_url
        )
        register_tie(permissions.watched_jobs)
        register_personal_data(
            "certificates",
            title=_("My certificates"),
            models=["certificates.Certificate.participant"],
            acts=[
                "certificates.Batch.requested_by",
                "certificates.Batch.approved_by",
                "certificates.Certificate.issued_by",
                "certificates.Certificate.ended_by",
            ],
            export=personal.export,
            erase=personal.erase,
            files=personal.files,
        )
        register_reconciler(
            "certificates.Certificate",
            services.reconcile,
            stays=_("Both stay in the ledger; that of the record that goes is replaced by the other."),
        )
        register_awards(awards.awards_of)
