from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.personal import register_personal_data, register_retention

        from . import personal

        # The acts first: what they are about must still be known; the account itself goes last of all.
        register_personal_data(
            "acts",
            title=_("What I did, as the audit trail has it"),
            models=["core.AuditEntry.actor"],
            export=personal.export_acts,
            erase=personal.erase_acts,
        )
        register_personal_data(
            "account",
            title=_("My account"),
            models=[
                "account.EmailAddress.user",
                "mfa.Authenticator.user",
                "usersessions.UserSession.user",
                "accounts.User_groups.user",
                "accounts.User_user_permissions.user",
                "accounts.SignInSlip.user",
                "accounts.User.joined_to",
            ],
            acts=["accounts.SignInSlip.made_by"],
            export=personal.export,
            erase=personal.erase,
        )
        register_retention(
            "accounts", title=_("Accounts that were never used"), default_days=180, due=personal.never_used
        )
        register_retention("slips", title=_("Sign-in slips"), default_days=30, due=personal.old_slips)
        register_retention("views", title=_("Who saw whose data"), default_days=2 * 365, due=personal.old_views)


class CampusUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user administration, with our form: sign-in is by e-mail and names are one field."""

    user_viewset = "accounts.viewsets.CampusUserViewSet"
