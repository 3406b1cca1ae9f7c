from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "courses.privacy"
    label = "privacy"
    verbose_name = _("Privacy")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.joining import register_join_refusal
        from core.personal import register_personal_data, register_retention
        from jobs.services import register_handler

        from . import erasing, personal, taking

        register_handler(
            taking.JOB, taking.write_export, title=_("Collecting your data"), url=lambda job: taking.page_of(job)
        )
        register_join_refusal(erasing.why_not_join)
        register_personal_data(
            "privacy",
            title=_("Requests about my data"),
            models=[
                "privacy.DataExport.user",
                "privacy.ErasureRequest.user",
                "privacy.ErasureRequest.participant",
            ],
            acts=["privacy.ErasureRequest.recorded_by"],
            export=personal.export,
            erase=personal.erase,
        )
        register_retention(
            "exports",
            title=_("Archives of one’s own data"),
            default_days=7,
            due=personal.old_exports,
            purge=personal.remove_exports,
        )
        register_retention(
            "erasures", title=_("Requests for erasure that are over"), default_days=365, due=personal.old_erasures
        )
