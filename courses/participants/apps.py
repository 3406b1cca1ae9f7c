from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    name = "courses.participants"
    label = "participants"
    verbose_name = _("Participants")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.joining import move_missing, register_belongings
        from accounts.personal import register_use
        from core.permissions import declare
        from core.personal import register_personal_data, register_retention
        from jobs.querysets import register_tie
        from jobs.services import register_handler

        from . import notices, personal
        from .imports import checking, services, writing
        from .imports.jobs import import_url, watched_jobs
        from .models import Participant
        from .permissions import GROUP_PERMISSIONS

        declare("participants", GROUP_PERMISSIONS)
        register_handler(services.CHECK_JOB, checking.check, title=_("Checking a list of people"), url=import_url)
        register_handler(services.WRITE_JOB, writing.write, title=_("Importing people"), url=import_url)
        register_handler(services.MAIL_JOB, writing.send_mails, title=_("Writing to people"), url=import_url)
        register_tie(watched_jobs)
        register_use(Participant.objects.filter(user__isnull=False).values("user").all)
        register_personal_data(
            "details",
            title=_("My details, consents and designations"),
            models=[
                "participants.Participant.user",
                "participants.Participant.merged_into",
                "participants.FocalPointDesignation.participant",
                "participants.Consent.participant",
                "participants.NoticeReceipt.user",
                "participants.ImportRow.participant",
                "participants.Merge.source",
                "participants.Merge.into",
                "participants.ToldApart.one",
                "participants.ToldApart.other",
            ],
            acts=[
                "participants.PeopleImport.created_by",
                "participants.Merge.merged_by",
                "participants.Merge.undone_by",
                "participants.ToldApart.by",
                "participants.Participant.created_by",
                "participants.FocalPointDesignation.confirmed_by",
            ],
            export=personal.export,
            erase=personal.erase,
        )
        register_belongings(
            "participants.NoticeReceipt",
            field="user",
            title=_("Data notices shown"),
            join=move_missing("participants.NoticeReceipt", "notice"),
            twice=notices.shown_twice,
        )
        register_retention(
            "consents",
            title=_("Consents that were taken back"),
            default_days=3 * 365,
            due=personal.withdrawn_consents,
        )
