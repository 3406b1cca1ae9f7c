from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    label = "jobs"
    verbose_name = _("Background work")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.joining import register_belongings
        from accounts.signals import slip_used
        from core.personal import register_personal_data, register_retention

        from . import account_mail, personal, subscriptions

        register_personal_data(
            "mail",
            title=_("Mails to me, and work I started"),
            models=["jobs.MailChoice.user"],
            acts=["jobs.Job.created_by"],
            export=personal.export,
            erase=personal.erase,
        )
        register_belongings(
            "jobs.MailChoice",
            field="user",
            title=_("Mails wanted or not"),
            join=subscriptions.join,
            twice=subscriptions.twice,
        )
        slip_used.connect(account_mail.tell_slip_used, dispatch_uid="jobs-slip-used")
        register_retention("mail", title=_("Mails sent or failed"), default_days=90, due=personal.old_mails)
        register_retention("jobs", title=_("Work that is over"), default_days=180, due=personal.old_jobs)
